package graph

import (
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Gradients returns the nodes of d loss / d w for every w in wrt, by reverse
// accumulation over each operation's own symbolic derivative, Gorgonia's
// operations included. Only branches that lead to a node of wrt are followed,
// and the contributions of several uses of a node are added in one operation.
//
// A node of wrt that the loss does not depend on is an error.
func Gradients(loss *gorgonia.Node, wrt ...*gorgonia.Node) (gorgonia.Nodes, error) {
	if !loss.IsScalar() && loss.Dims() != 0 {
		return nil, errors.Errorf("gradients: the loss has shape %v, want a scalar", loss.Shape())
	}
	order := topological(loss)
	leads := make(map[*gorgonia.Node]bool, len(order))
	for _, n := range wrt {
		leads[n] = true
	}
	for _, n := range order {
		in := op.Inputs(n)
		follow := followed(n, in)
		for i, c := range in {
			if leads[c] && follow[i] {
				leads[n] = true
				break
			}
		}
	}
	if !leads[loss] && len(wrt) > 0 {
		return nil, errors.New("gradients: the loss depends on none of the nodes")
	}

	one, err := oneLike(loss)
	if err != nil {
		return nil, err
	}
	parts := map[*gorgonia.Node]gorgonia.Nodes{loss: {one}}
	total := make(map[*gorgonia.Node]*gorgonia.Node, len(wrt))
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if !leads[n] || len(parts[n]) == 0 {
			continue
		}
		grad := parts[n][0]
		if len(parts[n]) > 1 {
			if grad, err = ops.Add(parts[n]...); err != nil {
				return nil, errors.Wrapf(err, "gradient of %s", n.Name())
			}
		}
		total[n] = grad
		delete(parts, n)
		if err := spread(n, grad, leads, parts); err != nil {
			return nil, err
		}
	}
	grads := make(gorgonia.Nodes, len(wrt))
	for i, n := range wrt {
		if grads[i] = total[n]; grads[i] == nil {
			return nil, errors.Errorf("gradients: the loss does not depend on %s", n.Name())
		}
	}
	return grads, nil
}

// spread hands the gradient of n on to those of its inputs that lead on.
func spread(n, grad *gorgonia.Node, leads map[*gorgonia.Node]bool, parts map[*gorgonia.Node]gorgonia.Nodes) error {
	in := op.Inputs(n)
	follow := followed(n, in)
	wanted := false
	for i, c := range in {
		wanted = wanted || leads[c] && follow[i]
	}
	if !wanted {
		return nil
	}
	sd, ok := n.Op().(gorgonia.SDOp)
	if !ok {
		return errors.Errorf("gradients: operation %v has no symbolic derivative", n.Op())
	}
	wrt := sd.DiffWRT(len(in))
	grads, err := sd.SymDiff(in, n, grad)
	if err != nil {
		return errors.Wrap(err, "gradients")
	}
	for i, c := range in {
		if !leads[c] || !follow[i] {
			continue
		}
		if i >= len(wrt) || !wrt[i] {
			return errors.Errorf("gradients: operation %v has no derivative in input %d (%s)", n.Op(), i, c.Name())
		}
		parts[c] = append(parts[c], grads[i])
	}
	return nil
}

// followed says in which inputs of n gradients go on. Those that an operation
// takes as constants (dropout's mask, batch norm's statistics) are left out,
// unless it has no derivative at all: that is an error of whoever wants one.
func followed(n *gorgonia.Node, in gorgonia.Nodes) []bool {
	follow := make([]bool, len(in))
	some := false
	if sd, ok := n.Op().(gorgonia.SDOp); ok {
		some = slices.Contains(sd.DiffWRT(len(in)), true)
		copy(follow, sd.DiffWRT(len(in)))
	}
	for i := range follow {
		follow[i] = follow[i] || !some
	}
	return follow
}

// topological lists root and all it is computed from, inputs first.
func topological(roots ...*gorgonia.Node) gorgonia.Nodes {
	var order gorgonia.Nodes
	seen := map[*gorgonia.Node]bool{}
	type frame struct {
		n    *gorgonia.Node
		rest gorgonia.Nodes
	}
	for _, root := range roots {
		if seen[root] {
			continue
		}
		seen[root] = true
		stack := []frame{{root, op.Inputs(root)}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.rest) == 0 {
				order = append(order, top.n)
				stack = stack[:len(stack)-1]
				continue
			}
			c := top.rest[0]
			top.rest = top.rest[1:]
			if !seen[c] {
				seen[c] = true
				stack = append(stack, frame{c, op.Inputs(c)})
			}
		}
	}
	return order
}

func oneLike(loss *gorgonia.Node) (*gorgonia.Node, error) {
	switch loss.Dtype() {
	case tensor.Float32:
		return loss.Graph().AddNode(gorgonia.NewConstant(float32(1), gorgonia.WithName("one"))), nil
	case tensor.Float64:
		return loss.Graph().AddNode(gorgonia.NewConstant(float64(1), gorgonia.WithName("one"))), nil
	}
	return nil, errors.Errorf("gradients: the loss is of type %v", loss.Dtype())
}
