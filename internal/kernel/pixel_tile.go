package kernel

// pixelTile is the argument of a micro-kernel for pixels, which computes
//
//	C[r][j] = Σ_run Σ_k A[r][run][k] · B[run·K+k][j]
//
// for some pixels r and a strip of output channels j, everything in registers.
// Pixel r of run i starts tab[i·tabRun + r] + runTab[i] bytes from a, and its
// k values are consecutive: a run is a tap, or a kernel row of taps. B is a
// packed strip. The generator knows the offsets of these fields.
type pixelTile struct {
	a      *float32
	tab    *int // bytes
	tabRun int  // bytes between the table's runs, 0 if they are all alike
	runs   int
	runTab *int
	k      int
	b      *float32
	c      *float32
	ldc    int
	flags  int
	bias   *float32 // one value a channel, with tileBias
	add    *float32
	ldadd  int
	mask   uintptr // lanes of the last vector

	// One call may do several tiles, each so many bytes further on.
	count                          int
	stepA, stepTab, stepC, stepAdd int

	cap float32 // with tileCap
	_   float32

	// What comes after this part of B is asked for on the way: from ahead on,
	// but not from beyond aheadEnd.
	ahead, aheadEnd *float32
}

// A tile begins with add and bias; at its end what C holds is added
// (tileAccumulate) and the result bounded. tileCap bounds what a micro-kernel for pixels stores by cap; the other flags
// are those of tile.
const tileCap = tileReLU << 1

// pixelWork is what one thread needs for the pixels of a convolution.
type pixelWork struct {
	t      pixelTile
	tab    []int
	runTab []int
	staged []float32
}

func (w *pixelWork) cleared() { w.t = pixelTile{} }

// strips is the number of strips that so many vectors of channels make.
func (s *tileSet) strips(vecs int) int {
	n := 0
	for at := 0; at < vecs; n++ {
		at += s.stripVecs(vecs - at)
	}
	return n
}

// stripVecs is the width of the next strip where so many vectors are left:
// none of a single vector after a wide one, since its multiply-adds would wait
// for their broadcasts.
func (s *tileSet) stripVecs(left int) int {
	if s.pixelRows[4] > 0 {
		switch left {
		case 1, 2, 3, 4:
			return left
		}
		return 3
	}
	switch left {
	case 1, 3:
		return left
	}
	return 2
}
