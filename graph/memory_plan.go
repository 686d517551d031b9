package graph

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/channelslast"
	"github.com/stheno-ml/stheno/internal/hugepages"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Memory says what a program holds, in bytes.
type Memory struct {
	Params      int64 // parameters and buffers, shared with other programs
	Prepared    int64 // of them, once more as inference's kernels read them, shared too
	Input       int64 // the batch of images
	Values      int64 // one arena for all intermediate values and gradients
	Unshared    int64 // what Values would be if every node had memory of its own
	Nodes       int   // operations executed in a run
	SharedNodes int   // of them, those whose result lives in the arena
}

// Memory reports the planned memory of the program.
func (p *Program) Memory() Memory {
	if p == nil {
		return Memory{}
	}
	return p.memory
}

// span is one piece of arena memory: the values of a node and of those that
// are written over it, from the first's making to the last's last reader.
type span struct {
	size       int // elements
	start, end int // positions on the tape, inclusive
	offset     int
	pieces     []piece
}

// piece is one node's place in a span.
type piece struct {
	node *op.Node
	at   int // elements from the span's begin
}

// planMemory gives every node's output its place. Values that are never alive
// at the same time may share memory; elementwise operations write over an input
// that dies with them. An operation that is not ours may alias what it reads, so
// what such an operation touches is left alone.
func (p *Program) planMemory(outputs gorgonia.Nodes) error {
	if err := p.count(); err != nil {
		return err
	}
	list := p.spans(outputs)
	total := 0
	if p.cfg.NoSharing {
		p.memory.Values = p.memory.Unshared
	} else {
		total = place(list)
		p.memory.Values = int64(total) * int64(p.params.Dtype().Size())
	}
	if p.plan {
		return nil
	}
	if err := p.fits(); err != nil || p.cfg.NoSharing {
		return err
	}
	if p.params.Dtype() == tensor.Float32 {
		arena := make([]float32, total)
		hugepages.Ask(arena)
		return bind(list, arena, &p.memory)
	}
	return bind(list, make([]float64, total), &p.memory)
}

// count adds up what the program holds besides shared values. A value or a sum
// that is more than a computer can count is an error.
func (p *Program) count() error {
	width := int(p.params.Dtype().Size())
	unshared := 0
	for _, n := range p.order {
		elements, err := size.Product(n.Shape()...)
		if err == nil && op.Of(n) != nil {
			p.memory.Nodes++
			if n.Shape().Dims() > 0 {
				unshared, err = size.Add(unshared, elements)
			}
		}
		if err == nil {
			_, err = size.Product(unshared, width)
		}
		if err != nil {
			return at(p.places()[n], errors.WithMessage(err, describeValue(n)))
		}
	}
	p.memory.Unshared = int64(unshared * width)
	if t := p.preparation; t != nil {
		p.memory.Prepared = t.bytes
	}
	p.memory.Input = int64(p.cfg.Input.TotalSize() * width)
	for _, q := range p.params.all() {
		p.memory.Params += int64(q.Value.Shape().TotalSize() * width)
	}
	return nil
}

// fits refuses a program that the machine's memory can't hold, at the layer with
// the largest value.
func (p *Program) fits() error {
	m := p.memory
	total, err := size.Add(int(m.Values), int(m.Params), int(m.Prepared), int(m.Input))
	if err == nil {
		err = size.Fit("the program", total, 1)
	}
	if err == nil {
		return nil
	}
	largest, most := p.inNode, 0
	for _, n := range p.order {
		if elements := n.Shape().TotalSize(); elements > most {
			largest, most = n, elements
		}
	}
	return at(p.places()[largest], errors.WithMessagef(err, "%s is the largest value", describeValue(largest)))
}

// describeValue is "conv2d (8, 64, 56, 56)".
func describeValue(n *gorgonia.Node) string {
	name := n.Name()
	if o := op.Of(n); o != nil {
		name = o.Operation().Name()
	} else if n.Op() != nil {
		name = fmt.Sprint(n.Op())
	}
	return fmt.Sprintf("%s %v", name, n.Shape())
}

