package kernel

// Winograd's algorithm (see winogradJob) for images with channels last, of
// three sizes. F(2×2, 3×3) multiplies nearly twice as often as F(4×4, 3×3), but
// its weights are less than half as large: it is for a few small images with
// many channels, whose time the weights' way from memory decides.
var (
	pixelWinograd43 = pixelWinograd("winograd4x4_3x3", 0)
	pixelWinograd23 = pixelWinograd("winograd2x2_3x3", 1)
	pixelWinograd25 = pixelWinograd("winograd2x2_5x5", 2)
)

func pixelWinograd(name string, i int) PixelConv {
	size := func() *winogradPixels { return &isa.winogradPixels[i] }
	return PixelConv{
		Name: name,
		Fits: func(c Conv) bool {
			c = c.normal()
			if isa == nil || isa.winogradPixels == nil || !c.Fast {
				return false
			}
			taps := size().taps
			return c.KH == taps && c.KW == taps && c.SH == 1 && c.SW == 1 && c.DH == 1 && c.DW == 1 &&
				c.Groups == 1 && c.C > 0 && c.O > 0 && !c.spread()
		},
		Cost: func(c Conv) float64 {
			c = c.normal()
			j := takeWinogradPixelJob(size(), c)
			defer j.release()
			return j.cost()
		},
		Prepared: func(c Conv) int {
			j := takeWinogradPixelJob(size(), c.normal())
			defer j.release()
			return j.matrices * j.uXi
		},
		Prepare: func(c Conv, w, dst []float32) {
			j := takeWinogradPixelJob(size(), c.normal())
			defer j.release()
			j.weights, j.u = w, dst
			ForEach(j.vecs, j.fPrepare)
		},
		Run: func(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels) {
			c = c.normal()
			if c.N == 0 || c.OutH()*c.OutW() == 0 {
				return
			}
			j := takeWinogradPixelJob(size(), c)
			defer j.release()
			j.x, j.u, j.ep, j.y = x, prepared, ep, y
			j.run()
		},
	}
}

// winogradCache is the floats of tiles, products and weights that the second
// cache is trusted to keep.
const winogradCache = 384 << 10

// winogradTilesShared is the most tiles of a block that all threads share.
const winogradTilesShared = 192

// plan decides on blocks of tiles.
func (j *winogradPixelJob) plan() {
	threads := Threads()
	if 2*float64(j.matrices*j.tiles)*float64(j.c.C)*float64(j.c.O) < 4*smallFlops {
		threads = 1
	}
	perTile := j.matrices * (j.ldv + j.vecs*j.isa.lanes)
	weights := j.matrices * j.uXi
	// All output channels of a block by one thread, if blocks are many and the
	// weights stay in the cache beside them.
	block := max(24, (winogradCache-weights)/2/perTile/24*24)
	blocks := evenParts((j.tiles+block-1)/block, threads)
	if weights <= winogradCache/2 && j.tiles >= 12*blocks {
		j.setBlocks(blocks)
		return
	}
	// Otherwise each block fetches the weights once more, and tiles beyond the
	// cache have to leave it and come back.
	j.shared = true
	best := 0
	for n := (j.tiles + winogradTilesShared - 1) / winogradTilesShared; n <= j.tiles; n++ {
		beyond := max(0, (j.tiles+n-1)/n*perTile-winogradCache)
		if moved := n * (weights + 2*beyond); best == 0 || moved < j.moved {
			best, j.moved = n, moved
		}
		if beyond == 0 {
			break
		}
	}
	j.setBlocks(best)
	j.parts = min(threads, j.block)
	j.chunks, j.pieces = min(threads, j.strips), 1
	if evenParts(j.strips, threads) != j.strips && j.block >= 24*threads {
		j.chunks, j.pieces = 1, threads
	}
}

// evenParts is the least number from n on that threads share evenly, unless
// there are so many that it doesn't matter.
func evenParts(n, threads int) int {
	if n >= 16*threads {
		return n
	}
	return (n + threads - 1) / threads * threads
}

func (j *winogradPixelJob) setBlocks(n int) {
	j.blocks = n
	j.block = (j.tiles + n - 1) / n
	j.vXi = oddLines(j.block * j.ldv)
}

// cost predicts nanoseconds: multiply-adds at the pace of pixelDirectCost, the
// transforms at what they were measured with, and 10 GB/s for weights and tiles
// that the cache can't keep, as far as they are more than the weights that
// every algorithm has to read.
func (j *winogradPixelJob) cost() float64 {
	j.plan()
	m := float64(j.matrices)
	vecs := float64(j.ldv/j.isa.lanes + j.vecs)
	ns := float64(j.tiles) * m * (float64(j.c.C*j.vecs)/4.5 + 1.7*vecs)
	ns += 0.4 * float64(max(0, j.moved-j.c.O*j.c.C*j.size.taps*j.size.taps))
	return 3000 + ns/float64(Threads())
}
