// Package passes rewrites graphs of operations into graphs that compute the same
// in less time: it simplifies, folds, fuses, lays out, and prepares what stays
// the same from run to run.
//
// A pass sees operations, not blocks: a network of bare operations is rewritten
// as the same network made of blocks. Nodes are never changed. A pass makes new
// ones beside them, ordinary nodes of the same expression graph, and those that
// nothing reads any more are never executed.
package passes

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// Settings say what the rewritten graph is for.
type Settings struct {
	// Training: the result will be differentiated, so that nothing is joined
	// that would lose its derivative, and no parameter is a constant.
	Training bool
	// Constants are the variables that stay the same from run to run: in
	// inference the parameters and buffers.
	Constants map[*gorgonia.Node]bool
	// PlanesOnly keeps images (N, C, H, W): on machines for which there are no
	// vector kernels.
	PlanesOnly bool
	// Algorithm names the algorithm of a convolution with channels last, which must
	// fit; nil leaves it to the cost model.
	Algorithm func(c kernel.Conv) string
	// Off names passes to leave out.
	Off []string
}

// Pass is one way of rewriting.
type Pass struct {
	Name      string
	Purpose   string // in one line
	Inference bool   // of inference alone: what it makes has no derivative
	run       func(*Result, Settings) ([]Change, error)
}

// All lists the passes in the order in which they run.
func All() []Pass { return slices.Clone(all) }

var all = []Pass{simplify, pad, fold, squeeze, fuse, layout, bands, prepare}

// Report says what a pass did.
type Report struct {
	Pass, Purpose string
	Off           bool // it was left out
	Operations    int  // after it
	Bytes         int64
	Changes       []Change
}

// Change is one place that a pass rewrote.
type Change struct {
	Node *gorgonia.Node // what was made
	Text string
}

// Result is the rewritten graph.
type Result struct {
	Roots gorgonia.Nodes // for each of the roots given, the node that has its value now
	// Origin is for each node made the one that it was made for.
	Origin map[*gorgonia.Node]*gorgonia.Node
	// Chains are for nodes that a chain of several was made one operation for, those
	// of the chain that have multiply-additions.
	Chains map[*gorgonia.Node]gorgonia.Nodes
	// Prepared are variables that stand for what follows from constants alone:
	// they have to be given those values before the first run and whenever a
	// constant has changed.
	Prepared []Prepared
	Reports  []Report
}

// Prepared is a value that is computed apart from the runs.
type Prepared struct {
	Variable *gorgonia.Node // what the graph reads
	Source   *gorgonia.Node // the operation that computes it
	Key      string         // equal for values that are equal on equal constants
}

// Rewrite passes over all that the roots are computed from.
func Rewrite(roots gorgonia.Nodes, set Settings) (*Result, error) {
	for _, name := range set.Off {
		if !slices.Contains(Names(), name) {
			return nil, errors.WithMessage(lookup.Unknown("pass", name, Names()), "passes")
		}
	}
	r := &Result{Roots: slices.Clone(roots), Origin: map[*gorgonia.Node]*gorgonia.Node{}, Chains: map[*gorgonia.Node]gorgonia.Nodes{}}
	for _, p := range all {
		if p.Inference && set.Training {
			continue
		}
		report := Report{Pass: p.Name, Purpose: p.Purpose, Off: slices.Contains(set.Off, p.Name)}
		if !report.Off {
			var err error
			if report.Changes, err = p.run(r, set); err != nil {
				return nil, errors.WithMessagef(err, "pass %s", p.Name)
			}
		}
		report.Operations, report.Bytes = extent(r.Roots)
		r.Reports = append(r.Reports, report)
	}
	return r, nil
}

// Names lists the passes' names in the order in which they run.
func Names() []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.Name
	}
	return out
}

// extent counts the operations that the roots need and the bytes that those read
// and write.
func extent(roots gorgonia.Nodes) (operations int, bytes int64) {
	for _, n := range op.Topological(roots...) {
		if n.Op() == nil {
			continue
		}
		operations++
		bytes += op.Moves(n)
	}
	return operations, bytes
}

