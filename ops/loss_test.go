package ops

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

// reference is a loss of rows x against targets t, written as its formula.
type reference struct {
	name  string
	build optest.Build
	value func(x, t [][]float64) float64
}

func logSoftmaxOf(row []float64) []float64 {
	sum := 0.0
	for _, v := range row {
		sum += math.Exp(v)
	}
	y := make([]float64, len(row))
	for i, v := range row {
		y[i] = v - math.Log(sum)
	}
	return y
}

func meanOf(f func(x, t float64, class int) float64) func(x, t [][]float64) float64 {
	return func(x, t [][]float64) float64 {
		sum, n := 0.0, 0
		for r := range x {
			for c := range x[r] {
				sum += f(x[r][c], t[r][c], c)
				n++
			}
		}
		return sum / float64(n)
	}
}

func references(cfg CrossEntropyConfig, positive []float64, delta float64) []reference {
	weight := func(w []float64, c int) float64 {
		if w == nil {
			return 1
		}
		return w[c%len(w)]
	}
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	return []reference{
		{"soft_cross_entropy", func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return SoftCrossEntropy(in[0], in[1], cfg) },
			func(x, t [][]float64) float64 {
				sum := 0.0
				for r := range x {
					for c, l := range logSoftmaxOf(x[r]) {
						q := (1-cfg.Smoothing)*t[r][c] + cfg.Smoothing/float64(len(x[r]))
						sum -= weight(cfg.ClassWeights, c) * q * l
					}
				}
				return sum / float64(len(x))
			}},
		{"binary_cross_entropy", func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return BinaryCrossEntropy(in[0], in[1], BinaryCrossEntropyConfig{positive})
		}, meanOf(func(x, t float64, c int) float64 {
			return -weight(positive, c)*t*math.Log(logistic(x)) - (1-t)*math.Log(1-logistic(x))
		})},
		{"mean_squared", func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return MeanSquared(in[0], in[1]) },
			meanOf(func(x, t float64, _ int) float64 { return (x - t) * (x - t) })},
		{"mean_absolute", func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return MeanAbsolute(in[0], in[1]) },
			meanOf(func(x, t float64, _ int) float64 { return math.Abs(x - t) })},
		{"huber", func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return Huber(in[0], in[1], HuberConfig{delta}) },
			meanOf(func(x, t float64, _ int) float64 {
				if d := math.Abs(x - t); d > delta {
					return delta * (d - delta/2)
				}
				return (x - t) * (x - t) / 2
			})},
	}
}

// TestLossesFollowTheirFormulas compares values with the formulas of the doc
// comments, at random shapes, settings and numbers.
func TestLossesFollowTheirFormulas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, classes := rapid.IntRange(1, 5).Draw(t, "n"), rapid.IntRange(1, 6).Draw(t, "classes")
		numbers := func(lo, hi float64, name string, n int) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(lo, hi), n, n).Draw(t, name)
		}
		x, target := numbers(-8, 8, "x", n*classes), numbers(0, 1, "target", n*classes)
		labels := rapid.SliceOfN(rapid.IntRange(0, classes-1), n, n).Draw(t, "labels")
		cfg := CrossEntropyConfig{Smoothing: rapid.SampledFrom([]float64{0, 0.1, 0.7, 1}).Draw(t, "smoothing")}
		var positive []float64
		if rapid.Bool().Draw(t, "weighted") {
			cfg.ClassWeights = numbers(0.1, 3, "weights", classes)
			positive = numbers(0.1, 3, "positive", rapid.SampledFrom([]int{1, classes}).Draw(t, "positives"))
		}
		delta := rapid.Float64Range(0.1, 3).Draw(t, "delta")
		checkLosses[float64](t, n, classes, x, target, labels, cfg, positive, delta, 1e-12)
		checkLosses[float32](t, n, classes, x, target, labels, cfg, positive, delta, 1e-4)
	})
}

