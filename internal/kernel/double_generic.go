//go:build (!amd64 && !arm64) || noasm

package kernel

// doubleTiles lists the tiles that the CPU can run.
func doubleTiles() []*doubleTile { return []*doubleTile{&plainDouble} }

func chooseDouble() *doubleTile { return &plainDouble }
