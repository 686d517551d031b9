package kernel

// convBackwardData32 is ConvBackwardData by implicit matrix product. For
// strides over 1 the input positions are sorted by their remainder modulo the
// stride: those of one remainder meet the same taps, and their gradient is a
// convolution of stride 1 with these taps.
func convBackwardData32(s *instructionSet, c Conv, dy, w, dx []float32) {
	inC, taps := c.C/c.Groups, c.KH*c.KW
	outC := c.O / c.Groups
	oh, ow := c.OutH(), c.OutW()
	// Weights as (C, taps, O): for a channel and a tap, o is consecutive.
	work := takeTileWork()
	defer giveTileWork(work)
	wt := grow(&work.c, len(w))
	rows := inC * taps
	cut := (rows + s.lanes - 1) / s.lanes
	Parallel(c.Groups*cut, 1<<14/(outC*s.lanes)+1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			g, r := i/cut, i%cut*s.lanes
			n := min(s.lanes, rows-r)
			s.transposeTo(wt[g*outC*rows+r*outC:], outC, w[g*outC*rows+r:], rows, outC, n, false)
		}
	})
	if !c.reachesAll() {
		clear(dx)
	}
	for a := range c.SH {
		for b := range c.SW {
			// Positions ih = a + i·SH, iw = b + k·SW.
			if a >= c.H || b >= c.W {
				continue
			}
			j := takeConvJob()
			j.isa, j.images, j.groups = s, c.N, c.Groups
			j.inC, j.outC = outC, inC
			j.src, j.srcImg, j.srcCh = dy, c.O*oh*ow, oh*ow
			j.inH, j.inW = oh, ow
			j.outH, j.outW = (c.H-a+c.SH-1)/c.SH, (c.W-b+c.SW-1)/c.SW
			j.sh, j.sw = 1, 1
			for kh := range c.KH {
				for kw := range c.KW {
					y, x := a+c.PH-kh*c.DH, b+c.PW-kw*c.DW
					if y%c.SH == 0 && x%c.SW == 0 {
						j.taps = append(j.taps, shift{y / c.SH, x / c.SW})
						j.tapAt = append(j.tapAt, 4*(kh*c.KW+kw)*outC)
					}
				}
			}
			j.a, j.lda, j.aGroup, j.tapMajor = wt, taps*outC, outC*rows, true
			j.dst, j.dstCh, j.dstImg = dx, c.H*c.W, c.C*c.H*c.W
			j.dstW, j.dstSH, j.dstSW, j.dstRow, j.dstCol = c.W, c.SH, c.SW, a, b
			if len(j.taps) > 0 {
				j.run()
			}
			j.release()
		}
	}
}

// reachesAll reports whether every remainder of an input position modulo the
// stride meets at least one tap.
func (c Conv) reachesAll() bool {
	return axisReachesAll(c.KH, c.SH, c.DH) && axisReachesAll(c.KW, c.SW, c.DW)
}

func axisReachesAll(k, s, d int) bool {
	for a := range s {
		met := false
		for i := range k {
			met = met || (i*d-a)%s == 0
		}
		if !met {
			return false
		}
	}
	return true
}
