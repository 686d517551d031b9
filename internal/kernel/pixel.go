package kernel

import "slices"

// Pixels is a batch of images with the channels of a pixel consecutive
// (channels last): channel c of pixel (n, y, x) stands at
//
//	Data[((n·H + y)·W + x)·Stride + c]
//
// A pixel may be wider than its channels: what lies between them and Stride
// may belong to someone else, as where a branch of a concatenation writes into
// the concatenation's memory. So a kernel reads and writes only the channels
// it was told of, and Data may end at the last pixel's last channel.
type Pixels struct {
	Data   []float32
	Stride int // floats between pixels, at least the number of channels
}

// from is what begins i floats further on: other pixels or other channels.
func (p Pixels) from(i int) Pixels { return Pixels{p.Data[i:], p.Stride} }

// PixelStride is the usual Stride for pixels of c channels: c where a vector
// is longer than that, otherwise whole cache lines, of which the number is not
// a multiple of 16: pixels a power of two apart compete for one cache set.
func PixelStride(c int) int {
	if c < 16 {
		return c
	}
	s := (c + 15) &^ 15
	if s%256 == 0 {
		s += 16
	}
	return s
}

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

// pixelConvs is the registry; a new algorithm is a file of its own and a line
// here.
var pixelConvs = []*PixelConv{
	&pixelWinograd43,
	&pixelWinograd23,
	&pixelWinograd25,
	&pixelDirect,
	&pixelPlain,
	&pixelDepthwise,
}

// PixelConvs lists the algorithms that fit, the one predicted to be fastest
// first. There is always one.
func PixelConvs(c Conv) []*PixelConv {
	var fit []*PixelConv
	var costs []float64
	for _, p := range pixelConvs {
		if !p.Fits(c) {
			continue
		}
		cost := p.Cost(c)
		at, _ := slices.BinarySearch(costs, cost)
		fit, costs = slices.Insert(fit, at, p), slices.Insert(costs, at, cost)
	}
	return fit
}

// LookupPixelConv returns the algorithm of that name, or nil.
func LookupPixelConv(name string) *PixelConv {
	for _, p := range pixelConvs {
		if p.Name == name {
			return p
		}
	}
	return nil
}
