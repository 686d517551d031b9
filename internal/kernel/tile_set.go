package kernel

// tileSet is what an instruction set has of micro-kernels and of the routines
// that lay out their operands.
type tileSet struct {
	kind        isaKind
	rows        int                  // of a full tile
	lanes       int                  // float32 in a vector
	tiles       *[9][4]func(t *tile) // by rows and vectors
	columnTiles *[4]func(t *tile)
	directTiles *[9][4]func(t *tile)
	dotTiles    *[5][5]func(w *float32, ldw int, x *float32, ldx, k int, mask uintptr, y *[16]float32)
	pixelTiles  *[5][13]func(t *pixelTile) // by vectors and rows
	pixelRows   [5]int                     // most rows, by vectors
	mask        func(lanes int) uintptr    // what tile.mask holds for a partial vector

	copyStrip func(dst, src *float32, stride, rows, vecs int, mask uintptr)
	transpose func(dst *float32, ldd int, src *float32, lds, rows, cols, pad int)
	gather    func(g *gather)

	// Nil where plain Go does as well.
	splitPairs  func(even, odd, src *float32, n int, index *int32)
	spreadPairs func(dst, src *float32, n int, index *int32)
}

// currentTiles is nil where only plain Go is available.
func currentTiles() *tileSet {
	if isa == nil {
		return nil
	}
	return tileSets[isa.kind]
}

// width is the number of columns of a full tile.
func (s *tileSet) width() int { return 3 * s.lanes }
