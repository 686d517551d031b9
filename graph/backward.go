package graph

import (
	"fmt"
	"slices"
	"strings"

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
// An operation that says that it is differentiable in none of its inputs is a
// constant, as in gorgonia.Grad: a comparison, a size, a stop-gradient of one's
// own. A node of wrt that the loss does not depend on, or only through such, is
// an error, and so is an operation without a derivative on the way to one.
func Gradients(loss *gorgonia.Node, wrt ...*gorgonia.Node) (gorgonia.Nodes, error) {
	grads, _, _, err := gradients(loss, wrt, nil)
	return grads, err
}

// gradients is Gradients, with more nodes whose gradient is nil where the loss
// does not depend on them. made tells of which node each node of the derivative
// is the derivative.
func gradients(loss *gorgonia.Node, wrt, more gorgonia.Nodes) (grads, others gorgonia.Nodes, made map[*gorgonia.Node]*gorgonia.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // an operation of the user's or Gorgonia's
			grads, others, made, err = nil, nil, nil, panicked(r)
		}
		err = errors.WithMessage(err, "gradients")
	}()
	all := append(slices.Clone(wrt), more...)
	if err := checkGradients(loss, all); err != nil {
		return nil, nil, nil, err
	}
	settleConstants()
	b := newBackward(loss, all)
	if err := b.walk(loss); err != nil {
		return nil, nil, nil, err
	}
	grads = make(gorgonia.Nodes, len(all))
	for i, n := range all {
		if grads[i] = b.total[n]; grads[i] == nil && i < len(wrt) {
			return nil, nil, nil, b.unreached(n)
		}
	}
	return grads[:len(wrt)], grads[len(wrt):], b.made, nil
}

func checkGradients(loss *gorgonia.Node, wrt gorgonia.Nodes) error {
	switch {
	case loss == nil:
		return errors.New("the loss is nil")
	case loss.Dims() != 0:
		return errors.Errorf("the loss has shape %v, want a scalar", loss.Shape())
	case loss.Graph() == nil:
		return errors.New("the loss belongs to no graph")
	}
	for i, n := range wrt {
		switch {
		case n == nil:
			return errors.Errorf("node %d of those to differentiate in is nil", i)
		case n.Graph() != loss.Graph():
			return errors.Errorf("%s belongs to another graph than the loss", n.Name())
		}
	}
	return nil
}

// backward is reverse accumulation under way.
type backward struct {
	order gorgonia.Nodes                    // the loss and all it is computed from, inputs first
	edges map[*gorgonia.Node][]edge         // of each node, one an input
	leads map[*gorgonia.Node]bool           // to a node of wrt
	parts map[*gorgonia.Node]gorgonia.Nodes // contributions so far
	total map[*gorgonia.Node]*gorgonia.Node // their sum, of nodes that were passed
	made  map[*gorgonia.Node]*gorgonia.Node // what a node of the derivative is the derivative of; itself for others
}

func newBackward(loss *gorgonia.Node, wrt gorgonia.Nodes) *backward {
	b := &backward{
		order: op.Topological(loss),
		edges: map[*gorgonia.Node][]edge{},
		leads: map[*gorgonia.Node]bool{},
		parts: map[*gorgonia.Node]gorgonia.Nodes{},
		total: map[*gorgonia.Node]*gorgonia.Node{},
		made:  map[*gorgonia.Node]*gorgonia.Node{},
	}
	for _, n := range b.order {
		b.made[n] = n
	}
	for _, n := range wrt {
		b.leads[n] = true
	}
	for _, n := range b.order {
		in := op.Inputs(n)
		b.edges[n] = edgesOf(n, len(in))
		for i, c := range in {
			if b.leads[c] && b.edges[n][i] != constant {
				b.leads[n] = true
			}
		}
	}
	return b
}

// walk goes from the loss to the inputs and adds up what meets in a node.
func (b *backward) walk(loss *gorgonia.Node) error {
	one, err := oneLike(loss)
	if err != nil {
		return err
	}
	b.parts[loss] = gorgonia.Nodes{one}
	for _, n := range slices.Backward(b.order) {
		if !b.leads[n] || len(b.parts[n]) == 0 {
			continue
		}
		grad := b.parts[n][0]
		if len(b.parts[n]) > 1 {
			if grad, err = ops.Add(b.parts[n]...); err != nil {
				return errors.WithMessagef(err, "of %s", n.Name())
			}
		}
		b.note(grad, n)
		b.total[n] = grad
		delete(b.parts, n)
		if err := b.spread(n, grad); err != nil {
			return err
		}
	}
	return nil
}

