package passes_test

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// net makes nodes of one graph and fails the test where one can't be made.
type net struct {
	*testing.T
	g *gorgonia.ExprGraph
}

func newNet(t *testing.T) net { return net{t, gorgonia.NewGraph()} }

func (n net) variable(name string, shape ...int) *gorgonia.Node {
	return gorgonia.NewTensor(n.g, tensor.Float32, len(shape), gorgonia.WithShape(shape...), gorgonia.WithName(name))
}

func (n net) must(y *gorgonia.Node, err error) *gorgonia.Node {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
	return y
}

func (n net) norm(x *gorgonia.Node) ops.BatchNormNodes {
	c := x.Shape()[1]
	name := x.Name()
	return ops.BatchNormNodes{Weight: n.variable(name+".w", c), Bias: n.variable(name+".b", c), Mean: n.variable(name+".m", c), Variance: n.variable(name+".v", c)}
}

// computed names the operations below the roots, sorted as the tape would see them.
func computed(roots ...*gorgonia.Node) string {
	var names []string
	for _, n := range op.Topological(roots...) {
		if o := op.Of(n); o != nil {
			names = append(names, o.Operation().Name())
		}
	}
	return strings.Join(names, " ")
}

func TestPasses(t *testing.T) {
	const bare = "conv2d batch_norm relu add relu"
	for _, c := range []struct {
		name string
		set  passes.Settings
		want string
	}{
		{"inference", passes.Settings{PlanesOnly: true}, "batch_norm_fold_scale batch_norm_fold_weight batch_norm_fold_bias conv2d add_act"},
		{"training", passes.Settings{Training: true, PlanesOnly: true}, "conv2d batch_norm add_act"},
		{"without fold", passes.Settings{PlanesOnly: true, Off: []string{"fold"}}, "conv2d batch_norm add_act"},
		{"without fuse", passes.Settings{PlanesOnly: true, Off: []string{"fuse"}}, "batch_norm_fold_scale batch_norm_fold_weight batch_norm_fold_bias conv2d relu add relu"},
		{"without any", passes.Settings{Off: names()}, bare},
	} {
		n := newNet(t)
		x := n.variable("x", 2, 3, 8, 8)
		y := n.must(ops.Conv2D(x, n.variable("w", 3, 3, 3, 3), nil, ops.Conv2DConfig{Padding: [2]int{1, 1}}))
		y = n.must(ops.BatchNormInference(y, n.norm(y), ops.BatchNormConfig{}))
		y = n.must(ops.Activate(y, ops.ReLU))
		y = n.must(ops.Add(y, x))
		y = n.must(ops.Activate(y, ops.ReLU))
		if got := computed(y); got != bare {
			t.Fatalf("made %s, want %s", got, bare)
		}
		r, err := passes.Rewrite(gorgonia.Nodes{y}, c.set)
		if err != nil {
			t.Fatal(err)
		}
		if got := computed(r.Roots...); got != c.want {
			t.Errorf("%s: computes %s, want %s", c.name, got, c.want)
		}
		for _, m := range op.Topological(r.Roots...) {
			if from := r.Origin[m]; from != nil && r.Origin[from] != nil {
				t.Errorf("%s: %v was made for a node that a pass made", c.name, m)
			}
		}
	}
}

func names() []string {
	var out []string
	for _, p := range passes.All() {
		out = append(out, p.Name)
	}
	return out
}

// A value that somebody else reads stays.
func TestPassesKeepWhatIsRead(t *testing.T) {
	n := newNet(t)
	x := n.variable("x", 2, 3, 8, 8)
	y := n.must(ops.Conv2D(x, n.variable("w", 3, 3, 1, 1), nil, ops.Conv2DConfig{}))
	z := n.must(ops.Activate(y, ops.ReLU))
	sum := n.must(ops.Add(z, y))
	r, err := passes.Rewrite(gorgonia.Nodes{sum}, passes.Settings{PlanesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := computed(r.Roots...), "conv2d relu add"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
	// As a root.
	w := n.must(ops.Conv2D(x, n.variable("w2", 3, 3, 1, 1), nil, ops.Conv2DConfig{}))
	r, err = passes.Rewrite(gorgonia.Nodes{n.must(ops.Activate(w, ops.ReLU)), w}, passes.Settings{PlanesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := computed(r.Roots...), "conv2d relu"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
}

// A convolution can't take a sum with what is computed from it.
func TestFuseMakesNoCircle(t *testing.T) {
	n := newNet(t)
	x := n.variable("x", 2, 3, 8, 8)
	y := n.must(ops.Conv2D(x, n.variable("w", 3, 3, 1, 1), nil, ops.Conv2DConfig{}))
	z := n.must(ops.Scale(y, 2))
	r, err := passes.Rewrite(gorgonia.Nodes{n.must(ops.Add(y, z))}, passes.Settings{PlanesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := computed(r.Roots...), "conv2d scale add"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
}

func TestSimplify(t *testing.T) {
	n := newNet(t)
	x := n.variable("x", 2, 3, 4, 4)
	y := n.must(ops.Reshape(x, 2, 48))
	y = n.must(ops.Reshape(y, 2, 3, 16))
	y = n.must(ops.Reshape(y, 2, 3, 4, 4)) // x again
	y = n.must(ops.SliceChannels(y, 0, 3))
	y = n.must(ops.Scale(y, 0.5))
	y = n.must(ops.Scale(y, 4))
	y = n.must(ops.Flatten(y))
	r, err := passes.Rewrite(gorgonia.Nodes{y}, passes.Settings{Training: true, PlanesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := computed(r.Roots...), "scale flatten"; got != want {
		t.Errorf("computes %s, want %s", got, want)
	}
	if got, want := op.Of(op.Inputs(r.Roots[0])[0]).String(), "scale{factor=2}"; got != want {
		t.Errorf("the factor is %s, want %s", got, want)
	}
}

// A factor moves into the weights, after a batch norm too.
func TestFoldFactors(t *testing.T) {
	n := newNet(t)
	x := n.variable("x", 2, 3, 8, 8)
	y := n.must(ops.Conv2D(x, n.variable("w", 3, 3, 3, 3), n.variable("b", 3), ops.Conv2DConfig{}))
	y = n.must(ops.Scale(y, 0.25))
	y = n.must(ops.BatchNormInference(y, n.norm(y), ops.BatchNormConfig{}))
	r, err := passes.Rewrite(gorgonia.Nodes{y}, passes.Settings{PlanesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(computed(r.Roots...))
	if got[len(got)-1] != "conv2d" || strings.Count(strings.Join(got, " "), "scale") != 3 { // of weight, bias, and the norm's
		t.Errorf("computes %v", got)
	}
}

func TestUnknownPass(t *testing.T) {
	_, err := passes.Rewrite(nil, passes.Settings{Off: []string{"fold", "fsue"}})
	if err == nil || !strings.Contains(err.Error(), `"fsue"`) || !strings.Contains(err.Error(), "fuse") {
		t.Errorf("got %v, want an error that names fsue and the passes", err)
	}
}
