//go:build arm64 && !noasm

package kernel

import "unsafe"

var tileSets = [isaKinds]*tileSet{
	isaNEON: {
		kind: isaNEON, rows: 8, lanes: 4, tiles: &tilesNEON, columnTiles: &columnTilesNEON, directTiles: &directTilesNEON, dotTiles: &dotTilesNEON,
		pixelTiles: &pixelTilesNEON, pixelRows: [5]int{0, 12, 12, 8, 6},
		mask:      func(lanes int) uintptr { return uintptr(unsafe.Pointer(&laneMasks[4-lanes])) },
		copyStrip: copyStripNEON, transpose: transposeNEON, gather: gatherNEON,
		splitPairs: splitPairsNEON,
	},
}

// laneMasks+4-n starts a vector with the first n lanes set. It is global, so
// that its address may travel as a number.
var laneMasks = [8]int32{-1, -1, -1, -1}
