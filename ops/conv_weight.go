package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// WeightShape is the shape of the weight with which Conv2D makes so many output
// channels of images x (N, C, H, W): (out, C/Groups, KH, KW). It returns the
// error that Conv2D would return for such a weight, so that nothing need be
// allocated to learn of it.
func (cfg Conv2DConfig) WeightShape(x tensor.Shape, out int, kernel [2]int) (tensor.Shape, error) {
	o := conv2D{convGeometry: cfg.geometry()}
	w, err := o.weight(o.Name(), x, out, kernel)
	if err != nil {
		return nil, err
	}
	result, err := o.Shape([]tensor.Shape{x, w})
	if err != nil {
		return nil, err
	}
	return w, fits(o.Name(), result)
}

// WeightShape is the shape of the weight with which ConvTranspose2D makes so
// many output channels of images x (N, C, H, W): (C, out/Groups, KH, KW). It
// returns the error that ConvTranspose2D would return for such a weight.
func (cfg ConvTranspose2DConfig) WeightShape(x tensor.Shape, out int, kernel [2]int) (tensor.Shape, error) {
	o := cfg.operation()
	w, err := o.weight(o.Name(), x, out, kernel)
	if err != nil {
		return nil, err
	}
	w[0], w[1] = x[1], out/o.groups
	more, err := o.roundUp()
	if err != nil {
		return nil, err
	}
	x = x.Clone()
	for i := range more {
		if x[2+i], err = size.Add(x[2+i], more[i]); err != nil {
			return nil, errors.WithMessagef(err, "%s: output padding", o.Name())
		}
	}
	result, err := o.Shape([]tensor.Shape{x, w})
	if err != nil {
		return nil, err
	}
	return w, fits(o.Name(), result)
}

// fits refuses a result that would not fit in float32; op.Apply looks again when
// it knows the type.
func fits(op string, result tensor.Shape) error {
	return size.FitShape(fmt.Sprintf("%s: result of shape %v", op, result), result, 4)
}

// weight checks what the weight of any convolution follows from, and is the
// shape of Conv2D's.
func (g convGeometry) weight(op string, x tensor.Shape, out int, kernel [2]int) (tensor.Shape, error) {
	if err := g.check(op); err != nil {
		return nil, err
	}
	if err := wantImages(op, "input", x); err != nil {
		return nil, err
	}
	switch {
	case out < 1:
		return nil, errors.Errorf("%s: %d output channels, want at least 1", op, out)
	case x[1]%g.groups != 0:
		return nil, errors.Errorf("%s: input has %d channels, groups = %d does not divide it", op, x[1], g.groups)
	case out%g.groups != 0:
		return nil, errors.Errorf("%s: %d output channels, groups = %d does not divide it", op, out, g.groups)
	}
	return tensor.Shape{out, x[1] / g.groups, kernel[0], kernel[1]}, atLeast(op, "kernel", kernel, 1)
}
