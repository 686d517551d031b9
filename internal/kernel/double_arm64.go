//go:build arm64 && !noasm

package kernel

var neonDouble = doubleTile{rows: 8, cols: 6, run: doubleNEON}

// doubleTiles lists the tiles that the CPU can run.
func doubleTiles() []*doubleTile { return []*doubleTile{&plainDouble, &neonDouble} }

func chooseDouble() *doubleTile {
	if isa == nil {
		return &plainDouble
	}
	return &neonDouble
}
