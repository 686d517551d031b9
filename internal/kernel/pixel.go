package kernel

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

// fromRow is p from a row of w pixels on.
func (p Pixels) fromRow(row, w int) Pixels { return p.from(row * w * p.Stride) }
