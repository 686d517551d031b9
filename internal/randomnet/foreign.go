package randomnet

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// foreign is an operation as somebody may write it straight for Gorgonia,
// y = 2x or with alias y = x, in one of the ways that Gorgonia allows: a new
// result at each run, the input's own memory handed out, or the result written
// over the input.
type foreign struct {
	dims    int
	alias   bool
	inPlace bool
}

var (
	_ gorgonia.SDOp       = foreign{}
	_ gorgonia.UnsafeDoer = foreign{}
)

func (f foreign) Arity() int { return 1 }

func (f foreign) Type() hm.Type {
	t := gorgonia.TensorType{Dims: f.dims, Of: hm.TypeVariable('a')}
	return hm.NewFnType(t, t)
}

func (f foreign) InferShape(in ...gorgonia.DimSizer) (tensor.Shape, error) {
	s, ok := in[0].(tensor.Shape)
	if !ok {
		return nil, errors.Errorf("foreign: input's shape is a %T", in[0])
	}
	return s.Clone(), nil
}

func (f foreign) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	if f.alias {
		return in[0], nil
	}
	x, ok := in[0].(*tensor.Dense)
	if !ok {
		return nil, errors.Errorf("foreign: input is a %T", in[0])
	}
	y, ok := x.Clone().(*tensor.Dense)
	if !ok {
		return nil, errors.New("foreign: the clone is of another type")
	}
	return f.UnsafeDo(y)
}

// UnsafeDo writes the result over the input.
func (f foreign) UnsafeDo(in ...gorgonia.Value) (gorgonia.Value, error) {
	switch data := in[0].Data().(type) {
	case []float64:
		twice(data)
	case []float32:
		twice(data)
	}
	return in[0], nil
}

func twice[T float32 | float64](x []T) {
	for i := range x {
		x[i] *= 2
	}
}

func (f foreign) ReturnsPtr() bool  { return f.inPlace }
func (f foreign) CallsExtern() bool { return false }

func (f foreign) OverwritesInput() int {
	if f.inPlace {
		return 0
	}
	return -1
}

func (f foreign) String() string { return "foreign" }
func (f foreign) WriteHash(h hash.Hash) {
	fmt.Fprintf(h, "foreign %d %v %v", f.dims, f.alias, f.inPlace)
}
func (f foreign) DiffWRT(int) []bool { return []bool{true} }

func (f foreign) Hashcode() uint32 {
	h := fnv.New32a()
	f.WriteHash(h)
	return h.Sum32()
}

func (f foreign) SymDiff(_ gorgonia.Nodes, _, dy *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := gorgonia.ApplyOp(f, dy)
	return gorgonia.Nodes{dx}, err
}

func init() {
	for name, f := range map[string]foreign{"foreign.new": {}, "foreign.alias": {alias: true}, "foreign.in_place": {inPlace: true}} {
		kinds[name] = unary(2, func(x *gorgonia.Node) (*gorgonia.Node, error) {
			f.dims = x.Dims()
			return gorgonia.ApplyOp(f, x)
		})
	}
}
