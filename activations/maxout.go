package activations

import (
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Maxout is the largest of k linear pieces that the layer before computes:
//
//	y[n,c,...]        = max over j of x[n, c·k+j, ...]
//	dx[n, c·k+j, ...] = dy[n,c,...] where piece j is the first to hold the
//	                    maximum, else 0
//
// Range: (-∞, ∞). Use it with dropout, where the network should learn the shape
// of its activations: k pieces approximate any convex function, at k times the
// weights. The paper uses k from 2 to 5.
//
// Input: (N, C·k, H, W) or (N, C·k). Output: (N, C, H, W) or (N, C). Refuses a
// number of channels that k doesn't divide.
//
// Goodfellow et al. 2013, arXiv:1302.4389.
type Maxout struct {
	Pieces int // k; 0 means 2
}

var _ Activation = Maxout{}

// String is "maxout", with k where it is set: "maxout:3".
func (m Maxout) String() string {
	if m.Pieces == 0 {
		return "maxout"
	}
	return "maxout:" + strconv.Itoa(m.Pieces)
}

// Apply adds the maximum over every k channels of x to x's graph.
func (m Maxout) Apply(x *gorgonia.Node, params ...*gorgonia.Node) (*gorgonia.Node, error) {
	if m.Pieces < 0 {
		return nil, errors.Errorf("maxout: %d pieces, want at least 1", m.Pieces)
	}
	if err := noParameters(m, params); err != nil {
		return nil, err
	}
	return op.Apply(maxoutForward{m.InputsPerOutput()}, x)
}

// Parameters is nil.
func (Maxout) Parameters(int) []Parameter { return nil }

// InputsPerOutput is k.
func (m Maxout) InputsPerOutput() int {
	if m.Pieces == 0 {
		return 2
	}
	return m.Pieces
}

// Fused is false: the maximum goes over several channels.
func (Maxout) Fused() (ops.Act, bool) { return nil, false }

func parseMaxout(settings string) (Activation, error) {
	if settings == "" {
		return Maxout{}, nil
	}
	k, err := strconv.Atoi(settings)
	if err != nil || k < 1 {
		return nil, errors.Errorf("maxout: %q pieces, want a whole number of at least 1", settings)
	}
	return Maxout{k}, nil
}

// maxoutForward is the operation y = maxout(x).
type maxoutForward struct{ pieces int }

var _ op.Differentiable = maxoutForward{}

func (maxoutForward) Name() string         { return "maxout" }
func (m maxoutForward) Attributes() string { return "pieces=" + strconv.Itoa(m.pieces) }

func (m maxoutForward) Shape(in []tensor.Shape) (tensor.Shape, error) {
	x := in[0]
	if x.Dims() < 2 {
		return nil, errors.Errorf("maxout: input has shape %v, want (N, C·%d, ...)", x, m.pieces)
	}
	if x[1]%m.pieces != 0 {
		return nil, errors.Errorf("maxout: input has %d channels, pieces = %d does not divide it", x[1], m.pieces)
	}
	y := x.Clone()
	y[1] /= m.pieces
	return y, nil
}

func (m maxoutForward) Float32(a op.Args[float32]) error { return computeMaxout(m.pieces, a) }
func (m maxoutForward) Float64(a op.Args[float64]) error { return computeMaxout(m.pieces, a) }

func computeMaxout[T kernel.Float](pieces int, a op.Args[T]) error {
	y := a.OutShape
	kernel.MaxoutForward(y[0], y[1], pieces, y[2:].TotalSize(), a.In[0], a.Out)
	return nil
}

func (m maxoutForward) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(maxoutGrad(m), in[0], grad)
	return gorgonia.Nodes{dx}, err
}

// maxoutGrad is the operation dx of x and dy.
type maxoutGrad struct{ pieces int }

func (maxoutGrad) Name() string         { return "maxout_grad" }
func (m maxoutGrad) Attributes() string { return "pieces=" + strconv.Itoa(m.pieces) }

func (m maxoutGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	want, err := maxoutForward(m).Shape(in[:1])
	if err != nil {
		return nil, err
	}
	if !in[1].Eq(want) {
		return nil, errors.Errorf("%s: gradient has shape %v, want %v", m.Name(), in[1], want)
	}
	return in[0].Clone(), nil
}

func (m maxoutGrad) Float32(a op.Args[float32]) error { return computeMaxoutGrad(m.pieces, a) }
func (m maxoutGrad) Float64(a op.Args[float64]) error { return computeMaxoutGrad(m.pieces, a) }

func computeMaxoutGrad[T kernel.Float](pieces int, a op.Args[T]) error {
	dy := a.Shapes[1]
	kernel.MaxoutBackward(dy[0], dy[1], pieces, dy[2:].TotalSize(), a.In[0], a.In[1], a.Out)
	return nil
}
