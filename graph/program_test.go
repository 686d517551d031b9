package graph

import (
	"math"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// small is a network with a convolution, a skip connection, an auxiliary head
// and a running statistic: one of everything the package handles.
type small struct{ classes int }

func (m small) Build(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := s.Build("conv1", conv{3}, x)
	if err != nil {
		return nil, err
	}
	z, err := s.Build("conv2", conv{3}, y)
	if err != nil {
		return nil, err
	}
	if y, err = ops.Add(y, z); err != nil {
		return nil, err
	}
	aux, err := s.Build("aux", head(m), y)
	if err != nil {
		return nil, err
	}
	s.AuxLoss("aux", aux, 0.3)
	return s.Build("fc", head(m), y)
}

type conv struct{ out int }

func (c conv) Build(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	w, err := s.Param("weight", tensor.Shape{c.out, x.Shape()[1], 3, 3}, HeNormal)
	if err != nil {
		return nil, err
	}
	b, err := s.Param("bias", tensor.Shape{c.out}, Uniform(0.1))
	if err != nil {
		return nil, err
	}
	return ops.Conv2D(x, w, b, ops.Conv2DConfig{Padding: [2]int{1, 1}, Act: ops.ReLU})
}

type head struct{ classes int }

func (h head) Build(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	f, err := ops.Flatten(x)
	if err != nil {
		return nil, err
	}
	w, err := s.Param("weight", tensor.Shape{h.classes, f.Shape()[1]}, HeNormal)
	if err != nil {
		return nil, err
	}
	calls, err := s.Buffer("level", tensor.Shape{h.classes}, Zeros)
	if err != nil {
		return nil, err
	}
	one, err := s.Buffer("one", tensor.Shape{h.classes}, Ones)
	if err != nil {
		return nil, err
	}
	next, err := ops.Add(calls, one)
	if err != nil {
		return nil, err
	}
	if err := s.Update("level", next); err != nil {
		return nil, err
	}
	return ops.Linear(f, w, nil, ops.LinearConfig{})
}

func images(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.Sin(float64(i) * 0.7))
	}
	return x
}

func mustBuild(t *testing.T, net Block, params *Params, cfg Config) *Program {
	t.Helper()
	p, err := Build(net, params, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func TestGradientsMatchFiniteDifferences(t *testing.T) {
	params := NewParams(1, WithDtype(tensor.Float64))
	p := mustBuild(t, small{4}, params, TrainingConfig(2, 2, 5, 5))
	x, labels := images(2*2*5*5), []int{1, 3}
	if _, err := p.Step(t.Context(), x, Labels(labels)); err != nil {
		t.Fatal(err)
	}
	grads, err := p.Gradients()
	if err != nil {
		t.Fatal(err)
	}
	if len(grads) != 6 {
		t.Fatalf("%d gradients, want 6", len(grads))
	}
	analytic := make([][]float64, len(grads)) // copies: every Step overwrites them
	for k, g := range grads {
		analytic[k] = append([]float64(nil), g.Grad.Float64s()...)
	}
	for k, g := range grads {
		w := g.Param.Float64s()
		for _, i := range []int{0, len(w) / 2, len(w) - 1} {
			const h = 1e-6
			old := w[i]
			w[i] = old + h
			up, err := p.Step(t.Context(), x, Labels(labels))
			if err != nil {
				t.Fatal(err)
			}
			w[i] = old - h
			down, err := p.Step(t.Context(), x, Labels(labels))
			if err != nil {
				t.Fatal(err)
			}
			w[i] = old
			if want := (up - down) / (2 * h); math.Abs(analytic[k][i]-want) > 1e-8 {
				t.Errorf("%s[%d]: gradient %g, finite difference %g", g.Name, i, analytic[k][i], want)
			}
		}
	}
}

func TestLossIsTheWeightedSumOfItsParts(t *testing.T) {
	p := mustBuild(t, small{4}, NewParams(1, WithDtype(tensor.Float64)), TrainingConfig(2, 2, 5, 5))
	loss, err := p.Step(t.Context(), images(100), Labels([]int{0, 2}))
	if err != nil {
		t.Fatal(err)
	}
	parts := p.Parts()
	if len(parts) != 2 || parts[0].Name != "main" || parts[1].Name != "aux" {
		t.Fatalf("parts are %+v, want main and aux", parts)
	}
	if want := parts[0].Value + 0.3*parts[1].Value; math.Abs(loss-want) > 1e-12 || parts[1].Value == 0 {
		t.Errorf("loss %g, want %g", loss, want)
	}
}

func TestEvalSharesParametersWithTrain(t *testing.T) {
	params := NewParams(3)
	train := mustBuild(t, small{4}, params, TrainingConfig(2, 2, 5, 5))
	eval := mustBuild(t, small{4}, params, InferenceConfig(1, 2, 5, 5))
	before, err := eval.Run(t.Context(), images(50))
	if err != nil {
		t.Fatal(err)
	}
	first := before.Float32s()[0]
	w := params.Get("fc.weight").Value.Float32s()
	for i := range w {
		w[i]++
	}
	after, err := eval.Run(t.Context(), images(50))
	if err != nil {
		t.Fatal(err)
	}
	if after.Float32s()[0] == first {
		t.Error("evaluation did not see the parameter change")
	}
	if _, err := train.Run(t.Context(), images(100)); err == nil {
		t.Error("Run on a training program is no error")
	}
}

func TestUpdatesHappenOncePerRun(t *testing.T) {
	params := NewParams(3)
	p := mustBuild(t, small{4}, params, TrainingConfig(2, 2, 5, 5))
	for range 3 {
		if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
			t.Fatal(err)
		}
	}
	if got := params.Get("fc.level").Value.Float32s()[0]; got != 3 {
		t.Errorf("buffer is %g after three runs, want 3", got)
	}
}

func TestSharingMemoryChangesNothing(t *testing.T) {
	run := func(noSharing bool) (float64, []float32, Memory) {
		cfg := TrainingConfig(2, 2, 5, 5)
		cfg.NoSharing = noSharing
		p := mustBuild(t, small{4}, NewParams(3), cfg)
		var loss float64
		for range 2 {
			var err error
			if loss, err = p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
				t.Fatal(err)
			}
		}
		grads, err := p.Gradients()
		if err != nil {
			t.Fatal(err)
		}
		return loss, grads[0].Grad.Float32s(), p.Memory()
	}
	l1, g1, m1 := run(false)
	l2, g2, m2 := run(true)
	if l1 != l2 {
		t.Errorf("loss %g with sharing, %g without", l1, l2)
	}
	for i := range g1 {
		if g1[i] != g2[i] {
			t.Fatalf("gradient %d is %g with sharing, %g without", i, g1[i], g2[i])
		}
	}
	if m1.Values >= m2.Values {
		t.Errorf("sharing takes %d bytes, no sharing %d", m1.Values, m2.Values)
	}
}

