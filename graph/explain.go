package graph

import (
	"cmp"
	"slices"

	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Explanation tells what the passes made of a program's network.
type Explanation struct {
	Passes     []PassReport
	Operations []CompiledOperation // what a run executes, in its order
	Prepared   []CompiledOperation // what runs once, and again when parameters have changed
	// InPlace counts values that are computed where a concatenation wants them.
	InPlace int
	Memory  Memory
}

// PassReport says what one pass did.
type PassReport struct {
	Name, Purpose string
	Off           bool  // it was left out
	Operations    int   // of the network after it, without loss and derivative
	Bytes         int64 // that those read and write in a run
	Changes       []PassChange
}

// PassChange is one place that a pass rewrote.
type PassChange struct {
	Layer string // path of the layer
	Text  string
}

// CompiledOperation is one operation as it is executed.
type CompiledOperation struct {
	Layer     string       // path of the layer that it was made for
	Op        string       // the operation's name, whatever the layout
	Algorithm string       // of a convolution with channels last; empty: the operation has one only
	Layout    string       // of the result: Planes, ChannelsLast, or empty where it is no image
	Converts  bool         // it only lays images out otherwise
	InPlace   bool         // it is computed where a concatenation wants it
	Shape     tensor.Shape // of images (N, C, H, W), however they lie
	MACs      int64        // multiply-additions
	Bytes     int64        // of inputs and output
}

// Total is what operations of one kind come to.
type Total struct {
	Op, Algorithm, Layout string
	Count                 int
	MACs                  int64
}

// Totals adds up the operations that have multiply-additions by what they are, by
// algorithm and layout, the most multiply-additions first.
func (e Explanation) Totals() []Total {
	var out []Total
	for _, o := range e.Operations {
		if o.MACs == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(t Total) bool {
			return t.Op == o.Op && t.Algorithm == o.Algorithm && t.Layout == o.Layout
		})
		if i < 0 {
			i = len(out)
			out = append(out, Total{Op: o.Op, Algorithm: o.Algorithm, Layout: o.Layout})
		}
		out[i].Count++
		out[i].MACs += o.MACs
	}
	slices.SortStableFunc(out, func(a, b Total) int { return cmp.Compare(b.MACs, a.MACs) })
	return out
}

// Conversions counts the operations that only lay images out otherwise.
func (e Explanation) Conversions() int {
	n := 0
	for _, o := range e.Operations {
		if o.Converts {
			n++
		}
	}
	return n
}

// Explain tells what the passes made of the network: what each did and where, and
// what a run executes.
func (p *Program) Explain() Explanation {
	if p == nil || p.params == nil {
		return Explanation{}
	}
	inside := p.concatenated()
	e := Explanation{Memory: p.memory, InPlace: len(inside)}
	places := p.places()
	for _, r := range p.reports {
		report := PassReport{Name: r.Pass, Purpose: r.Purpose, Off: r.Off, Operations: r.Operations, Bytes: r.Bytes}
		for _, c := range r.Changes {
			report.Changes = append(report.Changes, PassChange{places[c.Node], c.Text})
		}
		e.Passes = append(e.Passes, report)
	}
	for _, n := range ours(p.order) {
		c := p.compiled(n, places)
		_, c.InPlace = inside[n]
		e.Operations = append(e.Operations, c)
	}
	if t := p.preparation; t != nil {
		for _, n := range ours(op.Topological(t.sources()...)) {
			e.Prepared = append(e.Prepared, p.compiled(n, places))
		}
	}
	return e
}

func (p *Program) compiled(n *gorgonia.Node, places map[*gorgonia.Node]string) CompiledOperation {
	t := tell(n)
	return CompiledOperation{Layer: places[n], Op: t.Name, Algorithm: t.algorithm, Layout: t.layout, Converts: t.converts, Shape: t.shape, MACs: op.Of(n).MACs(), Bytes: op.Moves(n)}
}

// Passes lists the passes over the graph by their names, for Config.Without.
func Passes() []string { return passes.Names() }
