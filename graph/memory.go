package graph

import (
	"slices"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Memory says what a program holds, in bytes.
type Memory struct {
	Params      int64 // parameters and buffers, shared with other programs
	Input       int64 // the batch of images
	Values      int64 // one arena for all intermediate values and gradients
	Unshared    int64 // what Values would be if every node had memory of its own
	Nodes       int   // operations executed in a run
	SharedNodes int   // of them, those whose result lives in the arena
}

// Memory reports the planned memory of the program.
func (p *Program) Memory() Memory { return p.memory }

// span is one piece of arena memory: the values of a node and of those that
// are written over it, from the first's making to the last's last reader.
type span struct {
	size       int // elements
	start, end int // positions on the tape, inclusive
	offset     int
	nodes      []*op.Node
}

// plan gives every node's output its place. Values that are never alive at the
// same time may share memory; elementwise operations write over an input that
// dies with them. An operation that is not ours may alias what it reads, so
// what such an operation touches is left alone.
func (p *Program) plan(outputs gorgonia.Nodes) error {
	position := make(map[*gorgonia.Node]int, len(p.order))
	for i, n := range p.order {
		position[n] = i
	}
	last := p.lastReads(outputs, position)

	spans := map[*gorgonia.Node]*span{}
	var list []*span
	for i, n := range p.order {
		o := op.Of(n)
		if o == nil {
			continue
		}
		p.memory.Nodes++
		if o.OutShape().Dims() == 0 {
			continue
		}
		size := o.OutShape().TotalSize()
		p.memory.Unshared += int64(size)
		if s := p.overwritten(o, i, last, spans); s != nil {
			s.end = max(s.end, last[n])
			s.nodes = append(s.nodes, o)
			spans[n] = s
			continue
		}
		s := &span{size: size, start: i, end: last[n], nodes: []*op.Node{o}}
		spans[n] = s
		list = append(list, s)
	}
	width := int64(p.params.Dtype().Size())
	p.memory.Unshared *= width
	p.memory.Input = int64(p.cfg.Input.TotalSize()) * width
	for _, q := range p.params.All() {
		p.memory.Params += int64(q.Value.Shape().TotalSize()) * width
	}
	if p.cfg.NoSharing {
		p.memory.Values = p.memory.Unshared
		return nil
	}
	total := place(list)
	p.memory.Values = int64(total) * width
	if p.params.Dtype() == tensor.Float32 {
		return bind(list, make([]float32, total), &p.memory)
	}
	return bind(list, make([]float64, total), &p.memory)
}

// lastReads is the tape position of each node's last reader; the tape's end
// for what must outlive the run.
func (p *Program) lastReads(outputs gorgonia.Nodes, position map[*gorgonia.Node]int) map[*gorgonia.Node]int {
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
		for _, o := range s.nodes {
			if err := op.Bind(o, arena[s.offset:s.offset+s.size]); err != nil {
				return err
			}
			m.SharedNodes++
		}
	}
	return nil
}
