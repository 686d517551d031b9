package graph

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// within builds b as the layer of that name inside of "layer1".
func within(name string, b Block) Block {
	return BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		return s.Build("layer1", BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			return s.Build(name, b, x)
		}), x)
	})
}

// weighted multiplies by one parameter, made by init.
func weighted(name string, shape tensor.Shape, init Init) Block {
	return BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		_, err := s.Param(name, shape, init)
		return x, err
	})
}

// pointer is a block that only its pointer is.
type pointer struct{ out int }

func (p *pointer) Build(_ *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.Reshape(x, p.out)
}

// noLoss is a loss that only its pointer is.
type noLoss struct{ kind TargetKind }

func (l *noLoss) TargetKind() TargetKind                                  { return l.kind }
func (l *noLoss) Build(_, _ *gorgonia.Node) (*gorgonia.Node, error)       { return nil, nil }
func identity(_ *Scope, x *gorgonia.Node) (*gorgonia.Node, error)         { return x, nil }
func nothing(_ *Scope, _ *gorgonia.Node) (*gorgonia.Node, error)          { return nil, nil }
func lossOf(f func(y, t *gorgonia.Node) (*gorgonia.Node, error)) LossFunc { return LossFunc{Func: f} }

// What blocks, losses and initialisations of the user's own can do wrong is an
// error at its place, and the store is left as it was.
func TestBuildRefuses(t *testing.T) {
	elsewhere := gorgonia.NewMatrix(gorgonia.NewGraph(), tensor.Float32, gorgonia.WithShape(1, 2), gorgonia.WithName("elsewhere"))
	block := func(f BlockFunc) Block { return within("conv", f) }
	for name, c := range map[string]struct {
		net  Block
		loss Loss
		want string
	}{
		"no network":            {net: nil, want: "graph: Build needs a network, net is nil"},
		"nil pointer":           {net: (*pointer)(nil), want: "the block is a nil *graph.pointer"},
		"nil function":          {net: BlockFunc(nil), want: "the block is a nil graph.BlockFunc"},
		"nil block inside":      {net: within("conv", nil), want: "layer1.conv: the block is nil"},
		"nil pointer inside":    {net: within("conv", (*pointer)(nil)), want: "layer1.conv: the block is a nil *graph.pointer"},
		"no output":             {net: block(nothing), want: "layer1.conv: graph.BlockFunc returned neither an output nor an error"},
		"output of other graph": {net: block(func(*Scope, *gorgonia.Node) (*gorgonia.Node, error) { return elsewhere, nil }), want: "layer1.conv: the output (elsewhere)"},
		"panic":                 {net: block(func(*Scope, *gorgonia.Node) (*gorgonia.Node, error) { panic("no luck") }), want: "layer1.conv: panic: no luck"},
		"panic with an error":   {net: block(func(*Scope, *gorgonia.Node) (*gorgonia.Node, error) { return nil, []error{}[1] }), want: "layer1.conv: panic: runtime error: index out of range"},
		"nil input": {net: block(func(s *Scope, _ *gorgonia.Node) (*gorgonia.Node, error) {
			return s.Build("in", BlockFunc(identity), nil)
		}), want: "layer1.conv.in: the input is nil"},
		"nil initialisation":     {net: within("conv", weighted("w", tensor.Shape{2}, nil)), want: "layer1.conv: parameter w: its initialisation is nil"},
		"initialisation of none": {net: within("conv", weighted("w", tensor.Shape{2}, func(*rand.Rand, tensor.Shape) func() float64 { return nil })), want: "layer1.conv: parameter w: its initialisation returned no function"},
		"panicking initialisation": {net: within("conv", weighted("w", tensor.Shape{2}, func(*rand.Rand, tensor.Shape) func() float64 { return func() float64 { panic("dice") } })),
			want: "layer1.conv: parameter w: its initialisation: panic: dice"},
		"no name":          {net: within("conv", weighted("", tensor.Shape{2}, Zeros)), want: "layer1.conv: a parameter has no name"},
		"no shape":         {net: within("conv", weighted("w", nil, Zeros)), want: "layer1.conv: parameter w has no shape"},
		"empty shape":      {net: within("conv", weighted("w", tensor.Shape{2, 0}, Zeros)), want: "layer1.conv: parameter w: shape (2, 0) has an empty dimension"},
		"the input's name": {net: weighted("input", tensor.Shape{1, 2}, Zeros), want: "parameter input: the graph has a variable input already"},
		"no such buffer":   {net: block(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return x, s.Update("mean", x) }), want: "layer1.conv: update of mean: no such buffer"},
		"variable of no value": {net: block(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			return ops.Add(x, gorgonia.NewMatrix(s.Graph(), tensor.Float32, gorgonia.WithShape(1, 2), gorgonia.WithName("v")))
		}), want: "graph: the variable v has no value"},
		"nil loss":          {loss: (*noLoss)(nil), want: "loss: Config.Loss is a nil *graph.noLoss"},
		"loss of nothing":   {loss: &noLoss{}, want: "loss of head main: *graph.noLoss returned neither a node nor an error"},
		"loss of no kind":   {loss: &noLoss{kind: 7}, want: "loss of head main: the loss wants a target kind 7, which is none"},
		"loss without func": {loss: LossFunc{}, want: "loss of head main: LossFunc.Func is nil"},
		"panicking loss":    {loss: lossOf(func(y, _ *gorgonia.Node) (*gorgonia.Node, error) { panic("lost") }), want: "loss of head main: graph.LossFunc: panic: lost"},
		"loss of many":      {loss: lossOf(func(y, _ *gorgonia.Node) (*gorgonia.Node, error) { return y, nil }), want: "loss of head main: graph.LossFunc returned a node of shape (1, 2), want a scalar"},
		"head of nothing":   {net: BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { s.AuxLoss("aux", nil, 1); return x, nil }), loss: CrossEntropy{}, want: "auxiliary head aux: its output is nil"},
		"head of fewer classes": {net: BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			y, err := ops.SliceChannels(x, 0, 1)
			s.AuxLoss("aux", y, 1)
			return x, err
		}), loss: CrossEntropy{}, want: "loss of head aux: it tells 1 classes apart, the network's output 2: the labels are the same"},
		"loss of the input":   {net: BlockFunc(identity), loss: CrossEntropy{}, want: "graph: the network has no parameter to train"},
		"loss without effect": {net: weighted("w", tensor.Shape{2}, Zeros), loss: CrossEntropy{}, want: "gradients: the loss does not depend on w"},
	} {
		cfg := InferenceConfig(1, 2)
		if name == "no such buffer" {
			cfg = TrainingConfig(1, 2)
		}
		if c.loss != nil {
			if cfg = TrainingConfig(1, 2); c.net == nil {
				c.net = BlockFunc(identity)
			}
			cfg.Loss = c.loss
		}
		params := &Params{}
		p, err := Build(c.net, params, cfg)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error is\n\t%v, want\n\t%s", name, err, c.want)
		}
		if p != nil {
			t.Errorf("%s: there is a program with the error", name)
		}
		if left := params.All(); len(left) != 0 {
			t.Errorf("%s: the store keeps %s", name, left[0].Name)
		}
	}
}

