package kernel

// ConvForward computes y = act(conv(x, w) + bias + add).
//
//	x: (N, C, H, W)   w: (O, C/Groups, KH, KW)   y: (N, O, OutH, OutW)
func ConvForward[T Float](c Conv, x, w []T, ep Epilogue[T], y []T) {
	c = c.normal()
	if c.N == 0 || c.O == 0 || c.OutH()*c.OutW() == 0 {
		return
	}
	if s := currentTiles(); s != nil && isSingle[T]() && c.C > 0 && !c.spread() {
		e := Epilogue[float32]{Bias: float32s(ep.Bias), Add: float32s(ep.Add), Act: ep.Act}
		if c.depthwise() {
			depthwiseForward(s, c, float32s(x), float32s(w), e, float32s(y))
		} else if !stridedForward(s, c, float32s(x), float32s(w), e, float32s(y)) && !winogradForward(s, c, float32s(x), float32s(w), e, float32s(y)) {
			convForward32(s, c, float32s(x), float32s(w), e, float32s(y))
		}
		return
	}
	if !isSingle[T]() && c.asProduct() {
		e := Epilogue[float64]{Bias: float64s(ep.Bias), Add: float64s(ep.Add), Act: ep.Act}
		convForward64(double, c, float64s(x), float64s(w), e, float64s(y))
		return
	}
	convForwardPlain(c, x, w, ep, y)
}

// ConvBackwardData computes the gradient of a convolution's input from that
// of its result. It is also the forward pass of the transposed convolution.
//
//	dy: (N, O, OutH, OutW)   w: (O, C/Groups, KH, KW)   dx: (N, C, H, W)
func ConvBackwardData[T Float](c Conv, dy, w, dx []T) {
	c = c.normal()
	if c.N == 0 || c.C == 0 {
		return
	}
	if s := currentTiles(); s != nil && isSingle[T]() && c.O > 0 && c.OutH()*c.OutW() > 0 && !c.spread() {
		if c.depthwise() && c.O == c.C {
			depthwiseData(s, c, float32s(dy), float32s(w), float32s(dx))
		} else if !stridedData(s, c, float32s(dy), float32s(w), float32s(dx)) && (!c.Fast || !winogradBackwardData(s, c, float32s(dy), float32s(w), float32s(dx))) {
			convBackwardData32(s, c, float32s(dy), float32s(w), float32s(dx))
		}
		return
	}
	if !isSingle[T]() && c.asProduct() {
		convBackwardData64(double, c, float64s(dy), float64s(w), float64s(dx))
		return
	}
	convBackwardDataPlain(c, dy, w, dx)
}

// ConvBackwardWeights computes the gradient of a convolution's weights from
// its input and the gradient of its result.
//
//	x: (N, C, H, W)   dy: (N, O, OutH, OutW)   dw: (O, C/Groups, KH, KW)
func ConvBackwardWeights[T Float](c Conv, x, dy, dw []T) {
	c = c.normal()
	if c.O == 0 || c.C == 0 {
		return
	}
	if s := currentTiles(); s != nil && isSingle[T]() && c.N > 0 && c.OutH()*c.OutW() > 0 && !c.spread() {
		if c.depthwise() {
			depthwiseWeights(s, c, float32s(x), float32s(dy), float32s(dw))
		} else if !winogradBackwardWeights(s, c, float32s(x), float32s(dy), float32s(dw)) {
			convBackwardWeights32(s, c, float32s(x), float32s(dy), float32s(dw))
		}
		return
	}
	if !isSingle[T]() && c.asProduct() {
		convBackwardWeights64(double, c, float64s(x), float64s(dy), float64s(dw))
		return
	}
	convBackwardWeightsPlain(c, x, dy, dw)
}