// spans lists the pieces of memory that a run needs, in the order of the tape.
func (p *Program) spans(outputs gorgonia.Nodes) []*span {
	last := p.lastReads(outputs)
	of := map[*gorgonia.Node]*span{}
	inside := p.concatenated()
	wide := map[*gorgonia.Node]*span{} // of concatenations that others are computed into
	var list []*span
	for i, n := range p.order {
		o := op.Of(n)
		if o == nil || o.OutShape().Dims() == 0 {
			continue
		}
		whole, at := n, 0
		for in, ok := inside[whole]; ok; in, ok = inside[whole] {
			whole, at = in.whole, at+in.at
		}
		if whole != n || wide[n] != nil {
			s := wide[whole]
			if s == nil {
				s = &span{start: i}
				wide[whole] = s
				list = append(list, s)
			}
			s.size = max(s.size, at+o.OutShape().TotalSize())
			s.end = max(s.end, last[n])
			s.pieces = append(s.pieces, piece{o, at})
			continue
		}
		if s := p.overwritten(o, i, last, of); s != nil {
			s.end = max(s.end, last[n])
			s.pieces = append(s.pieces, piece{o, 0})
			of[n] = s
			continue
		}
		s := &span{size: o.OutShape().TotalSize(), start: i, end: last[n], pieces: []piece{{o, 0}}}
		of[n] = s
		list = append(list, s)
	}
	return list
}

// insideOf says that a value lies in a concatenation's.
type insideOf struct {
	whole *gorgonia.Node
	at    int // elements
}

// concatenated finds the values that can be computed where a concatenation wants
// them, so that it has nothing to copy: images with channels last whose pixels
// are as far apart as the concatenation's. Of several concatenations that read a
// value the last one has it.
func (p *Program) concatenated() map[*gorgonia.Node]insideOf {
	inside := map[*gorgonia.Node]insideOf{}
	if p.cfg.NoSharing {
		return inside
	}
	for _, n := range slices.Backward(p.order) {
		offsets := channelslast.Offsets(n)
		for k, at := range offsets {
			x := op.Inputs(n)[k]
			image, ok := channelslast.Of(x)
			if _, placed := inside[x]; ok && !placed && image.Stride() == n.Shape()[3] && !repeated(op.Inputs(n), x) {
				inside[x] = insideOf{n, at}
			}
		}
	}
	return inside
}

// lastReads is the tape position of each node's last reader; the tape's end
// for what must outlive the run.
func (p *Program) lastReads(outputs gorgonia.Nodes) map[*gorgonia.Node]int {
	last := make(map[*gorgonia.Node]int, len(p.order))
	for i, n := range p.order {
		last[n] = max(last[n], i)
		foreign := op.Of(n) == nil && n.Op() != nil
		for _, c := range op.Inputs(n) {
			last[c] = max(last[c], i)
			if foreign {
				last[c] = len(p.order)
			}
		}
	}
	for _, n := range outputs {
		last[n] = len(p.order)
	}
	return last
}

// overwritten finds the span of an input that operation o at position i may
// write its result over: one that dies here and stands among the operands once.
func (p *Program) overwritten(o *op.Node, i int, last map[*gorgonia.Node]int, spans map[*gorgonia.Node]*span) *span {
	if p.cfg.NoSharing {
		return nil
	}
	for _, k := range o.Overwrites() {
		in := o.Inputs()[k]
		s := spans[in]
		if repeated(o.Inputs(), in) {
			// The result would stand where the operation still reads this
			// operand in another of its places.
			continue
		}
		if s != nil && last[in] == i && s.end == i && s.size == o.OutShape().TotalSize() {
			return s
		}
	}
	return nil
}

// repeated reports whether n stands more than once among the inputs.
func repeated(inputs gorgonia.Nodes, n *gorgonia.Node) bool {
	count := 0
	for _, in := range inputs {
		if in == n {
			count++
		}
	}
	return count > 1
}

// place chooses offsets, large spans first, each at the lowest place that is
// free for as long as the span lives, and returns the arena's size in elements.
func place(list []*span) int {
	const align = 32 // elements: cache lines stay whole for float32 and float64
	order := slices.Clone(list)
	slices.SortStableFunc(order, func(a, b *span) int {
		if a.size != b.size {
			return b.size - a.size
		}
		return a.start - b.start
	})
	total := 0
	var placed []*span // by offset
	for _, s := range order {
		at := 0
		for _, q := range placed {
			if q.end < s.start || s.end < q.start {
				continue
			}
			if at+s.size <= q.offset {
				break
			}
			at = max(at, (q.offset+q.size+align-1)/align*align)
		}
		s.offset = at
		total = max(total, at+s.size)
		i, _ := slices.BinarySearchFunc(placed, s, func(a, b *span) int { return a.offset - b.offset })
		placed = slices.Insert(placed, i, s)
	}
	return total
}

func bind[T kernel.Float](list []*span, arena []T, m *Memory) error {
	for _, s := range list {
		for _, q := range s.pieces {
			if err := op.Bind(q.node, arena[s.offset+q.at:s.offset+s.size]); err != nil {
				return err
			}
			m.SharedNodes++
		}
	}
	return nil
}