func TestEqualSeedsStartEqual(t *testing.T) {
	a, b, c := NewParams(5), NewParams(5), NewParams(6)
	mustBuild(t, small{4}, a, InferenceConfig(1, 2, 5, 5))
	mustBuild(t, small{4}, b, TrainingConfig(8, 2, 5, 5))
	mustBuild(t, small{4}, c, InferenceConfig(1, 2, 5, 5))
	w := func(p *Params) float32 { return p.Get("conv1.weight").Value.Float32s()[0] }
	if w(a) != w(b) || w(a) == w(c) {
		t.Errorf("first weights %g, %g, %g: want the first two equal, the third not", w(a), w(b), w(c))
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	twice := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		if _, err := s.Build("conv", conv{3}, x); err != nil {
			return nil, err
		}
		return s.Build("conv", conv{3}, x)
	})
	deep := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		return s.Build("layer1", BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			return s.Build("0", BlockFunc(func(*Scope, *gorgonia.Node) (*gorgonia.Node, error) {
				return nil, errors.New("no luck")
			}), x)
		}), x)
	})
	for _, c := range []struct {
		net  Block
		want string
	}{
		{twice, "conv: parameter weight is made twice"},
		{deep, "layer1.0: no luck"},
	} {
		_, err := Build(c.net, NewParams(1), InferenceConfig(1, 2, 5, 5))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	p := mustBuild(t, small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	if _, err := p.Step(t.Context(), images(99), Labels([]int{0, 1})); err == nil {
		t.Error("a short batch is no error")
	}
	if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 4})); err == nil {
		t.Error("a label out of range is no error")
	}
}

func TestFirstNonFiniteNamesTheLayer(t *testing.T) {
	params := NewParams(1)
	p := mustBuild(t, small{4}, params, TrainingConfig(2, 2, 5, 5))
	if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
		t.Fatal(err)
	}
	if where, err := p.FirstNonFinite(t.Context()); err != nil || where != "" {
		t.Fatalf("first non-finite %q, %v; want none", where, err)
	}
	w := params.Get("conv2.weight").Value.Float32s()
	for i := range w {
		w[i] = 1e38
	}
	if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
		t.Fatal(err)
	}
	if where, err := p.FirstNonFinite(t.Context()); err != nil || where != "conv2 (conv2d)" {
		t.Errorf("first non-finite %q, %v; want conv2 (conv2d)", where, err)
	}
}

func TestSteadyStateAllocatesLittle(t *testing.T) {
	p := mustBuild(t, small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	x, labels := images(100), []int{0, 1}
	step := func() {
		if _, err := p.Step(t.Context(), x, Labels(labels)); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if perNode := testing.AllocsPerRun(20, step) / float64(p.Memory().Nodes); perNode > 20 {
		t.Errorf("%.1f allocations per operation and step, want at most 20", perNode)
	}
}

func TestSummary(t *testing.T) {
	p := mustBuild(t, small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	s := p.Summary(0)
	if got, want := s.Params, 3*2*9+3+3*3*9+3+2*4*75; got != want {
		t.Errorf("%d parameters, want %d", got, want)
	}
	if got, want := s.MACs, int64(2*25*(3*2*9+3*3*9)+2*2*4*75); got != want {
		t.Errorf("%d multiply-adds, want %d", got, want)
	}
	text := s.String()
	for _, want := range []string{"conv1", "3x5x5", "parameters: 741"} {
		if !strings.Contains(text, want) {
			t.Errorf("summary lacks %q:\n%s", want, text)
		}
	}
}
