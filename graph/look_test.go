package graph

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// squared is y = w*x*x with a part that the output does not depend on.
func squared(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	mul := func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return ops.Mul(x, x) }
	aside := func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return ops.Scale(x, 7) }
	y, err := s.Build("square", BlockFunc(mul), x)
	if err != nil {
		return nil, err
	}
	if _, err := s.Build("aside", BlockFunc(aside), x); err != nil {
		return nil, err
	}
	w, err := s.Param("w", tensor.Shape{2, 3}, Constant(5))
	if err != nil {
		return nil, err
	}
	return s.Build("scaled", BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return ops.Mul(x, w) }), y)
}

// An inference program with a loss tells its gradient at the input and at every
// layer; Weighted picks the outputs.
func TestGradientsInInference(t *testing.T) {
	cfg := InferenceConfig(2, 3)
	cfg.Loss, cfg.InputGradient, cfg.TapGradients = Weighted{}, true, true
	p := mustBuild(t, BlockFunc(squared), NewParams(1), cfg)
	x := []float32{1, 2, 3, 4, 5, 6}
	loss, err := p.Loss(t.Context(), x, Values([]float32{0, 1, 0, 0, 0, 2}))
	if err != nil {
		t.Fatal(err)
	}
	if want := 5.0*4 + 2*5*36; loss != want {
		t.Errorf("the loss is %v, want %v", loss, want)
	}
	for name, c := range map[string]struct {
		got  func() (*tensor.Dense, error)
		want []float32
	}{
		"input":  {p.InputGradient, []float32{0, 2 * 2 * 5, 0, 0, 0, 2 * 6 * 5 * 2}},
		"square": {func() (*tensor.Dense, error) { return p.TapGradient("square") }, []float32{0, 5, 0, 0, 0, 10}},
		"scaled": {func() (*tensor.Dense, error) { return p.TapGradient("scaled") }, []float32{0, 1, 0, 0, 0, 2}},
	} {
		g, err := c.got()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, v := range g.Float32s() {
			if math.Abs(float64(v-c.want[i])) > 1e-5 {
				t.Errorf("%s: gradient %v, want %v", name, g.Float32s(), c.want)
				break
			}
		}
	}
	for name, want := range map[string]string{"aside": "the loss does not depend on aside", "other": "no tap named other"} {
		if _, err := p.TapGradient(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	if _, err := p.Gradients(); err == nil {
		t.Error("an inference program gave gradients of its parameters")
	}
}

// A training program tells them beside those of its parameters.
func TestTapGradientsInTraining(t *testing.T) {
	cfg := TrainingConfig(2, 2, 5, 5)
	cfg.TapGradients = true
	p := mustBuild(t, small{4}, NewParams(1), cfg)
	if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
		t.Fatal(err)
	}
	for _, name := range p.TapNames() {
		g, err := p.TapGradient(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		y, err := p.Tap(name)
		if err != nil || !g.Shape().Eq(y.Shape()) {
			t.Errorf("%s: gradient of shape %v, output of %v (%v)", name, g.Shape(), y.Shape(), err)
		}
	}
	plain := mustBuild(t, small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	if _, err := plain.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
		t.Fatal(err)
	}
	want, _ := plain.Gradients()
	got, err := p.Gradients()
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d gradients of parameters (%v), want %d", len(got), err, len(want))
	}
	for i := range want {
		for k, v := range want[i].Grad.Float32s() {
			if d := math.Abs(float64(got[i].Grad.Float32s()[k] - v)); d > 1e-6 {
				t.Fatalf("%s: %g off with the gradients of taps", want[i].Name, d)
			}
		}
	}
}

// Config.Output ends the network behind a layer.
func TestOutputOfALayer(t *testing.T) {
	cfg := InferenceConfig(2, 3)
	cfg.Output = "square"
	p := mustBuild(t, BlockFunc(squared), NewParams(1), cfg)
	y, err := p.Run(t.Context(), []float32{1, 2, 3, 4, 5, 6})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range y.Float32s() {
		if want := float32((i + 1) * (i + 1)); v != want {
			t.Errorf("output %d is %v, want %v", i, v, want)
		}
	}
	cfg.Output = "sqare"
	if _, err := Build(BlockFunc(squared), NewParams(1), cfg); err == nil || !strings.Contains(err.Error(), `did you mean "square"`) {
		t.Errorf("an unknown layer gave %v", err)
	}
	cfg.Output, cfg.Training = "square", true
	if _, err := Build(BlockFunc(squared), NewParams(1), cfg); err == nil {
		t.Error("a training program without its end was built")
	}
	cfg = InferenceConfig(2, 3)
	cfg.InputGradient = true
	if _, err := Build(BlockFunc(squared), NewParams(1), cfg); err == nil || !strings.Contains(err.Error(), "needs Config.Loss") {
		t.Errorf("a gradient without a loss gave %v", err)
	}
}
