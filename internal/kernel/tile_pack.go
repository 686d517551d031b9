package kernel

// copyStrips packs an n columns wide piece of a matrix into strips. It goes
// down a few rows at a time, so that the source is read in long pieces.
func (s *tileSet) copyStrips(dst, src []float32, stride, rows, n int) {
	const few = 16
	width := s.width()
	for r := 0; r < rows; r += few {
		count := min(few, rows-r)
		out := dst
		for j := 0; j < n; j += width {
			vecs, mask := s.lastMask(min(width, n-j))
			s.copyStrip(&out[r*vecs*s.lanes], &src[r*stride+j], 4*stride, count, vecs, mask)
			out = out[vecs*s.lanes*rows:]
		}
	}
}

// lastMask returns the number of vectors for n columns and the mask of the
// last one.
func (s *tileSet) lastMask(n int) (vecs int, mask uintptr) {
	vecs = (n + s.lanes - 1) / s.lanes
	return vecs, s.mask(n - (vecs-1)*s.lanes)
}

// transposeTo writes the transpose of src (rows×cols, stride lds) to dst
// (stride ldd). With pad, rows of dst are filled with zeros to a multiple of
// the vector's length.
func (s *tileSet) transposeTo(dst []float32, ldd int, src []float32, lds, rows, cols int, pad bool) {
	p := 0
	if pad {
		p = 1
	}
	if cols == 0 {
		return
	}
	for i := 0; i < rows; i += s.lanes {
		s.transpose(&dst[i], 4*ldd, &src[i*lds], 4*lds, min(s.lanes, rows-i), cols, p)
	}
}
