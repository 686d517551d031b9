package randomnet

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// kind is one thing that a node may be: how often it is drawn, how its
// operands and settings are drawn, and how it is built.
type kind struct {
	weight int
	many   bool                         // any number of operands
	draw   func(d *drawer) (Node, bool) // false: nothing here that it could stand on
	build  func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error)
}

// kinds is filled by the files that hold them: operations, blocks, Gorgonia's.
var kinds = map[string]kind{}

// Act is the activation of that name; the names are the drawer's own.
func Act(name string) activations.Activation {
	a, err := activations.Lookup(name)
	if err != nil {
		panic(err)
	}
	return a
}

func fused(name string) (ops.Act, error) {
	a, ok := Act(name).Fused()
	if !ok {
		return a, errors.Errorf("%s cannot be fused", name)
	}
	return a, nil
}

func init() {
	kinds["block"] = kind{
		weight: 30,
		draw: func(d *drawer) (Node, bool) {
			x := d.value()
			return Node{In: []int{x}, Block: d.block(d.shapes[x], 3)}, true
		},
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return p.s.Build(p.name, n.Block, in[0])
		},
	}
	kinds["act"] = kind{
		weight: 12,
		draw: func(d *drawer) (Node, bool) {
			return Node{In: []int{d.value()}, Act: d.act()}, true
		},
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return blocks.Act{Func: Act(n.Act)}.Build(p.s.In(p.name), in[0])
		},
	}
	kinds["tap"] = kind{
		weight: 4,
		draw: func(d *drawer) (Node, bool) {
			return Node{In: []int{d.value()}}, true
		},
		build: func(p place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			p.s.Tap(p.name, in[0])
			return in[0], nil
		},
	}
	// An auxiliary loss on logits of its own.
	kinds["aux"] = kind{
		weight: 3,
		draw: func(d *drawer) (Node, bool) {
			return Node{In: []int{d.value()}, N: []int{d.classes}, F: []float64{0.3}}, true
		},
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			logits, err := blocks.Sequence{blocks.Flatten{}, blocks.Linear{Out: n.N[0]}}.Build(p.s.In(p.name), in[0])
			if err != nil {
				return nil, err
			}
			p.s.AuxLoss(p.name, logits, n.F[0])
			return in[0], nil
		},
	}
	// A buffer that scales x and takes x's image as its next content.
	kinds["buffer"] = kind{
		weight: 3,
		draw: func(d *drawer) (Node, bool) {
			return Node{In: []int{d.value()}, Act: "tanh"}, true
		},
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			s := p.s.In(p.name)
			b, err := s.Buffer("running_state", in[0].Shape(), graph.Uniform(0.5))
			if err != nil {
				return nil, err
			}
			next, err := Act(n.Act).Apply(in[0])
			if err != nil {
				return nil, err
			}
			if err := s.Update("running_state", next); err != nil {
				return nil, err
			}
			return ops.Mul(in[0], b)
		},
	}
}
