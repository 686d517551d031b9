package ops

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Conv2DInferenceConfig configures Conv2DInference.
type Conv2DInferenceConfig struct {
	Conv2DConfig                // its Act may be any
	Sum          *gorgonia.Node // added before the activation, of the output's shape; nil means none
}

// Conv2DInference is Conv2D with the residual sum after it,
//
//	y = act(conv(x, weight) + bias + Sum)
//
// in one pass over memory. Any activation fits, since there is no derivative.
//
//	Input:  x (N, C, H, W), weight (O, C/Groups, KH, KW), bias (O) or nil, Sum like the output
//	Output: (N, O, OH, OW), sizes as Conv2D's
//
// It returns an error for shapes that do not fit and groups that do not divide
// the channels.
func Conv2DInference(x, weight, bias *gorgonia.Node, cfg Conv2DInferenceConfig) (*gorgonia.Node, error) {
	o := conv2DInference{conv: conv2D{convGeometry: cfg.geometry(), fast: cfg.Fast}, bias: bias != nil, sum: cfg.Sum != nil}
	var err error
	if o.conv.act, err = resolve(o.Name(), cfg.Act); err != nil {
		return nil, err
	}
	inputs := gorgonia.Nodes{x, weight}
	if o.bias {
		inputs = append(inputs, bias)
	}
	if o.sum {
		inputs = append(inputs, cfg.Sum)
	}
	return op.Apply(o, inputs...)
}

// conv2DInference is the operation on x, weight, perhaps bias, perhaps sum.
type conv2DInference struct {
	conv      conv2D
	bias, sum bool
}

func (conv2DInference) Name() string { return "conv2d_inference" }
func (o conv2DInference) Attributes() string {
	return fmt.Sprintf("%s bias=%t sum=%t", o.conv.Attributes(), o.bias, o.sum)
}

func (o conv2DInference) Shape(in []tensor.Shape) (tensor.Shape, error) {
	n := len(in)
	if o.sum {
		n--
	}
	out, err := o.conv.shape(o.Name(), in[:n])
	if err != nil || !o.sum {
		return out, err
	}
	return out, wantShape(o.Name(), "sum", in[n], out...)
}

func (o conv2DInference) Float32(a op.Args[float32]) error { return convInference(o, a) }
func (o conv2DInference) Float64(a op.Args[float64]) error { return convInference(o, a) }

func convInference[T kernel.Float](o conv2DInference, a op.Args[T]) error {
	ep := kernel.Epilogue[T]{Act: o.conv.act}
	rest := a.In[2:]
	if o.bias {
		ep.Bias, rest = rest[0], rest[1:]
	}
	if o.sum {
		ep.Add = rest[0]
	}
	c := o.conv.conv(a.Shapes[0], a.Shapes[1])
	c.Fast = o.conv.fast
	kernel.ConvForward(c, a.In[0], a.In[1], ep, a.Out)
	return nil
}

func (o conv2DInference) MACs(in []tensor.Shape, out tensor.Shape) int64 { return o.conv.MACs(in, out) }
