package ops

import (
	"fmt"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Conv2DConfig configures Conv2D. The zero value is a dense convolution of
// stride 1 without padding.
type Conv2DConfig struct {
	Stride   [2]int // 0 means 1
	Padding  [2]int // zeros on both sides
	Dilation [2]int // distance of kernel taps; 0 means 1
	Groups   int    // 0 means 1; C means depthwise
	Act      Act    // applied to the result, one whose derivative follows from it (see Act); nil means none

	// Fast allows an algorithm with fewer multiplications and several times
	// the rounding error (Winograd's, Lavin and Gray 2015, arXiv 1509.09308)
	// in float32. Good for inference; in training, where a ReLU that switches
	// moves the whole gradient, leave it off. The derivative is as accurate
	// either way.
	Fast bool
}

// Conv2D is the two-dimensional cross-correlation
//
//	y[n,o,i,j] = act(bias[o] + sum over c,k,l of weight[o,c,k,l] * x[n,c', i*stride+k*dilation-padding, j*...])
//
// where output channel o of group g sees input channels c' = g*C/Groups + c.
//
//	Input:  x (N, C, H, W), weight (O, C/Groups, KH, KW), bias (O) or nil
//	Output: (N, O, OH, OW), OH = floor((H + 2*padding - dilation*(KH-1) - 1)/stride) + 1
//
// It returns an error for shapes that do not fit, groups that do not divide
// the channels, and an activation that can't be fused.
func Conv2D(x, weight, bias *gorgonia.Node, cfg Conv2DConfig) (*gorgonia.Node, error) {
	o := conv2D{convGeometry: cfg.geometry(), fast: cfg.Fast}
	var err error
	if o.act, err = resolveFused(o.Name(), cfg.Act); err != nil {
		return nil, err
	}
	if bias == nil {
		return op.Apply(o, x, weight)
	}
	return op.Apply(o, x, weight, bias)
}

// convGeometry is what a convolution and its derivatives share.
type convGeometry struct {
	stride, padding, dilation [2]int
	groups                    int
}

func (cfg Conv2DConfig) geometry() convGeometry {
	g := convGeometry{orOne(cfg.Stride), cfg.Padding, orOne(cfg.Dilation), cfg.Groups}
	if g.groups == 0 {
		g.groups = 1
	}
	return g
}

func (g convGeometry) String() string {
	return fmt.Sprintf("stride=%dx%d padding=%dx%d dilation=%dx%d groups=%d",
		g.stride[0], g.stride[1], g.padding[0], g.padding[1], g.dilation[0], g.dilation[1], g.groups)
}

func (g convGeometry) check(op string) error {
	if err := atLeast(op, "stride", g.stride, 1); err != nil {
		return err
	}
	if err := atLeast(op, "padding", g.padding, 0); err != nil {
		return err
	}
	if err := atLeast(op, "dilation", g.dilation, 1); err != nil {
		return err
	}
	if g.groups < 1 {
		return errors.Errorf("%s: groups = %d, want at least 1", op, g.groups)
	}
	return nil
}

// padded is the size of padded images x.
func (g convGeometry) padded(x tensor.Shape) [2]int {
	return [2]int{x[2] + 2*g.padding[0], x[3] + 2*g.padding[1]}
}

// conv is the kernel's geometry for images x (N, C, H, W) and weights w. From
// the image's size on all strides mean the same, a single window.
func (g convGeometry) conv(x, w tensor.Shape) kernel.Conv {
	padded := g.padded(x)
	return kernel.Conv{
		N: x[0], C: x[1], H: x[2], W: x[3],
		O: w[0], KH: w[2], KW: w[3],
		SH: min(g.stride[0], padded[0]), SW: min(g.stride[1], padded[1]),
		PH: g.padding[0], PW: g.padding[1],
		DH: g.dilation[0], DW: g.dilation[1],
		Groups: g.groups,
	}
}

// convMACs stops at the largest number there is.
func convMACs(c kernel.Conv) int64 {
	n, err := size.Product(c.N, c.O, c.OutH(), c.OutW(), c.C/c.Groups, c.KH, c.KW)
	if err != nil {
		return math.MaxInt64
	}
	return int64(n)
}

// conv2D is the forward pass, on x, weight and perhaps bias.
type conv2D struct {
	convGeometry
	act  kernel.Act
	fast bool
}

func (conv2D) Name() string { return "conv2d" }
func (o conv2D) Attributes() string {
	if o.fast {
		return o.String() + writeAct(o.act) + " fast"
	}
	return o.String() + writeAct(o.act)
}

func (o conv2D) Shape(in []tensor.Shape) (tensor.Shape, error) { return o.shape(o.Name(), in) }

// shape is Shape of an operation of another name.
func (o conv2D) shape(name string, in []tensor.Shape) (tensor.Shape, error) {
	x, w := in[0], in[1]
	if err := wantDims(name, "weight", w, "(O, C/groups, KH, KW)", 4); err != nil {
		return nil, err
	}
	want, err := o.weight(name, x, w[0], [2]int{w[2], w[3]})
	if err != nil {
		return nil, err
	}
	if w[1] != want[1] {
		return nil, errors.Errorf("%s: weight %v takes %d channels a group, input %v in %d groups has %d", name, w, w[1], x, o.groups, want[1])
	}
	if len(in) > 2 {
		if err := wantShape(name, "bias", in[2], w[0]); err != nil {
			return nil, err
		}
	}
	out := tensor.Shape{x[0], w[0], 0, 0}
	for i := range 2 {
		room, err := room(name, x[2+i], w[2+i], o.padding[i], o.dilation[i])
		if err != nil {
			return nil, err
		}
		if room < 0 {
			return nil, errors.Errorf("%s: input is %dx%d, kernel %dx%d with padding %dx%d and dilation %dx%d does not fit",
				name, x[2], x[3], w[2], w[3], o.padding[0], o.padding[1], o.dilation[0], o.dilation[1])
		}
		out[2+i] = room/o.stride[i] + 1
	}
	return out, nil
}

func (o conv2D) Float32(a op.Args[float32]) error { return convForward(o, a) }
func (o conv2D) Float64(a op.Args[float64]) error { return convForward(o, a) }

func convForward[T kernel.Float](o conv2D, a op.Args[T]) error {
	ep := kernel.Epilogue[T]{Act: o.act}
	if len(a.In) > 2 {
		ep.Bias = a.In[2]
	}
	c := o.conv(a.Shapes[0], a.Shapes[1])
	c.Fast = o.fast
	kernel.ConvForward(c, a.In[0], a.In[1], ep, a.Out)
	return nil
}

func (o conv2D) MACs(in []tensor.Shape, _ tensor.Shape) int64 {
	return convMACs(o.conv(in[0], in[1]))
}

func (o conv2D) Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dz, err := beforeAct(o.act, out, grad)
	if err != nil {
		return nil, err
	}
	x, w := in[0], in[1]
	dx, err := op.Apply(conv2DInputGrad{o.convGeometry, x.Shape()[2], x.Shape()[3]}, dz, w)
	if err != nil {
		return nil, err
	}
	dw, err := op.Apply(conv2DWeightGrad{o.convGeometry, w.Shape()[2], w.Shape()[3]}, x, dz)
	if err != nil {
		return nil, err
	}
	return withBiasGrad(gorgonia.Nodes{dx, dw}, in, dz)
}