func checkLosses[T kernel.Float](t *rapid.T, n, classes int, x, target []float64, labels []int, cfg CrossEntropyConfig, positive []float64, delta, tolerance float64) {
	rows := func(v []float64) [][]float64 {
		var all [][]float64
		for i := range n {
			row := make([]float64, classes)
			for c := range row {
				row[c] = float64(T(v[i*classes+c]))
			}
			all = append(all, row)
		}
		return all
	}
	compare := func(name string, build optest.Build, want float64, target optest.Input) {
		r, err := optest.Forward[T](build, optest.Data("x", x, n, classes), target)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Y) != 1 || r.Shape.Dims() != 0 {
			t.Fatalf("%s: result has shape %v, want a scalar", name, r.Shape)
		}
		if got := float64(r.Y[0]); !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
			t.Fatalf("%s: loss is %v, want %v", name, got, want)
		}
	}
	for _, l := range references(cfg, positive, delta) {
		compare(l.name, l.build, l.value(rows(x), rows(target)), optest.Data("target", target, n, classes))
	}
	// PyTorch's mean: what the labels weigh, not their number.
	sum, total := 0.0, 0.0
	for r, row := range rows(x) {
		w := func(c int) float64 {
			if cfg.ClassWeights == nil {
				return 1
			}
			return cfg.ClassWeights[c]
		}
		for c, l := range logSoftmaxOf(row) {
			q := cfg.Smoothing / float64(classes)
			if c == labels[r] {
				q += 1 - cfg.Smoothing
			}
			sum -= w(c) * q * l
		}
		total += w(labels[r])
	}
	compare("cross_entropy", func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return CrossEntropy(in[0], in[1], cfg) },
		sum/total, optest.Labels("labels", labels...))
}

// TestLossesFarFromZero: no loss and no gradient overflows, and a share of 0 in
// an impossible class costs nothing.
func TestLossesFarFromZero(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		build     optest.Build
		x, target []float64
		want      string
	}{
		{references(CrossEntropyConfig{}, nil, 1)[0].build, []float64{1e4, -1e4}, []float64{0, 1}, "[20000] [1 -1]"},
		{references(CrossEntropyConfig{}, nil, 1)[0].build, []float64{0, -inf}, []float64{1, 0}, "[0] [0 0]"},
		{references(CrossEntropyConfig{}, nil, 1)[1].build, []float64{1e4, -1e4}, []float64{0, 1}, "[10000] [0.5 -0.5]"},
		{references(CrossEntropyConfig{}, nil, 1)[1].build, []float64{1e4, -inf}, []float64{1, 0}, "[0] [0 0]"},
		{references(CrossEntropyConfig{}, nil, 1)[4].build, []float64{1e18, -inf}, []float64{0, 0}, "[+Inf] [0.5 -0.5]"},
		{references(CrossEntropyConfig{}, nil, 1)[3].build, []float64{2, 2}, []float64{2, math.NaN()}, "[NaN] [0 NaN]"},
	} {
		r, err := optest.Run[float32](c.build, []float64{1}, optest.Data("x", c.x, 1, 2), optest.Fixed(optest.Data("t", c.target, 1, 2)))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.Y, r.Grads[0]); got != c.want {
			t.Errorf("%v against %v: loss and gradient are %s, want %s", c.x, c.target, got, c.want)
		}
	}
}

// TestClassWeightsOfZero: a batch whose labels all weigh 0 has nothing to learn.
func TestClassWeightsOfZero(t *testing.T) {
	r, err := optest.Run[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
		return CrossEntropy(in[0], in[1], CrossEntropyConfig{Smoothing: 0.1, ClassWeights: []float64{0, 1}})
	}, []float64{1}, optest.X("x", 2, 2), optest.Labels("labels", 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Y, r.Grads[0]); got != "[0] [0 0 0 0]" {
		t.Errorf("loss and gradient are %s", got)
	}
}

// TestLossesOfManyElements: the sum does not depend on the number of threads.
func TestLossesOfManyElements(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	x, target := optest.X("x", 100, 700), optest.Positive("t", 100, 700)
	for i, l := range references(CrossEntropyConfig{Smoothing: 0.1}, []float64{2}, 0.5) {
		var first string
		for _, threads := range []int{1, 2, 3, 7} {
			runtime.GOMAXPROCS(threads)
			r, err := optest.Run[float32](l.build, []float64{1}, x, optest.Fixed(target))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(r.Y, r.Grads[0])
			if first == "" {
				first = got
			}
			if got != first {
				t.Errorf("loss %d: another result on %d threads", i, threads)
			}
		}
	}
}

