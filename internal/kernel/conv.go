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

// reach returns the range of output positions o in [0, n) whose input
// position o·s + off lies inside [0, size).
func reach(n, size, s, off int) (lo, hi int) {
	if off < 0 {
		lo = (-off-1)/s + 1
	}
	if off >= size {
		return 0, 0
	}
	hi = min(n, (size-1-off)/s+1)
	return min(lo, hi), hi
}

// asProduct reports whether float64 goes by products: where a group has one
// channel on either side tiles would be mostly empty.
func (c Conv) asProduct() bool { return c.O > c.Groups && c.C > 0 }

// windows is the part of the geometry that says where windows lie.
func (c Conv) windows() windowShape {
	return windowShape{H: c.H, W: c.W, KH: c.KH, KW: c.KW, SH: c.SH, SW: c.SW, PH: c.PH, PW: c.PW, DH: c.DH, DW: c.DW}
}
