package lab

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// gate multiplies what passes by one factor forward and by another one backward,
//
//	y = f x,   dx = b dy
//
// so that a branch can be cut off, or a gradient be led along one path while the
// values stay those of the whole network. Factors are buffers of the parameters
// that are set between runs: NAME.forward and NAME.backward.
type gate struct{}

// Build adds the factors, 1 at first.
func (gate) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	in := []*gorgonia.Node{x}
	for _, name := range []string{"forward", "backward"} {
		f, err := s.Buffer(name, tensor.Shape{1}, graph.Ones)
		if err != nil {
			return nil, err
		}
		in = append(in, f)
	}
	return ops.Apply(gateOp{}, in...)
}

// gateOp is the gate on x, f and b.
type gateOp struct{}

func (gateOp) Name() string { return "gate" }

func (gateOp) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) != 3 || in[1].TotalSize() != 1 || in[2].TotalSize() != 1 {
		return nil, errors.Errorf("gate of %v, want a value and two factors", in)
	}
	return in[0].Clone(), nil
}

func (gateOp) Float32(a ops.Operands[float32]) error { return gateRun(a) }
func (gateOp) Float64(a ops.Operands[float64]) error { return gateRun(a) }
func (gateOp) Wrt(int) []bool                        { return []bool{true, false, false} }

func gateRun[T float32 | float64](a ops.Operands[T]) error {
	f := a.In[1][0]
	for i, v := range a.In[0] {
		a.Out[i] = f * v
	}
	return nil
}

func (gateOp) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := ops.Apply(gateOp{}, grad, in[2], in[1])
	return gorgonia.Nodes{dx, nil, nil}, err
}

// gated is a thin network with a gate on each unit's body and one on its shortcut;
// its parameters have the thin network's names.
type gated struct{ thin }

// names of the units, layer1.0 and so on.
func (n gated) units() (names []string) {
	for stage := range 3 {
		for i := range (n.depth - 2) / 6 {
			names = append(names, fmt.Sprintf("layer%d.%d", stage+1, i))
		}
	}
	return names
}

func (n gated) block() blocks.Sequence {
	net := n.thin.block()
	for stage := range 3 {
		units := net[1+stage].(blocks.Named).Block.(blocks.Sequence)
		for i := range units {
			units[i] = gatedUnit{out: n.width << stage, halves: stage > 0 && i == 0}
		}
	}
	return net
}

// set sets a gate of a unit: "body" or "past"; "forward" or "backward".
func (n gated) set(params *graph.Params, unit, branch, way string, factor float64) error {
	return params.Set(unit+"."+branch+"."+way, []float64{factor})
}

// gatedUnit is a residual unit with a gate on both branches.
type gatedUnit struct {
	out    int
	halves bool
}

func (u gatedUnit) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	stride := 1
	past := blocks.Sequence{blocks.As("", gate{})}
	if u.halves {
		stride = 2
		past = blocks.Sequence{blocks.As("", shrink{}), blocks.As("", gate{})}
	}
	body := blocks.Sequence{
		blocks.As("conv1", blocks.Conv2D{Out: u.out, Kernel: 3, Stride: stride, Padding: 1, NoBias: true}),
		blocks.As("bn1", blocks.BatchNorm{}),
		blocks.As("act1", blocks.Act{}),
		blocks.As("conv2", blocks.Conv2D{Out: u.out, Kernel: 3, Padding: 1, NoBias: true}),
		blocks.As("bn2", blocks.BatchNorm{}),
		blocks.As("body", gate{}),
	}
	f, err := body.Build(s, x)
	if err != nil {
		return nil, err
	}
	y, err := s.Build("past", past, x)
	if err != nil {
		return nil, err
	}
	sum, err := ops.Add(f, y)
	if err != nil {
		return nil, err
	}
	return s.Build("act2", blocks.Act{}, sum)
}
