package op

import (
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/hugepages"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Do computes the operation into the node's own output tensor and returns it:
// the result stays valid until the node runs again. Its errors are *RunError.
// A panic in the arithmetic becomes one, since it would end the whole process
// otherwise: one on a helper's goroutine is thrown again on this one
// (kernel.Panic), so it is seen here too.
func (n *Node) Do(inputs ...gorgonia.Value) (v gorgonia.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, n.failed(broken(r))
		}
	}()
	if err := n.stop.Err(); err != nil {
		return nil, n.failed(err)
	}
	if err := n.turns.take(n.turn); err != nil {
		return nil, n.failed(err)
	}
	if len(inputs) != len(n.shapes) {
		return nil, n.failed(errors.Errorf("got %d inputs, want %d", len(inputs), len(n.shapes)))
	}
	var start time.Time
	if n.timed {
		start = time.Now()
	}
	if n.dtype == tensor.Float32 {
		err = run(n, &n.args32, inputs, n.op.Float32)
	} else {
		err = run(n, &n.args64, inputs, n.op.Float64)
	}
	if n.timed {
		n.elapsed += time.Since(start)
	}
	if err != nil {
		return nil, n.failed(err)
	}
	return n.out, nil
}

func run[T kernel.Float](n *Node, a *Args[T], inputs []gorgonia.Value, compute func(Args[T]) error) error {
	if a.Out == nil {
		if err := n.allocate(a); err != nil {
			return err
		}
	}
	for i, in := range inputs {
		if in == nil {
			return errors.Errorf("input %d has no value", i)
		}
		if err := load(a, i, in, n.shapes[i]); err != nil {
			return err
		}
	}
	if err := compute(*a); err != nil {
		return err
	}
	switch out := n.out.(type) { // a scalar value is a box of its own
	case *gorgonia.F32:
		*out = gorgonia.F32(a.Out[0])
	case *gorgonia.F64:
		*out = gorgonia.F64(a.Out[0])
	}
	return nil
}

// Bind makes buf, or as much of it as the result needs, the memory of the
// node's output. Planners call it before the first run; without it the first
// run allocates.
func Bind[T kernel.Float](n *Node, buf []T) error {
	size := n.shape.TotalSize()
	if len(buf) < size {
		return errors.Errorf("%s: buffer of %d elements, want %d", n.op.Name(), len(buf), size)
	}
	var a any
	if n.dtype == tensor.Float32 {
		a = &n.args32
	} else {
		a = &n.args64
	}
	args, ok := a.(*Args[T])
	if !ok {
		return errors.Errorf("%s: buffer is not of type %v", n.op.Name(), n.dtype)
	}
	args.Out = buf[:size:size]
	return n.allocate(args)
}

// Value is the result of the last run, nil before the first.
func (n *Node) Value() gorgonia.Value {
	if n.out == nil {
		return nil
	}
	return n.out
}

// Release lets go of the node's output: whoever has its tensor keeps it, and the
// next run makes another.
func (n *Node) Release() { n.out, n.args32, n.args64 = nil, Args[float32]{}, Args[float64]{} }

// allocate prepares the operands' slices and the output around args.Out, which
// it makes when it is not there yet.
func (n *Node) allocate(args any) error {
	switch a := args.(type) {
	case *Args[float32]:
		prepare(n, a)
		if n.shape.Dims() == 0 {
			n.out = gorgonia.NewF32(0)
			return nil
		}
		n.out = tensor.New(tensor.WithShape(n.shape...), tensor.WithBacking(a.Out))
	case *Args[float64]:
		prepare(n, a)
		if n.shape.Dims() == 0 {
			n.out = gorgonia.NewF64(0)
			return nil
		}
		n.out = tensor.New(tensor.WithShape(n.shape...), tensor.WithBacking(a.Out))
	default:
		return errors.Errorf("%s: unknown operands %T", n.op.Name(), args)
	}
	return nil
}

func prepare[T kernel.Float](n *Node, a *Args[T]) {
	if a.Out == nil {
		a.Out = make([]T, n.shape.TotalSize())
		hugepages.Ask(a.Out)
	}
	a.OutShape = n.shape
	a.Shapes = n.shapes
	a.In = make([][]T, len(n.shapes))
	a.Ints = make([][]int, len(n.shapes))
}

// load makes input i of the run a slice, dense and row-major.
func load[T kernel.Float](a *Args[T], i int, v gorgonia.Value, want tensor.Shape) error {
	if !v.Shape().Eq(want) {
		return errors.Errorf("input %d has shape %v, want %v", i, v.Shape(), want)
	}
	switch v := v.(type) {
	case *tensor.Dense:
		if v.RequiresIterator() || v.DataOrder().IsColMajor() || v.DataOrder().IsTransposed() {
			m, ok := v.Materialize().(*tensor.Dense)
			if !ok {
				return errors.Errorf("input %d: %T cannot be made dense", i, v)
			}
			v = m
		}
		if v.Dtype() == tensor.Int {
			a.Ints[i] = v.Ints()
			return nil
		}
		var data any = &a.In[i]
		switch p := data.(type) {
		case *[]float32:
			if v.Dtype() != tensor.Float32 {
				return errors.Errorf("input %d is %v, want float32", i, v.Dtype())
			}
			*p = v.Float32s()
		case *[]float64:
			if v.Dtype() != tensor.Float64 {
				return errors.Errorf("input %d is %v, want float64", i, v.Dtype())
			}
			*p = v.Float64s()
		}
		return nil
	case *gorgonia.F32:
		return scalar(a, i, T(*v))
	case *gorgonia.F64:
		return scalar(a, i, T(*v))
	}
	return errors.Errorf("input %d is a %T, want a dense tensor or a scalar", i, v)
}

func scalar[T kernel.Float](a *Args[T], i int, v T) error {
	if len(a.In[i]) != 1 {
		a.In[i] = make([]T, 1)
	}
	a.In[i][0] = v
	return nil
}
