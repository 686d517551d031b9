//go:build amd64 && !noasm

package kernel

import "unsafe"

var tileSets = [isaKinds]*tileSet{
	isaAVX512: {
		kind: isaAVX512, rows: 8, lanes: 16, tiles: &tilesAVX512, columnTiles: &columnTilesAVX512, directTiles: &directTilesAVX512, dotTiles: &dotTilesAVX512,
		pixelTiles: &pixelTilesAVX512, pixelRows: [5]int{0, 12, 12, 8, 6},
		mask:      func(lanes int) uintptr { return 1<<lanes - 1 },
		copyStrip: copyStripAVX512, transpose: transposeAVX512, gather: gatherAVX512,
		splitPairs: splitPairsAVX512, spreadPairs: spreadPairsAVX512,
	},
	isaAVX2: {
		kind: isaAVX2, rows: 4, lanes: 8, tiles: &tilesAVX2, columnTiles: &columnTilesAVX2, directTiles: &directTilesAVX2, dotTiles: &dotTilesAVX2,
		pixelTiles: &pixelTilesAVX2, pixelRows: [5]int{0, 12, 6, 4},
		mask:      func(lanes int) uintptr { return uintptr(unsafe.Pointer(&laneMasks[8-lanes])) },
		copyStrip: copyStripAVX2,
		transpose: func(dst *float32, ldd int, src *float32, lds, rows, cols, pad int) {
			transposeAVX2(dst, ldd, src, lds, rows, cols, pad, &laneMasks[0])
		},
		gather: gatherAVX2,
	},
}

// laneMasks+8-n starts a vector with the first n lanes set. It is global, so
// that its address may travel as a number.
var laneMasks = [16]int32{-1, -1, -1, -1, -1, -1, -1, -1}
