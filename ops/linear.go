package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// LinearConfig configures Linear.
type LinearConfig struct {
	Act Act // applied to the result, one whose derivative follows from it (see Act); nil means none
}

// Linear is the fully connected layer y = act(x * weight^T + bias).
//
//	Input:  x (N, in), weight (out, in), bias (out) or nil
//	Output: (N, out)
//
// It returns an error for shapes that do not fit and an activation that can't
// be fused.
func Linear(x, weight, bias *gorgonia.Node, cfg LinearConfig) (*gorgonia.Node, error) {
	var o linear
	var err error
	if o.act, err = resolveFused(o.Name(), cfg.Act); err != nil {
		return nil, err
	}
	if bias == nil {
		return op.Apply(o, x, weight)
	}
	return op.Apply(o, x, weight, bias)
}

type linear struct{ act kernel.Act }

func (linear) Name() string         { return "linear" }
func (o linear) Attributes() string { return writeAct(o.act) }

func (o linear) Shape(in []tensor.Shape) (tensor.Shape, error) {
	name := o.Name()
	x, w := in[0], in[1]
	if err := wantDims(name, "input", x, "(N, in)", 2); err != nil {
		return nil, err
	}
	if err := wantDims(name, "weight", w, "(out, in)", 2); err != nil {
		return nil, err
	}
	if x[1] != w[1] {
		return nil, errors.Errorf("%s: input has %d features, weight %v wants %d", name, x[1], w, w[1])
	}
	if len(in) > 2 {
		if err := wantShape(name, "bias", in[2], w[0]); err != nil {
			return nil, err
		}
	}
	return tensor.Shape{x[0], w[0]}, nil
}

func (o linear) Float32(a op.Args[float32]) error { return linearForward(o, a) }
func (o linear) Float64(a op.Args[float64]) error { return linearForward(o, a) }

func linearForward[T kernel.Float](o linear, a op.Args[T]) error {
	n, in, out := a.Shapes[0][0], a.Shapes[0][1], a.Shapes[1][0]
	var beta T
	if len(a.In) > 2 {
		for i := range n {
			copy(a.Out[i*out:(i+1)*out], a.In[2])
		}
		beta = 1
	}
	kernel.Gemm(false, true, n, out, in, a.In[0], in, a.In[1], in, beta, a.Out, out)
	if o.act.Kind != kernel.ActIdentity {
		kernel.ActForward(o.act, a.Out, a.Out)
	}
	return nil
}

func (o linear) MACs(in []tensor.Shape, _ tensor.Shape) int64 {
	return int64(in[0][0]) * int64(in[1][0]) * int64(in[1][1])
}

func (o linear) Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dz, err := beforeAct(o.act, out, grad)
	if err != nil {
		return nil, err
	}
	dx, err := op.Apply(matMul{}, dz, in[1])
	if err != nil {
		return nil, err
	}
	dw, err := op.Apply(matMul{trans: true}, dz, in[0])
	if err != nil {
		return nil, err
	}
	return withBiasGrad(gorgonia.Nodes{dx, dw}, in, dz)
}

// matMul is the product A*B of two matrices, or A^T*B. A linear layer's
// derivatives are dx = dy*weight and dweight = dy^T*x.
type matMul struct{ trans bool }

func (matMul) Name() string         { return "linear_grad" }
func (o matMul) Attributes() string { return fmt.Sprintf("trans=%t", o.trans) }

func (o matMul) Shape(in []tensor.Shape) (tensor.Shape, error) {
	m, k, n := o.sizes(in)
	if k != in[1][0] {
		return nil, errors.Errorf("%s: inputs have shapes %v and %v, inner sizes %d and %d", o.Name(), in[0], in[1], k, in[1][0])
	}
	return tensor.Shape{m, n}, nil
}

func (o matMul) sizes(in []tensor.Shape) (m, k, n int) {
	m, k, n = in[0][0], in[0][1], in[1][1]
	if o.trans {
		m, k = k, m
	}
	return m, k, n
}

func (o matMul) Float32(a op.Args[float32]) error { return multiply(o, a) }
func (o matMul) Float64(a op.Args[float64]) error { return multiply(o, a) }

func multiply[T kernel.Float](o matMul, a op.Args[T]) error {
	m, k, n := o.sizes(a.Shapes)
	kernel.Gemm(o.trans, false, m, n, k, a.In[0], a.Shapes[0][1], a.In[1], n, 0, a.Out, n)
	return nil
}

func (o matMul) MACs(in []tensor.Shape, _ tensor.Shape) int64 {
	m, k, n := o.sizes(in)
	return int64(m) * int64(k) * int64(n)
}
