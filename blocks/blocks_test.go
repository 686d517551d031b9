package blocks_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// build builds a block for float64 inputs of that shape.
func build(t testing.TB, b blocks.Block, p *graph.Params, cfg graph.Config) *graph.Program {
	t.Helper()
	prog, err := graph.Build(b, p, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { prog.Close() })
	return prog
}

// images is a batch of pseudo-random numbers in [-1, 1).
func images(shape ...int) []float32 {
	r := rand.New(rand.NewPCG(7, uint64(len(shape))))
	x := make([]float32, tensor.Shape(shape).TotalSize())
	for i := range x {
		x[i] = 2*r.Float32() - 1
	}
	return x
}

// shake moves every tensor away from its start, so that no norm is trivial.
func shake(p *graph.Params) {
	r := rand.New(rand.NewPCG(11, 3))
	for _, q := range p.All() {
		data := q.Value.Float64s()
		for i := range data {
			switch {
			case strings.HasSuffix(q.Name, "running_var"):
				data[i] = 0.5 + r.Float64()
			case strings.HasSuffix(q.Name, "weight") && q.Value.Dims() == 1:
				data[i] = 0.5 + r.Float64()
			case q.Value.Dims() == 1:
				data[i] = 0.4*r.Float64() - 0.2
			}
		}
	}
}

// classifier makes any block one that a loss can follow.
func classifier(b blocks.Block) blocks.Sequence {
	return blocks.Sequence{blocks.As("block", b), blocks.As("head", blocks.Linear{Out: 3})}
}

func labels(n int) []int {
	l := make([]int, n)
	for i := range l {
		l[i] = (7*i + 3) % 3
	}
	return l
}

// variables writes the parameters' and buffers' names with their shapes.
func variables(p *graph.Params) string {
	var b strings.Builder
	for _, q := range p.All() {
		b.WriteString(q.Name)
		for i, d := range q.Value.Shape() {
			b.WriteString([]string{" ", "x"}[min(i, 1)])
			b.WriteString(itoa(d))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// one is a block that is checked for everything that all blocks have in common.
type one struct {
	name  string
	block blocks.Block
	in    []int // (N, C, H, W)
	out   []int
	// vars lists the variables, "name shape" each, in the order of building;
	// statistics of norms are left out.
	vars  []string
	print string
}

// checkAll runs the checks that every block must pass: shape and names, what it
// prints, fused against unfused in both modes, one store for both modes, and
// the gradient of every parameter by finite differences.
func checkAll(t *testing.T, list []one) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkShape(t, c)
			checkFusion(t, c)
			checkGradient(t, c)
		})
	}
}

func checkShape(t *testing.T, c one) {
	t.Helper()
	p := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	prog := build(t, c.block, p, graph.InferenceConfig(c.in...))
	y, err := prog.Run(t.Context(), images(c.in...))
	if err != nil {
		t.Fatal(err)
	}
	if got := y.Shape(); !got.Eq(tensor.Shape(c.out)) {
		t.Errorf("output has shape %v, want %v", got, c.out)
	}
	var got []string
	for _, v := range strings.Split(strings.TrimSpace(variables(p)), "\n") {
		if v != "" && !strings.Contains(v, "running_") {
			got = append(got, v)
		}
	}
	if g, w := strings.Join(got, "\n"), strings.Join(c.vars, "\n"); g != w {
		t.Errorf("variables:\n%s\nwant:\n%s", g, w)
	}
	if s, ok := c.block.(interface{ String() string }); !ok || s.String() != c.print {
		t.Errorf("prints as %q, want %q", s, c.print)
	}
}

func checkFusion(t *testing.T, c one) {
	t.Helper()
	net, x := classifier(c.block), images(c.in...)
	p := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	cfg := graph.InferenceConfig(c.in...)
	fused := build(t, net, p, cfg)
	shake(p)
	n := len(p.All())
	cfg.NoFusion = true
	same(t, "inference, fused against unfused", values(t, fused, x), values(t, build(t, net, p, cfg), x))

	before := snapshot(p)
	cfg = graph.TrainingConfig(c.in...)
	cfg.NoDropout = true
	got := values(t, build(t, net, p, cfg), x)
	stats := snapshot(p)
	restore(p, before)
	cfg.NoFusion = true
	same(t, "training, fused against unfused", got, values(t, build(t, net, p, cfg), x))
	same(t, "running statistics, fused against unfused", stats, snapshot(p))
	if got := len(p.All()); got != n {
		t.Errorf("training adds variables: %d, inference has %d", got, n)
	}
}

