package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/tensor"
)

// poolWindow is what the pooling operations and their derivatives share.
type poolWindow struct {
	kernel, stride, padding, dilation [2]int
	ceil                              bool
	excludePad                        bool // average only
}

func window(kernel, stride, padding, dilation [2]int, ceil bool) poolWindow {
	for i := range stride {
		if stride[i] == 0 {
			stride[i] = kernel[i]
		}
	}
	return poolWindow{kernel: kernel, stride: stride, padding: padding, dilation: orOne(dilation), ceil: ceil}
}

func (p poolWindow) String() string {
	return fmt.Sprintf("kernel=%dx%d stride=%dx%d padding=%dx%d dilation=%dx%d ceil=%t exclude_pad=%t",
		p.kernel[0], p.kernel[1], p.stride[0], p.stride[1], p.padding[0], p.padding[1], p.dilation[0], p.dilation[1], p.ceil, p.excludePad)
}

// outShape is the shape of the pooled images.
func (p poolWindow) outShape(op string, x tensor.Shape) (tensor.Shape, error) {
	if err := wantImages(op, "input", x); err != nil {
		return nil, err
	}
	if err := atLeast(op, "kernel", p.kernel, 1); err != nil {
		return nil, err
	}
	if err := atLeast(op, "stride", p.stride, 1); err != nil {
		return nil, err
	}
	if err := atLeast(op, "padding", p.padding, 0); err != nil {
		return nil, err
	}
	if err := atLeast(op, "dilation", p.dilation, 1); err != nil {
		return nil, err
	}
	out := tensor.Shape{x[0], x[1], 0, 0}
	for i := range 2 {
		// A wider padding makes windows without a single element.
		if p.padding[i] > p.kernel[i]/2 {
			return nil, errors.Errorf("%s: padding %dx%d is more than half the kernel %dx%d", op, p.padding[0], p.padding[1], p.kernel[0], p.kernel[1])
		}
		room, err := room(op, x[2+i], p.kernel[i], p.padding[i], p.dilation[i])
		if err != nil {
			return nil, err
		}
		out[2+i] = p.size(i, x[2+i], room)
		if out[2+i] < 1 {
			return nil, errors.Errorf("%s: input is %dx%d, kernel %dx%d with padding %dx%d and dilation %dx%d does not fit", op, x[2], x[3],
				p.kernel[0], p.kernel[1], p.padding[0], p.padding[1], p.dilation[0], p.dilation[1])
		}
	}
	return out, nil
}

// size is the number of windows along one axis, on which they have so much room.
func (p poolWindow) size(axis, in, room int) int {
	s, pad := p.stride[axis], p.padding[axis]
	switch {
	case room < 0 && !(p.ceil && room+s > 0):
		return 0
	case room < 0:
		return 1
	case !p.ceil || room%s == 0:
		return room/s + 1
	}
	n := room/s + 2
	if (n-1)*s >= in+pad { // the last window would see padding only
		n--
	}
	return n
}

// pool is the kernel's geometry. A single window has no use for a stride.
func (p poolWindow) pool(x, y tensor.Shape) kernel.Pool {
	for i := range 2 {
		if y[2+i] == 1 {
			p.stride[i] = 1
		}
	}
	return kernel.Pool{
		N: x[0], C: x[1], H: x[2], W: x[3],
		KH: p.kernel[0], KW: p.kernel[1],
		SH: p.stride[0], SW: p.stride[1],
		PH: p.padding[0], PW: p.padding[1],
		DH: p.dilation[0], DW: p.dilation[1],
		OH: y[2], OW: y[3],
		CountIncludePad: !p.excludePad,
	}
}
