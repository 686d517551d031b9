package op

import (
	"fmt"
	"hash"
	"hash/fnv"
	"slices"
	"time"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Node is the Gorgonia op of one node: an Operation bound to the inputs it was
// applied to, and the owner of the node's output.
type Node struct {
	op     Operation
	inputs gorgonia.Nodes
	shapes []tensor.Shape
	shape  tensor.Shape
	dtype  tensor.Dtype
	salt   int

	out    gorgonia.Value
	args32 Args[float32]
	args64 Args[float64]

	place   string
	stop    *Stop
	turns   *Turns
	turn    int
	timed   bool
	elapsed time.Duration
}

var (
	_ gorgonia.Op   = (*Node)(nil)
	_ gorgonia.SDOp = (*Node)(nil)
)

// Apply adds operation o on the inputs to their graph and returns its node.
// All floating-point inputs must be of one type, float32 or float64. An input
// that is nil, has no type, no shape or no elements is an error, and so is an
// input or a result that this machine's memory can't hold; a constant that
// belongs to no graph joins that of the others.
func Apply(o Operation, inputs ...*gorgonia.Node) (*gorgonia.Node, error) {
	if o == nil {
		return nil, errors.New("op: there is no operation to apply")
	}
	n := &Node{op: o, inputs: slices.Clone(inputs), shapes: make([]tensor.Shape, len(inputs))}
	if err := n.join(); err != nil {
		return nil, errors.Wrap(err, o.Name())
	}
	inputs = n.inputs
	for i, in := range inputs {
		dt, ok := Dtype(in)
		if !ok {
			return nil, errors.Errorf("%s: input %d (%s) has no type, want a tensor or a scalar", o.Name(), i, in.Name())
		}
		n.shapes[i] = in.Shape()
		if dims := in.Dims(); dims != n.shapes[i].Dims() {
			return nil, errors.Errorf("%s: input %d (%s) has no shape, want one of %d dimensions", o.Name(), i, in.Name(), dims)
		}
		switch integral, ok := o.(Integral); {
		case ok && integral.TakesInts(i):
			if dt != tensor.Int {
				return nil, errors.Errorf("%s: input %d (%s) is %v, want int", o.Name(), i, in.Name(), dt)
			}
		case dt == tensor.Float32 || dt == tensor.Float64:
			if n.dtype == (tensor.Dtype{}) {
				n.dtype = dt
			}
			if dt != n.dtype {
				return nil, errors.Errorf("%s: input %d (%s) is %v, want %v like the inputs before it", o.Name(), i, in.Name(), dt, n.dtype)
			}
		default:
			return nil, errors.Errorf("%s: input %d (%s) is %v, want float32 or float64", o.Name(), i, in.Name(), dt)
		}
		if slices.ContainsFunc(n.shapes[i], func(d int) bool { return d < 1 }) {
			return nil, errors.Errorf("%s: input %d (%s) has shape %v: a size must be at least 1", o.Name(), i, in.Name(), n.shapes[i])
		}
		if err := size.FitShape(in.Name(), n.shapes[i], int(dt.Size())); err != nil {
			return nil, errors.WithMessagef(err, "%s: input %d", o.Name(), i)
		}
	}
	if n.dtype == (tensor.Dtype{}) {
		return nil, errors.Errorf("%s: no floating-point input", o.Name())
	}
	var err error
	if n.shape, err = o.Shape(n.shapes); err != nil {
		return nil, err
	}
	if err := size.FitShape(fmt.Sprintf("%s: result of shape %v", o.Name(), n.shape), n.shape, int(n.dtype.Size())); err != nil {
		return nil, err
	}
	// Gorgonia takes nodes of equal 32-bit hash for one node. Where two
	// different ones collide, another salt sets them apart.
	for ; n.salt < 16; n.salt++ {
		node, err := gorgonia.ApplyOp(n, inputs...)
		if err != nil {
			return nil, errors.Wrap(err, o.Name())
		}
		if twin, ok := node.Op().(*Node); ok && n.same(twin) {
			return node, nil
		}
	}
	return nil, errors.Errorf("%s: its hash collides with other nodes of the graph", o.Name())
}

// join checks that the inputs belong to one graph and takes those that belong
// to none into it.
func (n *Node) join() error {
	var g *gorgonia.ExprGraph
	for i, in := range n.inputs {
		if in == nil {
			return errors.Errorf("input %d is nil", i)
		}
		switch {
		case g == nil:
			g = in.Graph()
		case in.Graph() != nil && in.Graph() != g:
			return errors.Errorf("input %d (%s) belongs to another graph than the inputs before it", i, in.Name())
		}
	}
	if g == nil && len(n.inputs) > 0 {
		return errors.New("no input belongs to a graph")
	}
	for i, in := range n.inputs {
		if in.Graph() != nil {
			continue
		}
		if in.Op() == nil { // no constant: Gorgonia panics at its clone
			return errors.Errorf("input %d (%s) belongs to no graph", i, in.Name())
		}
		n.inputs[i] = in.CloneTo(g)
	}
	return nil
}

// Dtype is the type of a node's elements, and false where it has none: the
// node's own method panics there.
func Dtype(n *gorgonia.Node) (tensor.Dtype, bool) {
	t := n.Type()
	if of, ok := t.(gorgonia.TensorType); ok {
		t = of.Of
	}
	dt, ok := t.(tensor.Dtype)
	return dt, ok
}

// Of returns the Node behind a graph node that Apply made, or nil.
func Of(n *gorgonia.Node) *Node {
	if n == nil {
		return nil
	}
	o, _ := n.Op().(*Node)
	return o
}

// Inputs are what any graph node reads, in order and with repetitions, whoever
// made its operation.
func Inputs(n *gorgonia.Node) gorgonia.Nodes {
	if o := Of(n); o != nil {
		return o.inputs
	}
	g := n.Graph()
	if g == nil {
		return nil // a constant that no graph has taken in
	}
	if found, _ := g.Node(n.ID()).(*gorgonia.Node); found != n {
		// Gorgonia rewrites log(1 - x) and the like and removes nodes then. The
		// graph finds nodes by number, which are wrong from there on; a graph of
		// this node's own counts anew.
		g = g.ExactSubgraphRoots(n)
	}
	it := g.From(n.ID())
	if it == nil {
		return nil
	}
	var in gorgonia.Nodes
	for it.Next() {
		in = append(in, it.Node().(*gorgonia.Node))
	}
	return in
}

func (n *Node) same(o *Node) bool {
	if n == o {
		return true
	}
	if n.key() != o.key() || len(n.inputs) != len(o.inputs) {
		return false
	}
	for i := range n.inputs {
		if n.inputs[i] != o.inputs[i] {
			return false
		}
	}
	return true
}

func (n *Node) key() string {
	id := ""
	if i, ok := n.op.(Identified); ok {
		id = i.Identity()
	}
	return fmt.Sprintf("%s{%s}%s#%d", n.op.Name(), n.op.Attributes(), id, n.salt)
}

// Operation is the description that the node was made from.
func (n *Node) Operation() Operation { return n.op }

// Inputs are the nodes the operation reads, in order.
func (n *Node) Inputs() gorgonia.Nodes { return n.inputs }

// OutShape is the shape of the result; scalars have no dimensions.
func (n *Node) OutShape() tensor.Shape { return n.shape }

// Dtype is the element type of the result.
func (n *Node) Dtype() tensor.Dtype { return n.dtype }

// MACs is the number of multiply-additions of a run, 0 where the operation
// does not say.
func (n *Node) MACs() int64 {
	if c, ok := n.op.(Costed); ok {
		return c.MACs(n.shapes, n.shape)
	}
	return 0
}

// Overwrites lists the inputs whose memory may serve as the result's.
func (n *Node) Overwrites() []int {
	if o, ok := n.op.(Overwriter); ok {
		return o.Overwrites()
	}
	return nil
}

// SetPlace says where in a network the node belongs ("layer2.0.conv1"): the
// errors of its runs begin with it.
func (n *Node) SetPlace(path string) { n.place = path }

// Place is what SetPlace was given.
func (n *Node) Place() string { return n.place }

// SetStop makes the node look at s before each run; nil makes it run always.
func (n *Node) SetStop(s *Stop) { n.stop = s }

// SetTurn makes the node refuse to run out of turn.
func (n *Node) SetTurn(t *Turns, turn int) { n.turns, n.turn = t, turn }

// Time starts or stops adding up the time spent in this node and sets the sum
// to zero.
func (n *Node) Time(on bool) { n.timed, n.elapsed = on, 0 }

// Elapsed is the time spent in this node since Time(true).
func (n *Node) Elapsed() time.Duration { return n.elapsed }

// Arity is the number of inputs.
func (n *Node) Arity() int { return len(n.inputs) }

// Type is the operation's type signature. Gorgonia recycles what it is given,
// so it is made anew for each call.
func (n *Node) Type() hm.Type {
	types := make([]hm.Type, 0, len(n.inputs)+1)
	of := func(s tensor.Shape, dt tensor.Dtype) hm.Type {
		var elem hm.Type = hm.TypeVariable('a')
		if dt == tensor.Int {
			elem = dt
		}
		if s.Dims() == 0 {
			return elem
		}
		return gorgonia.TensorType{Dims: s.Dims(), Of: elem}
	}
	for i, in := range n.inputs {
		types = append(types, of(n.shapes[i], in.Dtype()))
	}
	types = append(types, of(n.shape, n.dtype))
	return hm.NewFnType(types...)
}

// InferShape returns the result's shape, settled when the node was made.
func (n *Node) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return n.shape, nil }

