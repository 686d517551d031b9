//go:build amd64 && !noasm

package kernel

var avx512Double = doubleTile{rows: 8, cols: 24, run: doubleAVX512}
var avx2Double = doubleTile{rows: 4, cols: 12, run: doubleAVX2}

// doubleTiles lists the tiles that the CPU can run.
func doubleTiles() []*doubleTile {
	tiles := []*doubleTile{&plainDouble}
	if findISA("avx2") != nil {
		tiles = append(tiles, &avx2Double)
	}
	if findISA("avx512") != nil {
		tiles = append(tiles, &avx512Double)
	}
	return tiles
}

func chooseDouble() *doubleTile {
	switch ISA() {
	case "avx512":
		return &avx512Double
	case "avx2":
		return &avx2Double
	}
	return &plainDouble
}
