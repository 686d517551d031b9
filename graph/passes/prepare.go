package passes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// prepare takes out of the runs what follows from constants alone, such as
// weights with a batch norm folded into them or laid out for a kernel: it is
// computed once, and again when a constant has changed.
var prepare = Pass{
	Name:      "prepare",
	Purpose:   "compute what follows from the parameters alone once, not in every run",
	Inference: true,
	run:       func(r *Result, set Settings) ([]Change, error) { return r.prepare(set) },
}

func (r *Result) prepare(set Settings) ([]Change, error) {
	c := constancy{of: map[*gorgonia.Node]bool{}, keys: map[*gorgonia.Node]string{}}
	variables := map[*gorgonia.Node]*gorgonia.Node{}
	var changes []Change
	variable := func(n *gorgonia.Node) *gorgonia.Node {
		if v := variables[n]; v != nil {
			return v
		}
		key := c.keys[n]
		v := gorgonia.NewTensor(n.Graph(), op.Of(n).Dtype(), n.Dims(), gorgonia.WithShape(n.Shape().Clone()...), gorgonia.WithName("prepared "+key))
		variables[n] = v
		r.Origin[v] = r.first(n)
		r.Prepared = append(r.Prepared, Prepared{Variable: v, Source: n, Key: key})
		changes = append(changes, Change{n, toldName(n) + " runs once, not in every run"})
		return v
	}
	became := map[*gorgonia.Node]*gorgonia.Node{}
	for _, n := range op.Topological(r.Roots...) {
		became[n] = n
		if c.look(n, set.Constants); n.Op() == nil || c.of[n] {
			continue
		}
		old := op.Inputs(n)
		in := make(gorgonia.Nodes, len(old))
		for i, x := range old {
			if in[i] = became[x]; c.of[x] && x.Op() != nil {
				in[i] = variable(x)
			}
		}
		y, err := again(n, in)
		if err != nil {
			return nil, err
		}
		became[n] = y
		r.made(y, n)
	}
	for i, n := range r.Roots {
		r.Roots[i] = became[n]
	}
	return changes, nil
}

// constancy tells which nodes follow from constants alone, and what they are
// made of.
type constancy struct {
	of   map[*gorgonia.Node]bool
	keys map[*gorgonia.Node]string
}

// look decides about n after its inputs were decided about.
func (c constancy) look(n *gorgonia.Node, constants map[*gorgonia.Node]bool) {
	if n.Op() == nil {
		if constants[n] {
			c.of[n], c.keys[n] = true, n.Name()
		}
		return
	}
	o := op.Of(n)
	if o == nil || len(o.Inputs()) == 0 || n.Dims() == 0 {
		return
	}
	if _, own := o.Operation().(op.Identified); own {
		return
	}
	h := sha256.New()
	fmt.Fprintf(h, "%v %v", o.Dtype(), o)
	for _, x := range o.Inputs() {
		if !c.of[x] {
			return
		}
		io.WriteString(h, "\x00"+c.keys[x])
	}
	c.of[n], c.keys[n] = true, hex.EncodeToString(h.Sum(nil)[:12])
}

// toldName is the operation's name as tables have it.
func toldName(n *gorgonia.Node) string {
	if t, ok := operation(n).(op.Teller); ok {
		return t.Tell().Name
	}
	return nameOf(n)
}
