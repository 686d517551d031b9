//go:build amd64 && !noasm

package kernel

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// instructionSets lists what the CPU has, best first.
var instructionSets = detectISA()

func detectISA() []*instructionSet {
	var sets []*instructionSet
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		sets = append(sets, &instructionSet{
			name: "avx512", rows: 8, lanes: 16, tiles: &tilesAVX512, columnTiles: &columnTilesAVX512, directTiles: &directTilesAVX512, dotTiles: &dotTilesAVX512,
			pixelTiles: &pixelTilesAVX512, pixelRows: [5]int{0, 12, 12, 8, 6},
			mask: func(lanes int) uintptr { return 1<<lanes - 1 },
			peak: peakAVX512, flops: 48 * 32,
			copyStrip: copyStripAVX512, transpose: transposeAVX512, gather: gatherAVX512,
			splitPairs: splitPairsAVX512, spreadPairs: spreadPairsAVX512,
			winogradPixels: &winogradPixelsAVX512, winogradAhead: winogradAhead, winogradSixteen: winogradSixteenAVX512,
			winograd3:     winogradTransforms{4, 3, winogradInput6AVX512, winogradOutput4AVX512, winogradWeights4AVX512, winogradGradient4AVX512, winogradKernels4AVX512},
			winograd5:     winogradTransforms{2, 5, winogradInput6AVX512, winogradOutput2AVX512, winogradWeights2AVX512, winogradGradient2AVX512, winogradKernels2AVX512},
			winogradExact: winogradTransforms{2, 3, winogradInput4AVX512, winogradOutput23AVX512, winogradWeights23AVX512, nil, nil},
		})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		sets = append(sets, &instructionSet{
			name: "avx2", rows: 4, lanes: 8, tiles: &tilesAVX2, columnTiles: &columnTilesAVX2, directTiles: &directTilesAVX2, dotTiles: &dotTilesAVX2,
			pixelTiles: &pixelTilesAVX2, pixelRows: [5]int{0, 12, 6, 4},
			mask: func(lanes int) uintptr { return uintptr(unsafe.Pointer(&laneMasks[8-lanes])) },
			peak: peakAVX2, flops: 24 * 16,
			copyStrip: copyStripAVX2,
			transpose: func(dst *float32, ldd int, src *float32, lds, rows, cols, pad int) {
				transposeAVX2(dst, ldd, src, lds, rows, cols, pad, &laneMasks[0])
			},
			gather:         gatherAVX2,
			winogradPixels: &winogradPixelsAVX2, winogradAhead: winogradAhead,
			winograd3:     winogradTransforms{4, 3, winogradInput6AVX2, winogradOutput4AVX2, winogradWeights4AVX2, winogradGradient4AVX2, winogradKernels4AVX2},
			winograd5:     winogradTransforms{2, 5, winogradInput6AVX2, winogradOutput2AVX2, winogradWeights2AVX2, winogradGradient2AVX2, winogradKernels2AVX2},
			winogradExact: winogradTransforms{2, 3, winogradInput4AVX2, winogradOutput23AVX2, winogradWeights23AVX2, nil, nil},
		})
	}
	return sets
}

// laneMasks+8-n starts a vector with the first n lanes set. It is global, so
// that its address may travel as a number.
var laneMasks = [16]int32{-1, -1, -1, -1, -1, -1, -1, -1}