// spread hands the gradient of n on to those of its inputs that lead on.
func (b *backward) spread(n, grad *gorgonia.Node) error {
	in := op.Inputs(n)
	wanted := false
	for i, c := range in {
		if !b.leads[c] || b.edges[n][i] == constant {
			continue
		}
		if b.edges[n][i] == missing {
			return errors.Errorf("operation %v has no symbolic derivative", n.Op())
		}
		wanted = true
	}
	if !wanted {
		return nil
	}
	grads, err := n.Op().(gorgonia.SDOp).SymDiff(in, n, grad)
	if err != nil {
		return err
	}
	for i, c := range in {
		if !b.leads[c] || b.edges[n][i] == constant {
			continue
		}
		if i >= len(grads) || grads[i] == nil {
			return errors.Errorf("operation %v returned no gradient for its input %d (%s)", n.Op(), i, c.Name())
		}
		b.note(grads[i], n)
		b.parts[c] = append(b.parts[c], grads[i])
	}
	return nil
}

// note says that y, and what it is computed from that is new, belongs to the
// derivative of n.
func (b *backward) note(y, n *gorgonia.Node) {
	if b.made[y] != nil {
		return
	}
	b.made[y] = n
	for _, c := range op.Inputs(y) {
		b.note(c, n)
	}
}

// unreached says why n has no gradient.
func (b *backward) unreached(n *gorgonia.Node) error {
	var stops []string
	reads := map[*gorgonia.Node]bool{n: true}
	for _, m := range b.order {
		for i, c := range op.Inputs(m) {
			if !reads[c] {
				continue
			}
			reads[m] = true
			if name := fmt.Sprint(m.Op()); b.edges[m][i] == constant && !slices.Contains(stops, name) {
				stops = append(stops, name)
			}
		}
	}
	if len(stops) == 0 {
		return errors.Errorf("the loss does not depend on %s", n.Name())
	}
	return errors.Errorf("the loss depends on %s only through what has no derivative in it: %s", n.Name(), strings.Join(stops, ", "))
}

// edge says how a gradient passes from an operation to one of its inputs.
type edge int

const (
	constant edge = iota // not at all: the operation takes the input as a constant
	followed             // by the operation's symbolic derivative
	missing              // it would, but there is no derivative
)

// edgesOf says it for every input of n. Where an operation has a derivative in
// some inputs, the others are constants (dropout's mask, batch norm's
// statistics). So are all where it says that it has one in none, as Gorgonia's
// comparisons and sizes do, and where the result is no real number. An operation
// of ours without a derivative, or one that knows nothing of derivatives, can't
// be passed.
func edgesOf(n *gorgonia.Node, inputs int) []edge {
	edges := make([]edge, inputs)
	if n.Op() == nil || inputs == 0 {
		return edges
	}
	if t := n.Dtype(); t != tensor.Float32 && t != tensor.Float64 {
		return edges
	}
	sd, differentiable := n.Op().(gorgonia.SDOp)
	if o := op.Of(n); o != nil {
		_, differentiable = o.Operation().(op.Differentiable)
	}
	if !differentiable || picksElement(n.Op()) {
		for i := range edges {
			edges[i] = missing
		}
		return edges
	}
	for i, yes := range sd.DiffWRT(inputs) {
		if yes && i < inputs {
			edges[i] = followed
		}
	}
	return edges
}

// picksElement reports whether o is gorgonia.At. It says that it has no
// derivative as a comparison does, but its value changes with its input's: taken
// as a constant it would make gradients wrong.
func picksElement(o gorgonia.Op) bool { return fmt.Sprintf("%T", o) == "gorgonia.atOp" }

func oneLike(loss *gorgonia.Node) (*gorgonia.Node, error) {
	switch loss.Dtype() {
	case tensor.Float32:
		return loss.Graph().AddNode(gorgonia.NewConstant(float32(1), gorgonia.WithName("one"))), nil
	case tensor.Float64:
		return loss.Graph().AddNode(gorgonia.NewConstant(float64(1), gorgonia.WithName("one"))), nil
	}
	return nil, errors.Errorf("the loss is of type %v", loss.Dtype())
}
