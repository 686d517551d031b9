package blocks_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// pointer is a block by pointer, which a nil one can't build or print.
type pointer struct{ out int }

func (p *pointer) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return blocks.Linear{Out: p.out}.Build(s, x)
}

func (p *pointer) String() string { return strings.Repeat("pointer", p.out) }

// faulty is an activation that does what an activation should not.
type faulty struct {
	activations.Custom
	apply func(x *gorgonia.Node) (*gorgonia.Node, error)
}

func (faulty) String() string { return "faulty" }

func (f faulty) Apply(x *gorgonia.Node, _ ...*gorgonia.Node) (*gorgonia.Node, error) {
	return f.apply(x)
}

// Whatever stands in a network's place, building it is an error there and never
// a panic; so is printing it.
func TestFaultyBlocksAreErrorsInTheirPlace(t *testing.T) {
	var nilFunc graph.BlockFunc
	var nilInit graph.Init
	nothing := func(*gorgonia.Node) (*gorgonia.Node, error) { return nil, nil }
	fall := func(*gorgonia.Node) (*gorgonia.Node, error) { panic("fell") }
	elsewhere := func(*gorgonia.Node) (*gorgonia.Node, error) {
		return gorgonia.NewTensor(gorgonia.NewGraph(), tensor.Float32, 2, gorgonia.WithShape(2, 3), gorgonia.WithName("other")), nil
	}
	block := func(f func(*gorgonia.Node) (*gorgonia.Node, error)) blocks.Block {
		return graph.BlockFunc(func(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return f(x) })
	}
	faults := []struct {
		name  string
		block blocks.Block
		want  string
	}{
		{"nil", nil, "nil"},
		{"nil pointer", (*pointer)(nil), "nil *blocks_test.pointer"},
		{"nil pointer to a layer", (*blocks.Conv2D)(nil), "nil *blocks.Conv2D"},
		{"nil pointer to a sequence", (*blocks.Sequence)(nil), "nil *blocks.Sequence"},
		{"nil function", nilFunc, "nil graph.BlockFunc"},
		{"nil initialisation", graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			return s.Param("weight", tensor.Shape{3}, nilInit)
		}), "nil"},
		{"nil generator", blocks.Linear{Out: 3, Init: func(*rand.Rand, tensor.Shape) func() float64 { return nil }}, "parameter weight"},
		{"panicking initialisation", blocks.Linear{Out: 3, Init: func(*rand.Rand, tensor.Shape) func() float64 { panic("fell") }}, "fell"},
		{"nothing", block(nothing), "neither"},
		{"panic", block(fall), "fell"},
		{"another graph", block(elsewhere), "another graph"},
		{"activation of nothing", blocks.Act{Func: faulty{apply: nothing}}, "neither"},
		{"activation that panics", blocks.Act{Func: faulty{apply: fall}}, "fell"},
		{"nil pointer to an activation", blocks.Act{Func: (*activations.PReLU)(nil)}, "panic"},
		{"activation of another graph", blocks.Act{Func: faulty{apply: elsewhere}}, "another graph"},
	}
	places := []struct {
		name  string
		path  string
		input []int
		block func(b blocks.Block) blocks.Block
	}{
		{"sequence", "1", []int{2, 4}, func(b blocks.Block) blocks.Block { return blocks.Sequence{blocks.Act{}, b, blocks.Act{}} }},
		{"named", "layer1.conv", []int{2, 4}, func(b blocks.Block) blocks.Block { return blocks.As("layer1", blocks.As("conv", b)) }},
		{"parallel", "0", []int{2, 4}, func(b blocks.Block) blocks.Block { return blocks.Parallel{b, blocks.Act{}} }},
		{"sum", "1", []int{2, 4}, func(b blocks.Block) blocks.Block { return blocks.Sum{blocks.Identity{}, b} }},
		{"repeat", "0", []int{2, 4}, func(b blocks.Block) blocks.Block { return blocks.Repeat(3, b) }},
	}
	for _, p := range places {
		for _, f := range faults {
			net := p.block(f.block)
			_, err := graph.Build(net, graph.NewParams(1), graph.InferenceConfig(p.input...))
			var placed *graph.LayerError
			switch {
			case err == nil:
				t.Errorf("%s in a %s: no error", f.name, p.name)
				continue
			case !errors.As(err, &placed) || !strings.HasPrefix(placed.Path, strings.SplitN(p.path, ".", 2)[0]):
				t.Errorf("%s in a %s: error is %q, want one at %s", f.name, p.name, err, p.path)
			case !strings.Contains(err.Error(), f.want):
				t.Errorf("%s in a %s: error is %q, want in it: %s", f.name, p.name, err, f.want)
			}
			if s, ok := net.(interface{ String() string }); !ok || s.String() == "" {
				t.Errorf("%s in a %s: prints as nothing", f.name, p.name)
			}
		}
	}
}

// A norm or pooling of the user's own that fails is an error at its place in
// the block.
func TestFaultyParts(t *testing.T) {
	fell := graph.BlockFunc(func(*graph.Scope, *gorgonia.Node) (*gorgonia.Node, error) { panic("fell") })
	for want, b := range map[string]blocks.Block{
		"bn: panic: fell":                            blocks.ConvNorm{Out: 4, Kernel: 3, Norm: fell},
		"bn1: panic: fell":                           blocks.Residual{Out: 4, Norm: fell},
		"norm: panic: fell":                          blocks.Transition{Norm: fell},
		"denselayer1.norm1: panic: fell":             blocks.DenseBlock{Growth: 2, Layers: 1, Norm: fell},
		"branch1.bn: panic: fell":                    blocks.Inception{Out1: 1, Reduce3: 1, Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1, Norm: fell},
		"depthwise.bn: panic: fell":                  blocks.DepthwiseSeparable{Out: 4, Norm: fell},
		"pool: panic: fell":                          blocks.AuxHead{Classes: 2, Pool: fell},
		"pool: the block is a nil *blocks.AvgPool2D": blocks.AuxHead{Classes: 2, Pool: (*blocks.AvgPool2D)(nil)},
	} {
		refuse(t, b, []int{2, 4, 8, 8}, want)
	}
}

// A network that contains itself has no end.
func TestNetworksThatContainThemselves(t *testing.T) {
	loop := blocks.Sequence{blocks.Act{}, nil}
	loop[1] = loop
	unnamed := blocks.Sequence{nil}
	unnamed[0] = blocks.As("", unnamed)
	twice := blocks.Sequence{nil, nil}
	twice[0], twice[1] = blocks.As("a", blocks.As("b", twice)), twice
	for _, b := range []blocks.Block{loop, unnamed, twice} {
		_, err := graph.Build(b, graph.NewParams(1), graph.InferenceConfig(2, 4))
		if err == nil || !strings.Contains(err.Error(), "deep") {
			t.Errorf("error is %.200v, want one that says how deep it is", err)
		}
	}
	if got, want := loop.String(), "Sequence {\n  0: relu\n  1: Sequence {...}\n}"; got != want {
		t.Errorf("prints as %q, want %q", got, want)
	}
	if got, want := twice.String(), "Sequence {\n  a: b: Sequence {...}\n  1: Sequence {...}\n}"; got != want {
		t.Errorf("prints as %q, want %q", got, want)
	}
}
