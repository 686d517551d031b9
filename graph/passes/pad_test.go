package passes_test

import (
	"testing"

	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

func TestPad(t *testing.T) {
	n := newNet(t)
	x := n.variable("x", 2, 4, 8, 9)
	relu := n.must(ops.Activate(x, ops.ReLU))
	w := n.variable("w", 4, 4, 3, 3)
	zeros := func(x *gorgonia.Node, before, after int) *gorgonia.Node {
		return n.must(ops.ZeroPad2D(x, [2]int{before, before}, [2]int{after, after}))
	}
	conv := func(x *gorgonia.Node, stride, padding int) *gorgonia.Node {
		return n.must(ops.Conv2D(x, w, nil, ops.Conv2DConfig{Stride: [2]int{stride, stride}, Padding: [2]int{padding, padding}}))
	}
	average := func(x *gorgonia.Node, cfg ops.AvgPool2DConfig) *gorgonia.Node {
		cfg.Kernel, cfg.Stride = [2]int{3, 3}, [2]int{2, 2}
		return n.must(ops.AvgPool2D(x, cfg))
	}
	most := func(x *gorgonia.Node) *gorgonia.Node {
		return n.must(ops.MaxPool2D(x, ops.MaxPool2DConfig{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}}))
	}
	for _, c := range []struct {
		name     string
		training bool
		y        *gorgonia.Node
		want     string
	}{
		{"convolution", false, conv(zeros(x, 1, 1), 1, 0), "conv2d"},
		{"training", true, conv(zeros(x, 1, 1), 1, 0), "conv2d"},
		{"more of it", false, conv(zeros(x, 2, 2), 2, 1), "conv2d"},
		{"twice", false, conv(zeros(zeros(x, 1, 0), 1, 2), 1, 0), "conv2d"},
		{"one side", false, conv(zeros(x, 0, 1), 1, 0), "zero_pad2d conv2d"},
		{"of nothing", false, conv(zeros(x, 0, 0), 1, 0), "conv2d"},
		{"average", false, average(zeros(x, 1, 1), ops.AvgPool2DConfig{}), "avg_pool2d"},
		{"average that counts elements", false, average(zeros(x, 1, 1), ops.AvgPool2DConfig{ExcludePad: true}), "zero_pad2d avg_pool2d"},
		{"average that rounds up", false, average(zeros(x, 1, 1), ops.AvgPool2DConfig{CeilMode: true}), "zero_pad2d avg_pool2d"},
		{"wider than half the window", false, average(zeros(x, 2, 2), ops.AvgPool2DConfig{}), "zero_pad2d avg_pool2d"},
		{"maximum", false, most(zeros(x, 1, 1)), "zero_pad2d max_pool2d"},
		{"maximum of no negatives", false, most(zeros(relu, 1, 1)), "relu max_pool2d"},
		{"maximum of maxima of no negatives", false, most(zeros(most(relu), 1, 1)), "relu max_pool2d max_pool2d"},
		{"maximum in training", true, most(zeros(relu, 1, 1)), "relu zero_pad2d max_pool2d"},
		{"read by another", false, n.must(ops.Activate(zeros(x, 1, 1), ops.ReLU)), "zero_pad2d relu"},
	} {
		set := passes.Settings{PlanesOnly: true, Training: c.training}
		r := n.rewrite(set, c.y)
		if got := computed(r.Roots...); got != c.want {
			t.Errorf("%s: computes %s, want %s", c.name, got, c.want)
		}
		if !r.Roots[0].Shape().Eq(c.y.Shape()) {
			t.Errorf("%s: the result has shape %v, want %v", c.name, r.Roots[0].Shape(), c.y.Shape())
		}
		set.Off = []string{"pad", "simplify"}
		if got, want := computed(n.rewrite(set, c.y).Roots...), computed(c.y); got != want {
			t.Errorf("%s: without the pass it computes %s, want %s", c.name, got, want)
		}
	}
}

// Zeros on one side fold where the last window ends in the same place.
func TestPadOfOneSide(t *testing.T) {
	n := newNet(t)
	zeros := n.must(ops.ZeroPad2D(n.variable("x", 1, 3, 8, 8), [2]int{1, 1}, [2]int{0, 0}))
	y := n.must(ops.Conv2D(zeros, n.variable("w", 4, 3, 3, 3), nil, ops.Conv2DConfig{Stride: [2]int{2, 2}}))
	r := n.rewrite(passes.Settings{PlanesOnly: true}, y)
	if got, want := computed(r.Roots...), "conv2d"; got != want {
		t.Fatalf("computes %s, want %s", got, want)
	}
	if cfg := ops.Configuration(r.Roots[0]).(ops.Conv2DConfig); cfg.Padding != [2]int{1, 1} {
		t.Errorf("the convolution is %v", op.Of(r.Roots[0]))
	}
}
