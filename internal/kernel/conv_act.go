package kernel

// applyAct applies an activation to a piece of a result in place.
func applyAct[T Float](a Act, y []T) {
	switch a.Kind {
	case ActIdentity:
	case ActReLU:
		for i, v := range y {
			if v < 0 { // NaN stays
				y[i] = 0
			}
		}
	default:
		actRange(a, y, y)
	}
}
