package kernel

// Epilogue is what happens to a convolution's result on its way to memory:
// y = Act(conv + Bias + Add).
type Epilogue[T Float] struct {
	Bias []T // one value for each output channel, or nil
	Add  []T // shaped like the result, or nil
	Act  Act
}

// finishRow applies an epilogue to a piece of channel ch at place at.
func finishRow(ep *Epilogue[float32], ch, at int, out []float32) {
	if ep.Bias != nil {
		vecAddScalar(out, out, ep.Bias[ch])
	}
	if ep.Add != nil {
		if add := ep.Add[at : at+len(out)]; ep.Act.Kind == ActReLU {
			vecAddReLU(out, add, out)
			return
		} else {
			vecAdd(out, add, out)
		}
	}
	if ep.Act.Kind != ActIdentity {
		actRange(ep.Act, out, out)
	}
}