func TestLossesRefuse(t *testing.T) {
	g := gorgonia.NewGraph()
	n := func(name string, shape ...int) *gorgonia.Node {
		return optest.Node[float32](g, optest.X(name, shape...))
	}
	labels := optest.Node[float32](g, optest.Labels("labels", 0, 1))
	x, y, other, v := n("x", 2, 3), n("y", 2, 3), n("other", 3, 2), n("v", 3)
	double := optest.Node[float64](g, optest.X("double", 2, 3))
	soft := func(a, b *gorgonia.Node, cfg CrossEntropyConfig) error {
		_, err := SoftCrossEntropy(a, b, cfg)
		return err
	}
	hard := func(cfg CrossEntropyConfig) error {
		_, err := CrossEntropy(x, labels, cfg)
		return err
	}
	binary := func(a, b *gorgonia.Node, w ...float64) error {
		_, err := BinaryCrossEntropy(a, b, BinaryCrossEntropyConfig{w})
		return err
	}
	pair := func(f func(a, b *gorgonia.Node) (*gorgonia.Node, error), a, b *gorgonia.Node) error {
		_, err := f(a, b)
		return err
	}
	huber := func(delta float64) error {
		_, err := Huber(x, y, HuberConfig{delta})
		return err
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{soft(x, other, CrossEntropyConfig{}), "soft_cross_entropy: probabilities has shape (3, 2), want (2, 3)"},
		{soft(v, v, CrossEntropyConfig{}), "soft_cross_entropy: logits has shape (3), want (N, classes)"},
		{soft(x, labels, CrossEntropyConfig{}), "soft_cross_entropy: input 1 (labels) is int"},
		{soft(x, double, CrossEntropyConfig{}), "soft_cross_entropy: input 1 (double) is float64, want float32"},
		{soft(x, nil, CrossEntropyConfig{}), "soft_cross_entropy: input 1 is nil"},
		{soft(x, y, CrossEntropyConfig{Smoothing: math.NaN()}), "soft_cross_entropy: smoothing = NaN, want 0 to 1"},
		{hard(CrossEntropyConfig{ClassWeights: []float64{1, 2}}), "cross_entropy: 2 class weights, want 3, one a class"},
		{hard(CrossEntropyConfig{ClassWeights: []float64{1, -1, 2}}), "cross_entropy: class weights[1] = -1, want a finite number of at least 0"},
		{hard(CrossEntropyConfig{ClassWeights: []float64{1, math.Inf(1), 2}}), "cross_entropy: class weights[1] = +Inf"},
		{hard(CrossEntropyConfig{ClassWeights: make([]float64, 3)}), "cross_entropy: all class weights are 0"},
		{binary(x, other), "binary_cross_entropy: target has shape (3, 2), want (2, 3)"},
		{binary(x, y, 1, 2), "binary_cross_entropy: 2 positive weights, want 3, one a class"},
		{binary(x, y, math.NaN()), "binary_cross_entropy: positive weights[0] = NaN"},
		{binary(v, v, 1, 2, 3), "binary_cross_entropy: logits have shape (3), want (N, classes, ...) for 3 positive weights"},
		{binary(nil, y, 1), "binary_cross_entropy: input 0 is nil"},
		{pair(MeanSquared, x, other), "mean_squared: target has shape (3, 2), want (2, 3)"},
		{pair(InnerProduct, x, other), "inner_product: weights has shape (3, 2), want (2, 3)"},
		{pair(MeanAbsolute, x, labels), "mean_absolute: input 1 (labels) is int"},
		{pair(MeanAbsolute, x, v), "mean_absolute: target has shape (3), want (2, 3)"},
		{huber(-1), "huber: Delta = -1, want a finite number above 0"},
		{huber(math.NaN()), "huber: Delta = NaN"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), c.want) {
			t.Errorf("error is %v, want %s", c.err, c.want)
		}
	}
}

// TestTargetsAreConstants: a loss has no derivative in its target.
func TestTargetsAreConstants(t *testing.T) {
	for _, l := range references(CrossEntropyConfig{}, nil, 1) {
		g := gorgonia.NewGraph()
		x, target := optest.Node[float64](g, optest.X("x", 2, 3)), optest.Node[float64](g, optest.Positive("t", 2, 3))
		loss, err := l.build(x, target)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gorgonia.Grad(loss, target); err == nil {
			t.Errorf("%s: its target has a gradient", l.name)
		}
	}
}