// bySweep is a pass that looks at one node after the other.
func bySweep(of func(*sweep) rule) func(*Result, Settings) ([]Change, error) {
	return func(r *Result, set Settings) ([]Change, error) { return r.sweep(of, set) }
}

func (r *Result) sweep(of func(*sweep) rule, set Settings) ([]Change, error) {
	s := &sweep{r: r, set: set, reads: map[*gorgonia.Node]int{}, became: map[*gorgonia.Node]*gorgonia.Node{}}
	s.order = op.Topological(r.Roots...)
	for _, n := range s.order {
		for _, c := range op.Inputs(n) {
			s.reads[c]++
		}
	}
	for _, n := range r.Roots {
		s.reads[n]++
	}
	known := setOf(s.order)
	apply := of(s)
	for _, n := range s.order {
		y, err := s.visit(n, apply)
		if err != nil {
			return nil, err
		}
		s.became[n] = y
		if s.from == nil {
			s.from = n
		}
		if !known[y] {
			r.made(y, s.from)
		}
	}
	for i, n := range r.Roots {
		r.Roots[i] = s.became[n]
	}
	r.adopt(known)
	return s.changes, nil
}

// first is the node that stood at n's place before any pass.
func (r *Result) first(n *gorgonia.Node) *gorgonia.Node {
	if o := r.Origin[n]; o != nil {
		return o
	}
	return n
}

// made says that y was made for n.
func (r *Result) made(y, n *gorgonia.Node) {
	if y != n && r.Origin[y] == nil {
		r.Origin[y] = r.first(n)
	}
}

// adopt gives nodes that were made on the way to others those others' origin.
func (r *Result) adopt(known map[*gorgonia.Node]bool) {
	for _, n := range slices.Backward(op.Topological(r.Roots...)) {
		for _, c := range op.Inputs(n) {
			if c.Op() != nil && !known[c] {
				r.made(c, n)
			}
		}
	}
}

func setOf(nodes gorgonia.Nodes) map[*gorgonia.Node]bool {
	set := make(map[*gorgonia.Node]bool, len(nodes))
	for _, n := range nodes {
		set[n] = true
	}
	return set
}

// sweep is one pass under way: it goes from the inputs to the roots.
type sweep struct {
	r       *Result
	set     Settings
	order   gorgonia.Nodes
	reads   map[*gorgonia.Node]int // how often a node is read, as a root too
	became  map[*gorgonia.Node]*gorgonia.Node
	changes []Change
	from    *gorgonia.Node // what the last node was made for, if not for itself
}

// rule says what becomes of node n, whose inputs became in. nil leaves it as it
// is, on those inputs.
type rule func(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error)

func (s *sweep) visit(n *gorgonia.Node, apply rule) (*gorgonia.Node, error) {
	s.from = nil
	if n.Op() == nil {
		return n, nil
	}
	old := op.Inputs(n)
	in := make(gorgonia.Nodes, len(old))
	for i, c := range old {
		in[i] = s.became[c]
	}
	y, err := apply(n, in)
	if y != nil || err != nil {
		return y, err
	}
	return again(n, in)
}

// again is n on other inputs.
func again(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	if slices.Equal(in, op.Inputs(n)) {
		return n, nil
	}
	if o := op.Of(n); o != nil {
		return op.Apply(o.Operation(), in...)
	}
	return gorgonia.ApplyOp(n.Op(), in...)
}

// alone reports whether n reads input i and nobody else does.
func (s *sweep) alone(n *gorgonia.Node, i int) bool { return s.reads[op.Inputs(n)[i]] == 1 }

// note records that y was made, of from if that is not nil.
func (s *sweep) note(y, from *gorgonia.Node, format string, args ...any) {
	s.from = from
	s.changes = append(s.changes, Change{y, fmt.Sprintf(format, args...)})
}

// operation is n's own, nil where it is Gorgonia's or n a variable.
func operation(n *gorgonia.Node) op.Operation {
	if o := op.Of(n); o != nil {
		return o.Operation()
	}
	return nil
}
