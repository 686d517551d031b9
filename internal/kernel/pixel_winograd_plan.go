package kernel

// pixelWinograd3 is F(4×4, 3×3) and pixelWinograd5 F(2×2, 5×5) for images with
// channels last (see winogradJob).
var (
	pixelWinograd3 = pixelWinograd("winograd4x4_3x3", 3)
	pixelWinograd5 = pixelWinograd("winograd2x2_5x5", 5)
)

// winogradOf is nil where there are no such transforms.
func winogradOf(taps int) *winogradTransforms {
	switch {
	case isa == nil || isa.winogradColumns == nil:
		return nil
	case taps == 3:
		return &isa.winograd3
	}
	return &isa.winograd5
}

func pixelWinograd(name string, taps int) PixelConv {
	return PixelConv{
		Name: name,
		Fits: func(c Conv) bool {
			c = c.normal()
			return winogradOf(taps) != nil && c.Fast && c.KH == taps && c.KW == taps && c.SH == 1 && c.SW == 1 && c.DH == 1 && c.DW == 1 &&
				c.Groups == 1 && c.C > 0 && c.O > 0 && !c.spread()
		},
		Cost: func(c Conv) float64 {
			c = c.normal()
			j := takeWinogradPixelJob(winogradOf(taps), c)
			defer j.release()
			return j.cost()
		},
		Prepared: func(c Conv) int {
			j := takeWinogradPixelJob(winogradOf(taps), c.normal())
			defer j.release()
			return 36 * j.uXi
		},
		Prepare: func(c Conv, w, dst []float32) {
			j := takeWinogradPixelJob(winogradOf(taps), c.normal())
			defer j.release()
			j.weights, j.u = w, dst
			ForEach(j.vecs, j.fPrepare)
		},
		Run: func(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels) {
			c = c.normal()
			if c.N == 0 || c.OutH()*c.OutW() == 0 {
				return
			}
			j := takeWinogradPixelJob(winogradOf(taps), c)
			defer j.release()
			j.x, j.u, j.ep, j.y = x, prepared, ep, y
			j.run()
		},
	}
}

const (
	winogradCache = 512 << 10 // floats that the second cache holds
)

// plan decides on blocks of tiles.
func (j *winogradPixelJob) plan() {
	threads := Threads()
	if 72*float64(j.tiles)*float64(j.c.C)*float64(j.c.O) < 4*smallFlops {
		threads = 1
	}
	perTile := 36 * (j.ldv + j.vecs*j.isa.lanes)
	u := 36 * j.uXi
	// All output channels of a block by one thread, if blocks are many enough
	// and the weights stay in the cache beside them.
	block := max(24, winogradCache/3/perTile/24*24)
	blocks := (j.tiles + block - 1) / block
	if blocks < threads || blocks%threads != 0 && blocks < 4*threads {
		blocks = (blocks + threads - 1) / threads * threads
	}
	if threads == 1 || u <= winogradCache/2 && j.tiles/blocks >= 12 {
		j.setBlocks(min(blocks, j.tiles))
		return
	}
	j.shared = true
	block = winogradCache * 3 / 4 / perTile
	if u/max(block, 1) > 3*perTile { // rather lose tiles than weights
		block = 192
	}
	j.setBlocks((j.tiles + block - 1) / block)
	j.parts = min(threads, j.block)
	j.chunks, j.pieces = threads, 1
	if j.strips%threads != 0 && j.strips < 4*threads {
		j.chunks = min(j.strips, threads)
		if j.block >= 24*threads {
			j.chunks, j.pieces = 1, threads
		}
	}
}

func (j *winogradPixelJob) setBlocks(n int) {
	j.blocks = n
	j.block = (j.tiles + n - 1) / n
	j.vXi = oddLines(j.block * j.ldv)
}

// cost predicts nanoseconds.
func (j *winogradPixelJob) cost() float64 {
	vecsIn := float64(j.ldv / j.isa.lanes)
	steps := 36 * float64(j.c.C) * float64(j.vecs)
	transforms := 100 * (vecsIn + float64(j.vecs))
	return 3000 + float64(j.tiles)*(steps/4.5+transforms/3)/float64(Threads())
}
