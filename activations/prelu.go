package activations

import (
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// PReLU is the parametric ReLU, a leaky ReLU that learns its slope:
//
//	f(x)      = x for x > 0, else w·x
//	df/dx     = 1 for x > 0, else w
//	df/dw     = 0 for x > 0, else x, summed over all elements that share w
//
// Range: (-∞, ∞). Use it where there is data enough to learn the slope; keep
// weight decay off it, which would pull it back to ReLU.
//
// Input: (N, C, ...), of any shape if one slope is shared. Parameter: weight,
// (1) or (C).
//
// He et al. 2015, arXiv:1502.01852, section 2.1.
type PReLU struct {
	// Channelwise learns one slope a channel instead of one for all.
	Channelwise bool
	// Start is the slope before training; 0 means 0.25.
	Start float64
}

var _ Activation = PReLU{}

// String is "prelu" with what differs from the zero value: "prelu:0.1",
// "prelu:channelwise,0.1".
func (p PReLU) String() string {
	var set []string
	if p.Channelwise {
		set = append(set, "channelwise")
	}
	if p.Start != 0 {
		set = append(set, number(p.Start))
	}
	if set == nil {
		return "prelu"
	}
	return "prelu:" + strings.Join(set, ",")
}

// Parameters is the weight, of shape (1) or (channels).
func (p PReLU) Parameters(channels int) []Parameter {
	w := Parameter{Name: "weight", Shape: tensor.Shape{1}, Start: p.Start}
	if p.Channelwise {
		w.Shape[0] = channels
	}
	if w.Start == 0 {
		w.Start = 0.25
	}
	return []Parameter{w}
}

// InputsPerOutput is 1.
func (PReLU) InputsPerOutput() int { return 1 }

// Fused is false: the slope is not known when layers are built.
func (PReLU) Fused() (ops.Act, bool) { return nil, false }

// Apply takes the slope's node, of shape (1), or (C) with Channelwise.
func (p PReLU) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if math.IsNaN(p.Start) || math.IsInf(p.Start, 0) {
		return nil, errors.Errorf("prelu: start is %s, want a finite number", number(p.Start))
	}
	if len(params) != 1 {
		return nil, errors.Errorf("prelu: got %d parameters, want 1: the slope", len(params))
	}
	if w := params[0]; w != nil && !p.Channelwise && w.Shape().TotalSize() != 1 {
		return nil, errors.Errorf("prelu: slope has shape %v, want (1), or Channelwise set", w.Shape())
	}
	return op.Apply(preluForward{}, x, params[0])
}

func parsePReLU(settings string) (Activation, error) {
	var p PReLU
	if settings == "" {
		return p, nil
	}
	for _, s := range strings.Split(settings, ",") {
		if s = strings.TrimSpace(s); s == "channelwise" {
			p.Channelwise = true
			continue
		}
		v, err := parseNumber(s)
		if err != nil || v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, errors.Errorf("prelu: setting %q, want channelwise or the slope's start, finite and not 0", s)
		}
		p.Start = v
	}
	return p, nil
}

// planes reads x's shape as (N, C, H·W); a slope that all share needs no
// channels.
func planes(x tensor.Shape, slopes int) (n, c, hw int) {
	if slopes == 1 || x.Dims() < 2 {
		return 1, 1, x.TotalSize()
	}
	return x[0], x[1], x[2:].TotalSize()
}

// preluForward is the operation y = prelu(x, w).
type preluForward struct{}

var (
	_ op.Differentiable = preluForward{}
	_ op.Overwriter     = preluForward{}
)

func (preluForward) Name() string       { return "prelu" }
func (preluForward) Attributes() string { return "" }
func (preluForward) Overwrites() []int  { return []int{0} }

func (preluForward) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x, w := in[0], in[1]
	if w.Dims() != 1 {
		return nil, errors.Errorf("prelu: slope has shape %v, want (1) or (channels)", w)
	}
	if w[0] != 1 && (x.Dims() < 2 || x[1] != w[0]) {
		return nil, errors.Errorf("prelu: %d slopes do not fit an input of shape %v, want 1 or one a channel (N, C, ...)", w[0], x)
	}
	return x.Clone(), nil
}

func (preluForward) Float32(a op.Args[float32]) error { return computePReLU(a) }
func (preluForward) Float64(a op.Args[float64]) error { return computePReLU(a) }

func computePReLU[T kernel.Float](a op.Args[T]) error {
	n, c, hw := planes(a.Shapes[0], len(a.In[1]))
	kernel.PReLUForward(n, c, hw, a.In[0], a.In[1], a.Out)
	return nil
}

func (preluForward) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(preluInputGrad{}, in[0], in[1], grad)
	if err != nil {
		return nil, err
	}
	dw, err := op.Apply(preluSlopeGrad{slopes: in[1].Shape()[0]}, in[0], grad)
	return gorgonia.Nodes{dx, dw}, err
}

// preluInputGrad is the operation dx of x, w and dy.
type preluInputGrad struct{}

var _ op.Overwriter = preluInputGrad{}

func (preluInputGrad) Name() string       { return "prelu_input_grad" }
func (preluInputGrad) Attributes() string { return "" }
func (preluInputGrad) Overwrites() []int  { return []int{2, 0} }

func (g preluInputGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if !in[0].Eq(in[2]) {
		return nil, errors.Errorf("%s: gradient has shape %v, want %v like the input", g.Name(), in[2], in[0])
	}
	return in[0].Clone(), nil
}

func (preluInputGrad) Float32(a op.Args[float32]) error { return computePReLUInputGrad(a) }
func (preluInputGrad) Float64(a op.Args[float64]) error { return computePReLUInputGrad(a) }

func computePReLUInputGrad[T kernel.Float](a op.Args[T]) error {
	n, c, hw := planes(a.Shapes[0], len(a.In[1]))
	kernel.PReLUBackward(n, c, hw, a.In[0], a.In[1], a.In[2], a.Out)
	return nil
}

// preluSlopeGrad is the operation dw of x and dy.
type preluSlopeGrad struct{ slopes int }

func (preluSlopeGrad) Name() string         { return "prelu_slope_grad" }
func (g preluSlopeGrad) Attributes() string { return "slopes=" + strconv.Itoa(g.slopes) }

func (g preluSlopeGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if !in[0].Eq(in[1]) {
		return nil, errors.Errorf("%s: gradient has shape %v, want %v like the input", g.Name(), in[1], in[0])
	}
	return tensor.Shape{g.slopes}, nil
}

func (preluSlopeGrad) Float32(a op.Args[float32]) error { return computePReLUSlopeGrad(a) }
func (preluSlopeGrad) Float64(a op.Args[float64]) error { return computePReLUSlopeGrad(a) }

func computePReLUSlopeGrad[T kernel.Float](a op.Args[T]) error {
	n, c, hw := planes(a.Shapes[0], len(a.Out))
	kernel.PReLUBackwardSlope(n, c, hw, a.In[0], a.In[1], a.Out)
	return nil
}
