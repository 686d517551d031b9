package passes_test

import (
	"testing"

	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// gated is squeeze-and-excitation of x by linear layers.
func (n net) gated(x *gorgonia.Node, act, gate ops.Act) *gorgonia.Node {
	n.Helper()
	c := x.Shape()[1]
	y := n.must(ops.GlobalAvgPool2D(x))
	y = n.must(ops.Linear(y, n.variable("fc1 "+x.Name(), c/4, c), n.variable("b1 "+x.Name(), c/4), ops.LinearConfig{}))
	y = n.must(ops.Activate(y, act))
	y = n.must(ops.Linear(y, n.variable("fc2 "+x.Name(), c, c/4), nil, ops.LinearConfig{}))
	return n.must(ops.ScaleChannels(x, n.must(ops.Activate(y, gate))))
}

func TestSqueeze(t *testing.T) {
	n := newNet(t)
	x := n.variable("x", 2, 8, 6, 6)
	y := n.gated(x, ops.ReLU, ops.Sigmoid)
	planes := passes.Settings{PlanesOnly: true}
	for _, c := range []struct {
		set  passes.Settings
		want string
	}{
		{planes, "squeeze_excite"},
		{passes.Settings{PlanesOnly: true, Off: []string{"fuse"}}, "squeeze_excite"},
		{passes.Settings{PlanesOnly: true, Off: []string{"squeeze"}}, "global_avg_pool2d linear linear scale_channels"},
		{passes.Settings{PlanesOnly: true, Training: true}, "global_avg_pool2d linear linear scale_channels"},
	} {
		if got := computed(n.rewrite(c.set, y).Roots...); got != c.want {
			t.Errorf("%v computes %s, want %s", c.set.Off, got, c.want)
		}
	}
	// With the sum and the activation after it.
	sum := n.must(ops.Activate(n.must(ops.Add(y, x)), ops.ReLU))
	if got, want := computed(n.rewrite(planes, sum).Roots...), "squeeze_excite"; got != want {
		t.Errorf("with a sum it computes %s, want %s", got, want)
	}
}

// The chain as models have it that were made of convolutions.
func TestSqueezeOfConvolutions(t *testing.T) {
	n := newNet(t)
	x := n.variable("x", 2, 8, 6, 6)
	one := func(mean *gorgonia.Node, name string) *gorgonia.Node {
		y := n.must(ops.Conv2D(mean, n.variable(name+" 1", 2, 8, 1, 1), n.variable(name+" b1", 2), ops.Conv2DConfig{Act: ops.ReLU}))
		y = n.must(ops.Conv2D(y, n.variable(name+" 2", 8, 2, 1, 1), n.variable(name+" b2", 8), ops.Conv2DConfig{}))
		y = n.must(ops.Activate(y, ops.HardSigmoid))
		return n.must(ops.ScaleChannels(x, n.must(ops.Reshape(y, 2, 8))))
	}
	for name, mean := range map[string]*gorgonia.Node{
		"adaptive": n.must(ops.AdaptiveAvgPool2D(x, [2]int{1, 1})),
		"whole":    n.must(ops.AvgPool2D(x, ops.AvgPool2DConfig{Kernel: [2]int{6, 6}})),
		"reshaped": n.must(ops.Reshape(n.must(ops.GlobalAvgPool2D(x)), 2, 8, 1, 1)),
	} {
		if got, want := computed(n.rewrite(passes.Settings{PlanesOnly: true}, one(mean, name)).Roots...), "squeeze_excite"; got != want {
			t.Errorf("%s: computes %s, want %s", name, got, want)
		}
	}
}

// What only looks like the chain stays.
func TestSqueezeLeavesOthers(t *testing.T) {
	n := newNet(t)
	x, other := n.variable("x", 2, 8, 6, 6), n.variable("other", 2, 8, 6, 6)
	set := passes.Settings{PlanesOnly: true}
	linear := func(y *gorgonia.Node, name string) *gorgonia.Node {
		return n.must(ops.Linear(y, n.variable(name, 8, 8), nil, ops.LinearConfig{}))
	}
	mean := n.must(ops.GlobalAvgPool2D(x))
	gate := linear(linear(mean, "a"), "b")
	for _, c := range []struct {
		name  string
		roots []*gorgonia.Node
		want  string
	}{
		{"of other images", []*gorgonia.Node{n.must(ops.ScaleChannels(other, gate))}, "global_avg_pool2d linear linear scale_channels"},
		{"gate read twice", []*gorgonia.Node{n.must(ops.ScaleChannels(x, gate)), gate}, "global_avg_pool2d linear linear scale_channels"},
		{"one layer", []*gorgonia.Node{n.must(ops.ScaleChannels(x, linear(mean, "c")))}, "global_avg_pool2d linear scale_channels"},
		{"images mixed", []*gorgonia.Node{n.must(ops.ScaleChannels(n.variable("one", 1, 16, 6, 6), n.must(ops.Reshape(gate, 1, 16))))}, "global_avg_pool2d linear linear reshape scale_channels"},
	} {
		if got := computed(n.rewrite(set, c.roots...).Roots...); got != c.want {
			t.Errorf("%s: computes %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSqueezeWithChannelsLast(t *testing.T) {
	needsVectors(t)
	n := newNet(t)
	x := n.variable("x", 2, 16, 16, 16)
	y := n.conv(x, 16, 3)
	sum := n.must(ops.Activate(n.must(ops.Add(n.gated(y, ops.ReLU, ops.Sigmoid), x)), ops.ReLU))
	if got, want := short(n.rewrite(passes.Settings{}, n.conv(sum, 8, 1)).Roots...), "from_nchw conv squeeze_excite conv to_nchw"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
}
