package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ConvConfig configures Conv and Prepare, which must be given the same.
type ConvConfig struct {
	Conv      kernel.Conv // zero strides, dilations and groups mean 1
	Algorithm string      // a name of kernel.LookupPixelConv that fits Conv
	Act       ops.Act     // any, Prepare does not look at it; nil means none
}

// algorithm is the registry's entry, which must fit.
func (cfg ConvConfig) algorithm(name string) (*kernel.PixelConv, error) {
	p := kernel.LookupPixelConv(cfg.Algorithm)
	if p == nil {
		return nil, errors.Errorf("%s: there is no algorithm %q", name, cfg.Algorithm)
	}
	c := cfg.Conv
	groups := max(c.Groups, 1)
	switch {
	case min(c.N, c.C, c.H, c.W, c.O, c.KH, c.KW) < 1:
		return nil, errors.Errorf("%s: the geometry is %+v: a size must be at least 1", name, c)
	case min(c.SH, c.SW, c.PH, c.PW, c.DH, c.DW, c.Groups) < 0:
		return nil, errors.Errorf("%s: the geometry is %+v: nothing may be below 0", name, c)
	case c.C%groups != 0 || c.O%groups != 0:
		return nil, errors.Errorf("%s: %d groups do not divide %d input and %d output channels", name, groups, c.C, c.O)
	case c.OutH() < 1 || c.OutW() < 1:
		return nil, errors.Errorf("%s: the kernel does not fit into the image: %+v", name, c)
	case !p.Fits(c):
		return nil, errors.Errorf("%s: algorithm %q does not fit %+v", name, cfg.Algorithm, c)
	}
	return p, nil
}

func (cfg ConvConfig) String() string {
	return fmt.Sprintf("algorithm=%s %+v", cfg.Algorithm, cfg.Conv)
}

// Conv is a convolution,
//
//	y = act(conv(x, weight) + bias + sum)
//
//	Input:  x (N, C, H, W), prepared of Prepare, bias (O) or nil, sum like the output or none
//	Output: (N, O, OH, OW)
//
// It returns an error for shapes that do not fit and for an algorithm that
// there is not or that does not do this convolution.
func Conv(x Image, prepared, bias *gorgonia.Node, sum Image, cfg ConvConfig) (Image, error) {
	o := conv{cfg: cfg, bias: bias != nil, sum: sum.Node != nil}
	name, c := o.Name(), cfg.Conv
	p, err := cfg.algorithm(name)
	if err != nil {
		return Image{}, err
	}
	if o.act, err = ops.KernelAct(name, cfg.Act); err != nil {
		return Image{}, err
	}
	if err := x.check(name, "input"); err != nil {
		return Image{}, err
	}
	if want := (tensor.Shape{c.N, c.C, c.H, c.W}); !x.Shape().Eq(want) {
		return Image{}, errors.Errorf("%s: input has shape %v, want %v", name, x.Shape(), want)
	}
	if err := wantVector(name, "prepared weight", prepared, p.Prepared(c)); err != nil {
		return Image{}, err
	}
	inputs := gorgonia.Nodes{x.Node, prepared}
	if o.bias {
		if err := wantVector(name, "bias", bias, c.O); err != nil {
			return Image{}, err
		}
		inputs = append(inputs, bias)
	}
	shape := tensor.Shape{c.N, c.O, c.OutH(), c.OutW()}
	if o.sum {
		if err := sum.check(name, "sum"); err != nil {
			return Image{}, err
		}
		if !sum.Shape().Eq(shape) {
			return Image{}, errors.Errorf("%s: sum has shape %v, want %v", name, sum.Shape(), shape)
		}
		inputs = append(inputs, sum.Node)
	}
	o.run, o.result = p.Run, images(shape)
	return apply(o, inputs...)
}

// wantVector refuses anything but a vector of n elements.
func wantVector(name, what string, x *gorgonia.Node, n int) error {
	if x == nil {
		return errors.Errorf("%s: %s is nil", name, what)
	}
	if s := x.Shape(); s.Dims() != 1 || s[0] != n {
		return errors.Errorf("%s: %s has shape %v, want (%d)", name, what, s, n)
	}
	return nil
}

// conv is the operation on x, the prepared weight, perhaps bias, perhaps sum.
type conv struct {
	result
	cfg       ConvConfig
	act       kernel.Act
	bias, sum bool
	run       func(kernel.Conv, kernel.Pixels, []float32, kernel.PixelEpilogue, kernel.Pixels)
}

var _ op.Costed = conv{}

func (conv) Name() string { return "channels_last_conv" }
func (o conv) Attributes() string {
	return fmt.Sprintf("%s %s bias=%t sum=%t%s", o.cfg, o.result, o.bias, o.sum, writeAct(o.act))
}
func (o conv) restrided(stride int) operation { o.stride = stride; return o }

// Algorithm names the kernel.
func (o conv) Algorithm() string { return o.cfg.Algorithm }

func (o conv) Float32(a op.Args[float32]) error {
	ep := kernel.PixelEpilogue{Act: o.act}
	next := 2
	if o.bias {
		ep.Bias = a.In[next]
		next++
	}
	if o.sum {
		ep.Add = in(a, next)
	}
	o.run(o.cfg.Conv, in(a, 0), a.In[1], ep, out(a))
	return nil
}

func (o conv) MACs([]tensor.Shape, tensor.Shape) int64 {
	c := o.cfg.Conv
	return int64(o.pixels()) * int64(c.O) * int64(c.C/max(c.Groups, 1)*c.KH*c.KW)
}
