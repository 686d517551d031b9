package ops

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// wantDims refuses a shape that does not have one of the numbers of dimensions.
func wantDims(op, what string, s tensor.Shape, layout string, dims ...int) error {
	for _, d := range dims {
		if s.Dims() == d {
			return positive(op, what, s)
		}
	}
	return errors.Errorf("%s: %s has shape %v, want %s", op, what, s, layout)
}

// wantImages refuses anything but (N, C, H, W).
func wantImages(op, what string, s tensor.Shape) error {
	return wantDims(op, what, s, "(N, C, H, W)", 4)
}

func positive(op, what string, s tensor.Shape) error {
	for _, d := range s {
		if d <= 0 {
			return errors.Errorf("%s: %s has shape %v: a size must be at least 1", op, what, s)
		}
	}
	return nil
}

// wantShape refuses a shape other than the one given.
func wantShape(op, what string, s tensor.Shape, want ...int) error {
	// Shape.Eq alone takes (3), (3, 1) and (1, 3) for one.
	if s.Dims() != len(want) || !s.Eq(tensor.Shape(want)) {
		return errors.Errorf("%s: %s has shape %v, want %v", op, what, s, tensor.Shape(want))
	}
	return nil
}

// sameShapes is the shape of elementwise operations: that of all inputs.
func sameShapes(op string, in []tensor.Shape) (tensor.Shape, error) {
	for i, s := range in {
		if s.Dims() != in[0].Dims() || !s.Eq(in[0]) {
			return nil, errors.Errorf("%s: input %d has shape %v, want %v like input 0", op, i, s, in[0])
		}
	}
	return in[0].Clone(), nil
}

// room is how far a window of a kernel can move along one axis: in + 2*padding -
// dilation*(kernel-1) - 1, negative where it does not fit.
func room(op string, in, kernel, padding, dilation int) (int, error) {
	padded, err := size.Add(in, padding, padding)
	if err != nil {
		return 0, errors.WithMessagef(err, "%s: padding", op)
	}
	reach, err := size.Product(dilation, kernel-1)
	if err != nil {
		return 0, errors.WithMessagef(err, "%s: kernel", op)
	}
	return padded - reach - 1, nil
}

// layout splits (N, C) or (N, C, ...) into samples, channels and the size of a
// channel.
func layout(s tensor.Shape) (n, c, hw int) {
	hw = 1
	for _, d := range s[2:] {
		hw *= d
	}
	return s[0], s[1], hw
}

// orOne makes the zero value of a stride, dilation or the like mean 1.
func orOne(p [2]int) [2]int {
	for i := range p {
		if p[i] == 0 {
			p[i] = 1
		}
	}
	return p
}

// atLeast refuses a pair with a number below the least.
func atLeast(op, what string, p [2]int, least int) error {
	if p[0] < least || p[1] < least {
		return errors.Errorf("%s: %s is %dx%d, want at least %d", op, what, p[0], p[1], least)
	}
	return nil
}
