package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Prepare lays a convolution's weight out as cfg's algorithm reads it. The
// result depends on the weight alone, so that it may be kept as long as that
// stays as it is.
//
//	Input:  (O, C/Groups, KH, KW)
//	Output: a vector
func Prepare(weight *gorgonia.Node, cfg ConvConfig) (*gorgonia.Node, error) {
	o := prepare{conv: cfg.Conv, algorithm: cfg.Algorithm}
	var err error
	if o.p, err = cfg.algorithm(o.Name()); err != nil {
		return nil, err
	}
	if weight == nil {
		return nil, errors.Errorf("%s: weight is nil", o.Name())
	}
	if dt, _ := op.Dtype(weight); dt != tensor.Float32 {
		return nil, errors.Errorf("%s: weight (%s) is %v, want float32", o.Name(), weight.Name(), dt)
	}
	c := cfg.Conv
	want := tensor.Shape{c.O, c.C / max(c.Groups, 1), c.KH, c.KW}
	if s := weight.Shape(); s.Dims() != 4 || !s.Eq(want) {
		return nil, errors.Errorf("%s: weight has shape %v, want %v", o.Name(), s, want)
	}
	return op.Apply(o, weight)
}

type prepare struct {
	conv      kernel.Conv
	algorithm string
	p         *kernel.PixelConv
}

func (prepare) Name() string { return "channels_last_prepare" }

// Attributes are those that the result depends on, so that programs for images of
// different sizes and numbers share it.
func (o prepare) Attributes() string {
	c := o.conv
	return fmt.Sprintf("algorithm=%s c=%d o=%d kernel=%dx%d groups=%d", o.algorithm, c.C, c.O, c.KH, c.KW, max(c.Groups, 1))
}
func (o prepare) Shape([]tensor.Shape) (tensor.Shape, error) {
	return tensor.Shape{o.p.Prepared(o.conv)}, nil
}
func (o prepare) Float32(a op.Args[float32]) error {
	o.p.Prepare(o.conv, a.In[0], a.Out)
	return nil
}
func (prepare) Float64(a op.Args[float64]) error { return result{}.Float64(a) }