// ReturnsPtr is false: the machine allocates nothing for this node.
func (n *Node) ReturnsPtr() bool { return false }

// CallsExtern is false.
func (n *Node) CallsExtern() bool { return false }

// OverwritesInput is -1: Gorgonia must not alias the result with an input.
func (n *Node) OverwritesInput() int { return -1 }

// WriteHash writes name and attributes in full.
func (n *Node) WriteHash(h hash.Hash) { fmt.Fprint(h, n.key()) }

// Hashcode is the 32-bit FNV-1a hash of WriteHash's bytes.
func (n *Node) Hashcode() uint32 {
	h := fnv.New32a()
	n.WriteHash(h)
	return h.Sum32()
}

// String is the operation's name and attributes.
func (n *Node) String() string {
	if a := n.op.Attributes(); a != "" {
		return n.op.Name() + "{" + a + "}"
	}
	return n.op.Name()
}

// DiffWRT says in which inputs the operation has a derivative.
func (n *Node) DiffWRT(inputs int) []bool {
	if _, ok := n.op.(Differentiable); !ok {
		return make([]bool, inputs)
	}
	if p, ok := n.op.(Partial); ok {
		return p.Wrt(inputs)
	}
	wrt := make([]bool, inputs)
	for i := range wrt {
		wrt[i] = true
	}
	return wrt
}

// SymDiff returns the gradient node of every input.
func (n *Node) SymDiff(inputs gorgonia.Nodes, output, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	d, ok := n.op.(Differentiable)
	if !ok {
		return nil, errors.Errorf("%s has no derivative", n.op.Name())
	}
	grads, err := d.Differentiate(inputs, output, grad)
	if err != nil {
		return nil, errors.Wrapf(err, "derivative of %s", n.op.Name())
	}
	wrt := n.DiffWRT(len(inputs))
	if len(grads) != len(inputs) {
		return nil, errors.Errorf("derivative of %s: %d gradients for %d inputs", n.op.Name(), len(grads), len(inputs))
	}
	for i, g := range grads {
		if !wrt[i] {
			continue
		}
		if g == nil {
			return nil, errors.Errorf("derivative of %s: no gradient for input %d", n.op.Name(), i)
		}
		if !g.Shape().Eq(inputs[i].Shape()) {
			return nil, errors.Errorf("derivative of %s: gradient for input %d has shape %v, want %v", n.op.Name(), i, g.Shape(), inputs[i].Shape())
		}
	}
	return grads, nil
}
