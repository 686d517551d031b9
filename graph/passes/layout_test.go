package passes_test

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/internal/channelslast"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func needsVectors(t *testing.T) {
	t.Helper()
	if kernel.ISA() == "generic" {
		t.Skip("plain Go has no kernels for channels last")
	}
}

// short is computed without the package's prefix and what prepares weights.
func short(roots ...*gorgonia.Node) string {
	var out []string
	for _, name := range strings.Fields(computed(roots...)) {
		if name = strings.TrimPrefix(name, "channels_last_"); name != "prepare" {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

func (n net) conv(x *gorgonia.Node, out, size int) *gorgonia.Node {
	n.Helper()
	w := n.variable("w of "+x.Name()+string(rune('a'+len(n.g.AllNodes())%26))+strings.Repeat("'", len(n.g.AllNodes())), out, x.Shape()[1], size, size)
	return n.must(ops.Conv2D(x, w, nil, ops.Conv2DConfig{Padding: [2]int{size / 2, size / 2}, Fast: true}))
}

func (n net) rewrite(set passes.Settings, roots ...*gorgonia.Node) *passes.Result {
	n.Helper()
	r, err := passes.Rewrite(roots, set)
	if err != nil {
		n.Fatal(err)
	}
	return r
}

// Conversions stand at the network's borders and around what has no sibling, once
// for each value.
func TestLayoutConvertsAtBorders(t *testing.T) {
	needsVectors(t)
	n := newNet(t)
	x := n.variable("x", 4, 16, 16, 16)
	a := n.conv(x, 16, 3)
	b := n.conv(a, 16, 3)
	sum := n.must(ops.Add(b, a))
	r := n.rewrite(passes.Settings{}, sum)
	if got, want := short(r.Roots...), "from_nchw conv conv to_nchw"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
	// An operation in the middle that has no sibling.
	own := n.must(ops.Softmax(n.must(ops.Flatten(n.conv(x, 16, 1)))))
	y := n.conv(n.must(ops.Reshape(own, 4, 16, 16, 16)), 32, 3)
	r = n.rewrite(passes.Settings{}, n.must(ops.GlobalAvgPool2D(y)))
	if got, want := short(r.Roots...), "from_nchw conv to_nchw flatten softmax reshape from_nchw conv global_avg_pool"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
	if s := r.Roots[0].Shape(); !s.Eq(tensor.Shape{4, 32}) {
		t.Errorf("the result has shape %v", s)
	}
}

// Where there is no convolution nothing is converted.
func TestLayoutLeavesWhatGainsNothing(t *testing.T) {
	needsVectors(t)
	n := newNet(t)
	x := n.variable("x", 2, 32, 32, 32)
	y := n.must(ops.MaxPool2D(n.must(ops.Activate(x, ops.SiLU)), ops.MaxPool2DConfig{Kernel: [2]int{2, 2}}))
	r := n.rewrite(passes.Settings{}, y)
	if got, want := short(r.Roots...), "silu max_pool2d"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
}

// Operands of a concatenation have its pixel stride, nested ones the outermost's,
// so that each can be computed in its place.
func TestLayoutOfConcatenations(t *testing.T) {
	needsVectors(t)
	n := newNet(t)
	x := n.variable("x", 2, 16, 8, 8)
	a := n.conv(x, 16, 3)
	b := n.conv(a, 24, 3)
	inner := n.must(ops.Concat(a, b))
	c := n.conv(inner, 8, 1)
	outer := n.must(ops.Concat(inner, c))
	r := n.rewrite(passes.Settings{}, n.must(ops.GlobalAvgPool2D(outer)))
	want := kernel.PixelStride(16 + 24 + 8)
	seen := 0
	for _, m := range op.Topological(r.Roots...) {
		image, ok := channelslast.Of(m)
		if !ok || op.Of(m).Operation().Name() == "channels_last_from_nchw" {
			continue
		}
		seen++
		if image.Stride() != want {
			t.Errorf("%v of %d channels has pixels %d floats apart, want %d", op.Of(m).Operation().Name(), image.C, image.Stride(), want)
		}
	}
	if seen != 5 {
		t.Errorf("%d images, want 5", seen)
	}
}

// What follows from constants alone is computed apart, each once.
func TestPrepareTakesConstantsOut(t *testing.T) {
	n := newNet(t)
	x, w := n.variable("x", 2, 4, 8, 8), n.variable("w", 4, 4, 3, 3)
	y := n.must(ops.Conv2D(x, w, nil, ops.Conv2DConfig{Padding: [2]int{1, 1}}))
	norm := n.norm(y)
	y = n.must(ops.BatchNormInference(y, norm, ops.BatchNormConfig{}))
	set := passes.Settings{PlanesOnly: true, Constants: map[*gorgonia.Node]bool{w: true}}
	for _, v := range []*gorgonia.Node{norm.Weight, norm.Bias, norm.Mean, norm.Variance} {
		set.Constants[v] = true
	}
	r := n.rewrite(set, y)
	if got, want := computed(r.Roots...), "conv2d"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
	if len(r.Prepared) != 2 {
		t.Fatalf("%d values are prepared, want weight and bias", len(r.Prepared))
	}
	if r.Prepared[0].Key == r.Prepared[1].Key || r.Prepared[0].Variable.Op() != nil {
		t.Errorf("prepared: %+v", r.Prepared)
	}
	// One that is no constant.
	delete(set.Constants, norm.Mean)
	r = n.rewrite(set, y)
	if got, want := computed(r.Roots...), "batch_norm_fold_bias conv2d"; got != want {
		t.Errorf("where the mean is no constant a run computes %s, want %s", got, want)
	}
}
