package kernel

// Conv is the geometry of a two-dimensional cross-correlation. Images are
// (N, C, H, W), weights (O, C/Groups, KH, KW), results (N, O, OutH, OutW).
// Stride S, padding P (zeros on both sides) and dilation D are given per
// axis. A zero stride, dilation or group count means 1. H and W may be larger
// than the windows reach: what lies outside every window has no influence and
// gets a zero gradient.
type Conv struct {
	N, C, H, W     int
	O, KH, KW      int
	SH, SW, PH, PW int
	DH, DW         int
	Groups         int
	// Fast lets ConvForward and ConvBackwardData use Winograd's algorithm
	// F(4x4, 3x3), which takes a quarter of the multiplications and makes
	// several times the rounding error. That is nothing to an inference or a
	// gradient; but in training's forward pass it decides differently at
	// activations that are nearly 0, and each such ReLU that switches moves the
	// gradient. ConvBackwardWeights may always use it. Without Fast,
	// ConvForward may use F(2x2, 3x3), which takes four ninths of the
	// multiplications and rounds about as the definition does.
	Fast bool
}

// OutH is the height of the result.
func (c Conv) OutH() int { return outSize(c.H, c.KH, c.SH, c.PH, c.DH) }

// OutW is the width of the result.
func (c Conv) OutW() int { return outSize(c.W, c.KW, c.SW, c.PW, c.DW) }

func outSize(in, k, s, p, d int) int {
	span := in + 2*p - max(d, 1)*(k-1) - 1
	if span < 0 {
		return 0
	}
	return span/max(s, 1) + 1
}

// normal returns c with the zero strides, dilations and groups made 1.
func (c Conv) normal() Conv {
	c.SH, c.SW = max(c.SH, 1), max(c.SW, 1)
	c.DH, c.DW = max(c.DH, 1), max(c.DW, 1)
	c.Groups = max(c.Groups, 1)
	// One window is one window, however far the next would be.
	c.SH, c.SW = min(c.SH, c.H+2*c.PH), min(c.SW, c.W+2*c.PW)
	return c
}

// spread reports whether windows reach so far beyond the image that a padded
// copy of it would be large: then every tap goes by itself, without one.
func (c Conv) spread() bool {
	padded := float64(c.H+2*c.PH) * float64(c.W+2*c.PW)
	return padded > 1<<22 && padded > 8*float64(c.H*c.W+c.OutH()*c.OutW())
}

// Epilogue is what happens to a convolution's result on its way to memory:
// y = Act(conv + Bias + Add).
type Epilogue[T Float] struct {
	Bias []T // one value for each output channel, or nil
	Add  []T // shaped like the result, or nil
	Act  Act
}

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
		if !winogradForward(s, c, float32s(x), float32s(w), e, float32s(y)) {
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
		if !c.Fast || !winogradBackwardData(s, c, float32s(dy), float32s(w), float32s(dx)) {
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
		if !winogradBackwardWeights(s, c, float32s(x), float32s(dy), float32s(dw)) {
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
