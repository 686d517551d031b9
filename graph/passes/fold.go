package passes

import (
	"slices"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// fold moves the factor and the shift of an inference batch norm, and plain
// factors, into weight and bias of the convolution or the product before it.
var fold = Pass{
	Name:      "fold",
	Purpose:   "move batch norms and factors into the weights before them",
	Inference: true,
	run:       bySweep(func(s *sweep) rule { return s.fold }),
}

func (s *sweep) fold(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	if factor, ok := operation(n).(op.Scaling); ok {
		return s.foldFactor(factor.Factor(), n, in)
	}
	norm, ok := operation(n).(op.Normalization)
	if !ok {
		return nil, nil
	}
	eps, act, ok := norm.Normalization(len(in))
	if !ok || !(eps > 0) || act.Kind != kernel.ActIdentity || !s.alone(n, 0) {
		return nil, nil
	}
	before, ok := operation(in[0]).(op.NormTaker)
	if !ok || !before.TakesNorm() || !s.foldingPays(n, in) {
		return nil, nil
	}
	operands := op.Of(in[0]).Inputs()
	var bias *gorgonia.Node
	if len(operands) > 2 {
		bias = operands[2]
	}
	nodes := ops.BatchNormNodes{Mean: in[1], Variance: in[2], Weight: in[3], Bias: in[4]}
	w, b, err := ops.BatchNormFold(operands[1], bias, nodes, ops.BatchNormConfig{Eps: eps})
	if err != nil {
		return nil, err
	}
	y, err := op.Apply(operation(in[0]), operands[0], w, b)
	s.note(y, in[0], "takes batch_norm into its weight")
	return y, err
}

// foldFactor moves a factor into weight and bias.
func (s *sweep) foldFactor(factor float64, n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	before, ok := operation(in[0]).(op.NormTaker)
	if !ok || !before.TakesNorm() || !s.alone(n, 0) || !s.foldingPays(n, in) {
		return nil, nil
	}
	operands := slices.Clone(op.Of(in[0]).Inputs())
	for i := range operands[1:] {
		var err error
		if operands[1+i], err = ops.Scale(operands[1+i], factor); err != nil {
			return nil, err
		}
	}
	y, err := op.Apply(operation(in[0]), operands...)
	s.note(y, in[0], "takes the factor %g into its weight", factor)
	return y, err
}

// foldingPays reports whether scaling the weights costs less than a pass over the
// result. Constant weights are scaled once, where the pass prepare sees to it.
func (s *sweep) foldingPays(n *gorgonia.Node, in gorgonia.Nodes) bool {
	weight := op.Of(in[0]).Inputs()[1]
	if s.set.Constants[weight] && !slices.Contains(s.set.Off, prepare.Name) {
		return true
	}
	return n.Shape().TotalSize() >= weight.Shape().TotalSize()
}
