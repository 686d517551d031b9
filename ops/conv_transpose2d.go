package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ConvTranspose2DConfig configures ConvTranspose2D. The zero value is a dense
// transposed convolution of stride 1 without padding.
type ConvTranspose2DConfig struct {
	Stride        [2]int // 0 means 1
	Padding       [2]int // rows and columns cut from every side of the result
	OutputPadding [2]int // rows and columns added at bottom and right; less than the stride or the dilation
	Dilation      [2]int // distance of kernel taps; 0 means 1
	Groups        int    // 0 means 1
	Act           Act    // applied to the result, one whose derivative follows from it (see Act); nil means none
	Fast          bool   // as in Conv2DConfig
}

// ConvTranspose2D is the transposed convolution, the adjoint of Conv2D with
// the same settings: every input element adds its multiple of the kernel to
// the result, stride apart.
//
//	y[n,o, i*stride+k*dilation-padding, j*...] += x[n,c,i,j] * weight[c,o,k,l], then + bias[o]
//
//	Input:  x (N, C, H, W), weight (C, O/Groups, KH, KW), bias (O) or nil
//	Output: (N, O, OH, OW), OH = (H-1)*stride - 2*padding + dilation*(KH-1) + outputPadding + 1
//
// It returns an error for shapes that do not fit, groups that do not divide
// the channels, and an activation that can't be fused.
//
// Zeiler et al. 2010, Deconvolutional Networks; Dumoulin and Visin 2016,
// A guide to convolution arithmetic for deep learning, arXiv 1603.07285.
func ConvTranspose2D(x, weight, bias *gorgonia.Node, cfg ConvTranspose2DConfig) (*gorgonia.Node, error) {
	o := cfg.operation()
	var err error
	if o.act, err = resolveFused(o.Name(), cfg.Act); err != nil {
		return nil, err
	}
	more, err := o.roundUp()
	if err != nil {
		return nil, err
	}
	if more != [2]int{} {
		if x, err = op.Apply(extend{more[0], more[1]}, x); err != nil {
			return nil, errors.WithMessage(err, o.Name())
		}
	}
	if bias == nil {
		return op.Apply(o, x, weight)
	}
	return op.Apply(o, x, weight, bias)
}

// operation is the transposed convolution without its activation.
func (cfg ConvTranspose2DConfig) operation() convTranspose2D {
	same := Conv2DConfig{Stride: cfg.Stride, Padding: cfg.Padding, Dilation: cfg.Dilation, Groups: cfg.Groups}
	return convTranspose2D{convGeometry: same.geometry(), extra: cfg.OutputPadding, fast: cfg.Fast}
}

// roundUp is how many rows and columns of zeros x needs for the output padding
// to become less than the stride: a stride of it is what another row gives.
func (o *convTranspose2D) roundUp() (more [2]int, err error) {
	for i := range 2 {
		if o.stride[i] < 1 || o.extra[i] < o.stride[i] {
			continue
		}
		if o.extra[i] >= o.dilation[i] {
			return more, errors.Errorf("%s: output padding %dx%d must be smaller than stride %dx%d or dilation %dx%d", o.Name(),
				o.extra[0], o.extra[1], o.stride[0], o.stride[1], o.dilation[0], o.dilation[1])
		}
		more[i] = o.extra[i] / o.stride[i]
		o.extra[i] %= o.stride[i]
	}
	return more, nil
}

// convTranspose2D is the forward pass, on x, weight and perhaps bias. In terms
// of the convolution it transposes, x is the result's gradient and the result
// the input's.
type convTranspose2D struct {
	convGeometry
	extra [2]int
	act   kernel.Act
	fast  bool
}

func (convTranspose2D) Name() string { return "conv_transpose2d" }
func (o convTranspose2D) Attributes() string {
	s := fmt.Sprintf("%s output_padding=%dx%d%s", o.convGeometry, o.extra[0], o.extra[1], writeAct(o.act))
	if o.fast {
		s += " fast"
	}
	return s
}

