package kernel

// winogradSet is what an instruction set has of Winograd's transforms.
type winogradSet struct {
	three winogradTransforms // for 3×3 kernels
	five  winogradTransforms // for 5×5 kernels
	exact winogradTransforms // for 3×3 kernels of a forward pass in training

	pixels  [3]winogradPixels
	sixteen func(v, u, m *float32, n int)                                 // or nil
	ahead   func(x *float32, from, lines int, y *float32, to, linesY int) // or nil
}

// winogradOf returns the transforms for a set of micro-kernels.
func winogradOf(s *tileSet) *winogradSet { return winogradSets[s.kind] }

// fast returns the fastest transforms for a kernel of c's size.
func (w *winogradSet) fast(c Conv) *winogradTransforms {
	if c.KH == 5 {
		return &w.five
	}
	return &w.three
}