func TestBuildRefusesStores(t *testing.T) {
	if _, err := Build(BlockFunc(identity), nil, InferenceConfig(1, 2)); err == nil || !strings.Contains(err.Error(), "params is nil") {
		t.Errorf("no store: %v", err)
	}
	if _, err := Build(BlockFunc(identity), NewParams(0, WithDtype(tensor.Int)), InferenceConfig(1, 2)); err == nil || !strings.Contains(err.Error(), "int, want float32 or float64") {
		t.Errorf("a store of integers: %v", err)
	}
}

// A store that is only declared works as NewParams(0) does.
func TestZeroParams(t *testing.T) {
	zero, made := &Params{}, NewParams(0)
	for _, p := range []*Params{zero, made} {
		mustBuild(t, small{4}, p, InferenceConfig(1, 2, 5, 5))
	}
	a, b := zero.Get("conv1.weight").Value, made.Get("conv1.weight").Value
	if a.Dtype() != tensor.Float32 || a.Float32s()[3] != b.Float32s()[3] {
		t.Errorf("the zero store begins with %v, NewParams(0) with %v", a.Float32s()[3], b.Float32s()[3])
	}
	if zero.Steps() != 0 || zero.Get("none") != nil {
		t.Error("the zero store has something")
	}
}

// A block may try one thing and then another.
func TestFailedLayerIsForgotten(t *testing.T) {
	net := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		if _, err := s.Build("first", within("in", BlockFunc(nothing)), x); err == nil {
			t.Error("a block without an output is no error")
		}
		return s.Build("second", conv{3}, x)
	})
	p := mustBuild(t, net, NewParams(1), InferenceConfig(1, 2, 5, 5))
	if l := p.Layers(); len(l) != 1 || l[0].Path != "second" || !l[0].Leaf {
		t.Errorf("layers are %+v, want second alone", l)
	}
}

// A failed build takes back its own parameters and no others.
func TestFailedBuildKeepsOlderParameters(t *testing.T) {
	params := NewParams(1)
	mustBuild(t, small{4}, params, InferenceConfig(1, 2, 5, 5))
	before := params.All()
	fails := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := s.Build("conv1", conv{3}, x)
		if err == nil {
			_, err = s.Build("new", conv{3}, y)
		}
		if err != nil {
			return nil, err
		}
		return nil, errors.New("no luck")
	})
	if _, err := Build(fails, params, InferenceConfig(1, 2, 5, 5)); err == nil || err.Error() != "no luck" {
		t.Fatalf("error %v, want no luck", err)
	}
	after := params.All()
	if len(after) != len(before) || params.Get("new.weight") != nil || params.Get("conv1.weight") == nil {
		t.Errorf("%d tensors after a failed build, want %d", len(after), len(before))
	}
}