func (o convTranspose2D) Shape(in []tensor.Shape) (tensor.Shape, error) {
	name := o.Name()
	x, w := in[0], in[1]
	if err := atLeast(name, "output padding", o.extra, 0); err != nil {
		return nil, err
	}
	if err := wantDims(name, "weight", w, "(C, O/groups, KH, KW)", 4); err != nil {
		return nil, err
	}
	channels, err := size.Product(w[1], max(o.groups, 1))
	if err != nil {
		return nil, errors.WithMessagef(err, "%s: weight %v in %d groups", name, w, o.groups)
	}
	if _, err := o.weight(name, x, channels, [2]int{w[2], w[3]}); err != nil {
		return nil, err
	}
	if w[0] != x[1] {
		return nil, errors.Errorf("%s: weight %v takes %d channels, input %v has %d", name, w, w[0], x, x[1])
	}
	out := tensor.Shape{x[0], channels, 0, 0}
	for i := range 2 {
		if out[2+i], err = o.outSize(i, x[2+i], w[2+i]); err != nil {
			return nil, err
		}
	}
	if out[2] < 1 || out[3] < 1 {
		return nil, errors.Errorf("%s: input is %dx%d, kernel %dx%d with padding %dx%d leaves a result of %dx%d",
			name, x[2], x[3], w[2], w[3], o.padding[0], o.padding[1], out[2], out[3])
	}
	if len(in) > 2 {
		if err := wantShape(name, "bias", in[2], out[1]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// outSize is the result's size along one axis, 0 or less if nothing is left.
func (o convTranspose2D) outSize(axis, in, kernel int) (int, error) {
	steps, err := size.Product(in-1, o.stride[axis])
	if err != nil {
		return 0, errors.WithMessagef(err, "%s: stride", o.Name())
	}
	reach, err := size.Product(kernel-1, o.dilation[axis])
	if err != nil {
		return 0, errors.WithMessagef(err, "%s: kernel", o.Name())
	}
	whole, err := size.Add(steps, reach, o.extra[axis], 1)
	if err != nil {
		return 0, errors.WithMessagef(err, "%s: result", o.Name())
	}
	cut, err := size.Add(o.padding[axis], o.padding[axis])
	if err != nil {
		return 0, errors.WithMessagef(err, "%s: padding", o.Name())
	}
	return whole - cut, nil
}

func (o convTranspose2D) Float32(a op.Args[float32]) error { return convTransposeForward(o, a) }
func (o convTranspose2D) Float64(a op.Args[float64]) error { return convTransposeForward(o, a) }

func convTransposeForward[T kernel.Float](o convTranspose2D, a op.Args[T]) error {
	c := o.conv(a.OutShape, a.Shapes[1])
	c.Fast = o.fast
	kernel.ConvBackwardData(c, a.In[0], a.In[1], a.Out)
	if len(a.In) > 2 {
		n, c, hw := layout(a.OutShape)
		kernel.AddChannel(n, c, hw, a.Out, a.In[2], a.Out)
	}
	if o.act.Kind != kernel.ActIdentity {
		kernel.ActForward(o.act, a.Out, a.Out)
	}
	return nil
}

func (o convTranspose2D) MACs(in []tensor.Shape, out tensor.Shape) int64 {
	return convMACs(o.conv(out, in[1]))
}

func (o convTranspose2D) Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dz, err := beforeAct(o.act, out, grad)
	if err != nil {
		return nil, err
	}
	x, w := in[0], in[1]
	dx, err := op.Apply(conv2D{convGeometry: o.convGeometry}, dz, w)
	if err != nil {
		return nil, err
	}
	dw, err := op.Apply(conv2DWeightGrad{o.convGeometry, w.Shape()[2], w.Shape()[3]}, dz, x)
	if err != nil {
		return nil, err
	}
	return withBiasGrad(gorgonia.Nodes{dx, dw}, in, dz)
}
