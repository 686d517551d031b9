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
	size := func() *winogradPixels { return &winogradOf(currentTiles()).pixels[i] }
	return PixelConv{
		Name: name,
		Fits: func(c Conv) bool {
			c = c.normal()
			if isa == nil || !c.Fast {
				return false
			}
			taps := size().taps
			return c.KH == taps && c.KW == taps && c.SH == 1 && c.SW == 1 && c.DH == 1 && c.DW == 1 &&
				c.Groups == 1 && c.C > 0 && c.O > 0 && !c.spread() &&
				c.PH < taps && c.PW < taps // no tile lies in the padding as a whole
		},
		Cost: func(c Conv) float64 {
			c = c.normal()
			j := newWinogradPixelJob(size(), c)
			defer giveBack(j)
			return j.cost()
		},
		Prepared: func(c Conv) int {
			j := newWinogradPixelJob(size(), c.normal())
			defer giveBack(j)
			return j.matrices * j.uXi
		},
		Prepare: func(c Conv, w, dst []float32) {
			j := newWinogradPixelJob(size(), c.normal())
			defer giveBack(j)
			j.weights, j.u = w, dst
			ForEach(j.vecs, j.fPrepare)
		},
		Run: func(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels) {
			c = c.normal()
			if c.N == 0 || c.OutH()*c.OutW() == 0 {
				return
			}
			j := newWinogradPixelJob(size(), c)
			defer giveBack(j)
			j.x, j.u, j.ep, j.y = x, prepared, ep, y
			j.run()
		},
	}
}

const (
	// winogradCache is the floats of tiles, products and weights that the
	// second cache is trusted to keep.
	winogradCache = 384 << 10
	// winogradTilesShared is the most tiles of a block that all threads share.
	winogradTilesShared = 192
	// What a float costs in nanoseconds that comes from beyond the second
	// cache (10 GB/s), and what each element of a vector of transformed tiles.
	winogradFloat, winogradElement = 0.4, 2
)

// plan decides how the work is cut.
func (j *winogradPixelJob) plan() {
	threads := Threads()
	if 2*float64(j.matrices*j.tiles)*float64(j.c.C)*float64(j.c.O) < 4*smallFlops {
		threads = 1
	}
	kept, keptCost := j.planKept(threads)
	shared, moved := j.planShared()
	j.moved = moved
	if kept && keptCost <= winogradFloat*float64(moved) {
		j.moved = int(keptCost / winogradFloat)
		return
	}
	j.shared = true
	j.setBlocks(shared)
	j.threads, j.parts = threads, min(threads, j.block)
}

// planKept gives each thread blocks of tiles for itself, for a chunk of the
// output channels whose weights stay in the cache beside them. Each further
// chunk transforms the tiles once more. It reports whether that can be done,
// and the nanoseconds for weights and repeated transforms.
func (j *winogradPixelJob) planKept(threads int) (ok bool, cost float64) {
	weights := j.matrices * j.uXi
	for j.chunks = 1; weights/j.chunks > winogradCache*3/4; j.chunks++ {
		if j.chunks == j.strips {
			return false, 0
		}
	}
	for j.chunks < j.strips && (j.strips+j.chunks-1)/j.chunks*weights/j.strips > winogradCache*3/4 {
		j.chunks++
	}
	perTile := j.matrices * (j.ldv + j.vecs*j.isa.lanes/j.chunks)
	block := max(12, (winogradCache-weights/j.chunks)/2/perTile/12*12)
	blocks := evenParts((j.tiles+block-1)/block, threads)
	if j.tiles < 10*blocks && threads > 1 && weights > winogradCache/4 {
		return false, 0
	}
	j.setBlocks(min(blocks, j.tiles))
	again := (j.chunks - 1) * j.tiles * j.matrices * (j.ldv / j.isa.lanes)
	return true, winogradFloat*float64(weights) + winogradElement*float64(again)
}

// planShared chooses the number of blocks that all threads work on together.
// Each block fetches the weights once more, and tiles beyond the cache have to
// leave it and come back: it returns the number that moves the fewest floats.
func (j *winogradPixelJob) planShared() (blocks, moved int) {
	perTile := j.matrices * (j.ldv + j.vecs*j.isa.lanes)
	for n := (j.tiles + winogradTilesShared - 1) / winogradTilesShared; n <= j.tiles; n++ {
		beyond := max(0, (j.tiles+n-1)/n*perTile-winogradCache)
		if m := n * (j.matrices*j.uXi + 2*beyond); blocks == 0 || m < moved {
			blocks, moved = n, m
		}
		if beyond == 0 {
			break
		}
	}
	return blocks, moved
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
	ns := float64(j.tiles) * m * (float64(j.c.C*j.vecs)/4.5 + winogradElement*vecs)
	ns += winogradFloat * float64(max(0, j.moved-j.c.O*j.c.C*j.size.taps*j.size.taps))
	return 1500 + ns/float64(Threads())
}
