package kernel

// PixelEpilogue is what happens to a convolution's result on its way to
// memory: y = Act(conv + Bias + Add).
type PixelEpilogue struct {
	Bias []float32 // one value for each output channel, or nil
	Add  Pixels    // shaped like the result with a Stride of its own; no Data, no term
	Act  Act
}

// PixelConv is an algorithm for convolutions of images with channels last. All
// its functions take a Conv's zero fields for 1.
type PixelConv struct {
	Name string
	// Fits reports whether the algorithm can do it. One that rounds more than a
	// sum of products does (Winograd's) fits only where c.Fast is set.
	Fits func(c Conv) bool
	// Cost predicts the nanoseconds of Run on Threads() threads. It is compared
	// between algorithms only.
	Cost func(c Conv) float64
	// Prepared is the number of floats of prepared weights.
	Prepared func(c Conv) int
	// Prepare makes them from w: (O, C/Groups, KH, KW).
	Prepare func(c Conv, w, dst []float32)
	// Run computes y = Act(conv(x, w) + Bias + Add).
	//
	//	x: (N, H, W, x.Stride)   y: (N, OutH, OutW, y.Stride)
	Run func(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels)
}
