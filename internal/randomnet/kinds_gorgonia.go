package randomnet

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Gorgonia's own operations between ours, those among them whose results are
// views of their inputs or are written over an input.
func init() {
	kinds["gorgonia.tanh"] = unary(2, gorgonia.Tanh)
	kinds["gorgonia.sigmoid"] = unary(2, gorgonia.Sigmoid)
	kinds["gorgonia.neg"] = unary(2, gorgonia.Neg)
	kinds["gorgonia.square"] = unary(1, gorgonia.Square)
	kinds["gorgonia.softplus"] = unary(1, gorgonia.Softplus)
	kinds["gorgonia.rectify"] = unary(2, gorgonia.Rectify)
	kinds["gorgonia.abs"] = unary(1, gorgonia.Abs)
	kinds["gorgonia.exp"] = unary(1, func(x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := gorgonia.Tanh(x)
		if err != nil {
			return nil, err
		}
		return gorgonia.Exp(y)
	})
	kinds["gorgonia.add"] = binary(2, gorgonia.Add)
	kinds["gorgonia.sub"] = binary(2, gorgonia.Sub)
	kinds["gorgonia.mul"] = binary(2, gorgonia.HadamardProd)
	kinds["gorgonia.reshape"] = kind{
		weight: 3,
		draw: func(d *drawer) (Node, bool) {
			s := d.shapes[len(d.shapes)-1]
			return Node{In: []int{len(d.shapes) - 1}, N: []int{s[0], s.TotalSize() / s[0]}}, true
		},
		build: func(_ place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return gorgonia.Reshape(in[0], tensor.Shape(n.N))
		},
	}
	kinds["gorgonia.transpose"] = kind{
		weight: 2,
		draw: func(d *drawer) (Node, bool) {
			x, ok := d.image()
			return Node{In: []int{x}}, ok
		},
		build: func(_ place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return gorgonia.Transpose(in[0], 0, 1, 3, 2)
		},
	}
	kinds["gorgonia.matmul"] = kind{
		weight: 2,
		draw: func(d *drawer) (Node, bool) {
			x := d.find(func(s tensor.Shape) bool { return len(s) == 2 })
			return Node{In: []int{x}, N: []int{1 + d.r.IntN(4)}}, x >= 0
		},
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			w, err := p.param("weight", in[0].Shape()[1], n.N[0])
			if err != nil {
				return nil, err
			}
			return gorgonia.Mul(in[0], w)
		},
	}
	// Gorgonia's operations on a parameter, which nothing may write over.
	kinds["gorgonia.scale"] = kind{
		weight: 2,
		draw:   func(d *drawer) (Node, bool) { return Node{In: []int{d.value()}}, true },
		build: func(p place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			w, err := p.param("weight", in[0].Shape()...)
			if err != nil {
				return nil, err
			}
			if w, err = gorgonia.Tanh(w); err != nil {
				return nil, err
			}
			return gorgonia.HadamardProd(in[0], w)
		},
	}
}
