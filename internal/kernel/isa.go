package kernel

import (
	"os"
	"unsafe"
)

// instructionSet is what the float32 kernels need to know of the CPU: the
// micro-kernels and the routines that lay out their operands.
type instructionSet struct {
	name        string
	rows        int                  // of a full tile
	lanes       int                  // float32 in a vector
	tiles       *[9][4]func(t *tile) // by rows and vectors
	columnTiles *[4]func(t *tile)
	directTiles *[9][4]func(t *tile)
	dotTiles    *[5][5]func(w *float32, ldw int, x *float32, ldx, k int, mask uintptr, y *[16]float32)
	pixelTiles  *[5][13]func(t *pixelTile) // by vectors and rows
	pixelRows   [5]int                     // most rows, by vectors
	mask        func(lanes int) uintptr    // what tile.mask holds for a partial vector
	peak        func(rounds int)           // multiply-adds on registers
	flops       float64                    // of one round

	copyStrip func(dst, src *float32, stride, rows, vecs int, mask uintptr)
	transpose func(dst *float32, ldd int, src *float32, lds, rows, cols, pad int)
	gather    func(g *gather)

	// Nil where plain Go does as well.
	splitPairs  func(even, odd, src *float32, n int, index *int32)
	spreadPairs func(dst, src *float32, n int, index *int32)

	winogradPixels  *[3]winogradPixels
	winogradSixteen func(v, u, m *float32, n int)                                 // or nil
	winogradAhead   func(x *float32, from, lines int, y *float32, to, linesY int) // or nil
	winograd3       winogradTransforms                                            // for 3×3 kernels
	winograd5       winogradTransforms                                            // for 5×5 kernels
	winogradExact   winogradTransforms                                            // for 3×3 kernels of a forward pass in training
}

// width is the number of columns of a full tile.
func (s *instructionSet) width() int { return 3 * s.lanes }

// isa is nil where only plain Go is available.
var isa = chooseISA()

// ISA names the instruction set the kernels use: "avx512", "avx2",
// "neon" or "generic" (plain Go). The environment variable STHENO_ISA forces one that
// the CPU has; the build tag noasm leaves only "generic".
func ISA() string {
	if isa == nil {
		return "generic"
	}
	return isa.name
}

func chooseISA() *instructionSet {
	want := os.Getenv("STHENO_ISA")
	if want == "generic" || len(instructionSets) == 0 {
		return nil
	}
	if s := findISA(want); s != nil {
		return s
	}
	return instructionSets[0]
}

// findISA returns the named instruction set, or nil if the CPU lacks it.
func findISA(name string) *instructionSet {
	for _, s := range instructionSets {
		if s.name == name {
			return s
		}
	}
	return nil
}

// isSingle reports whether T is float32.
func isSingle[T Float]() bool {
	var z T
	return unsafe.Sizeof(z) == 4
}

// float32s sees a slice of a T that is float32 as what it is.
func float32s[T Float](s []T) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// pairIndex selects even elements, odd elements, and spreads a vector's lower
// and upper half over twice the places.
var pairIndex = func() (index [64]int32) {
	for i := range int32(16) {
		index[i], index[16+i] = 2*i, 2*i+1
		index[32+i], index[48+i] = i/2, 8+i/2
	}
	return index
}()

// split writes elements 0, 2, ... of src to even and 1, 3, ... to odd.
func (s *instructionSet) split(even, odd, src []float32) {
	if s.splitPairs != nil && len(src) > 1 {
		s.splitPairs(&even[0], &odd[0], &src[0], len(src), &pairIndex[0])
		return
	}
	for i, v := range src {
		if i&1 == 0 {
			even[i/2] = v
		} else {
			odd[i/2] = v
		}
	}
}

// spread writes src to places 0, 2, ... of dst.
func (s *instructionSet) spread(dst, src []float32) {
	if s.spreadPairs != nil && len(src) > 0 {
		_ = dst[2*len(src)-2]
		s.spreadPairs(&dst[0], &src[0], len(src), &pairIndex[0])
		return
	}
	for i, v := range src {
		dst[2*i] = v
	}
}