// values are a program's logits, and in training its loss and gradients too.
func values(t *testing.T, prog *graph.Program, x []float32) [][]float64 {
	t.Helper()
	if !prog.Config().Training {
		y, err := prog.Run(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		return [][]float64{clone(y.Float64s())}
	}
	loss, err := prog.Step(t.Context(), x, graph.Labels(labels(prog.BatchSize())))
	if err != nil {
		t.Fatal(err)
	}
	grads, err := prog.Gradients()
	if err != nil {
		t.Fatal(err)
	}
	out := [][]float64{{loss}}
	for _, g := range grads {
		out = append(out, clone(g.Grad.Float64s()))
	}
	return out
}

func snapshot(p *graph.Params) (out [][]float64) {
	for _, q := range p.All() {
		out = append(out, clone(q.Value.Float64s()))
	}
	return out
}

func restore(p *graph.Params, from [][]float64) {
	for i, q := range p.All() {
		copy(q.Value.Float64s(), from[i])
	}
}

func clone(x []float64) []float64 { return append([]float64(nil), x...) }

func same(t *testing.T, what string, got, want [][]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d tensors, want %d", what, len(got), len(want))
	}
	for i := range got {
		scale := 1e-3
		for _, w := range want[i] {
			scale = math.Max(scale, math.Abs(w))
		}
		for j := range got[i] {
			if d := math.Abs(got[i][j] - want[i][j]); !(d <= 1e-10*scale) {
				t.Errorf("%s: tensor %d at %d: %v, want %v", what, i, j, got[i][j], want[i][j])
				return
			}
		}
	}
}

// checkGradient compares some elements of every parameter's gradient with
// central differences of the loss.
func checkGradient(t *testing.T, c one) {
	t.Helper()
	p := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	cfg := graph.TrainingConfig(c.in...)
	cfg.NoDropout = true
	prog := build(t, classifier(c.block), p, cfg)
	shake(p)
	x, l := images(c.in...), labels(c.in[0])
	loss := func() float64 {
		v, err := prog.Step(t.Context(), x, graph.Labels(l))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	loss()
	grads, err := prog.Gradients()
	if err != nil {
		t.Fatal(err)
	}
	var largest float64
	want := make([][]float64, len(grads))
	for i, g := range grads {
		want[i] = clone(g.Grad.Float64s())
		for _, v := range want[i] {
			largest = math.Max(largest, math.Abs(v))
		}
	}
	const h = 1e-6
	for i, g := range grads {
		w := g.Param.Float64s()
		for _, j := range []int{0, len(w) / 3, len(w) - 1} {
			old := w[j]
			w[j] = old + h
			above := loss()
			w[j] = old - h
			below := loss()
			w[j] = old
			diff := (above - below) / (2 * h)
			if d := math.Abs(diff - want[i][j]); !(d <= 1e-6*math.Max(largest, 1e-2)) {
				t.Errorf("gradient of %s at %d is %.9g, finite differences say %.9g", g.Name, j, want[i][j], diff)
			}
		}
	}
}

// refuse builds a block that cannot be built and checks the error.
func refuse(t *testing.T, b blocks.Block, in []int, want string) {
	t.Helper()
	_, err := graph.Build(b, graph.NewParams(1), graph.InferenceConfig(in...))
	if err == nil {
		t.Errorf("%v builds on %v, want the error %q", b, in, want)
		return
	}
	if err.Error() != want {
		t.Errorf("error is\n%q, want\n%q", err, want)
	}
}

// fails is a block that fails, to see where errors are placed.
var fails = graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return blocks.Linear{}.Build(s, x)
})
