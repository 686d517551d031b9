package graph

import (
	"slices"
	"sync"
	"testing"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// twoConvolutions is a network with weights that are folded and prepared.
var twoConvolutions = BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	var err error
	for _, layer := range []string{"a", "b"} {
		s := s.In(layer)
		w, err := s.Param("weight", tensor.Shape{32, x.Shape()[1], 3, 3}, HeNormal)
		if err != nil {
			return nil, err
		}
		if x, err = ops.Conv2D(x, w, nil, ops.Conv2DConfig{Padding: [2]int{1, 1}, Fast: !s.ExactConvolutions()}); err != nil {
			return nil, err
		}
		var norm ops.BatchNormNodes
		for _, v := range []struct {
			name string
			node **gorgonia.Node
			init Init
		}{{"w", &norm.Weight, Ones}, {"b", &norm.Bias, Zeros}, {"mean", &norm.Mean, Zeros}, {"var", &norm.Variance, Ones}} {
			if *v.node, err = s.Param(v.name, tensor.Shape{32}, v.init); err != nil {
				return nil, err
			}
		}
		if x, err = ops.BatchNormInference(x, norm, ops.BatchNormConfig{}); err != nil {
			return nil, err
		}
		if x, err = ops.Activate(x, ops.ReLU); err != nil {
			return nil, err
		}
	}
	x, err = ops.GlobalAvgPool2D(x)
	return x, err
})

func mustRun(t *testing.T, p *Program, images []float32) []float32 {
	t.Helper()
	y, err := p.Run(t.Context(), images)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(y.Float32s())
}

func picture(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i%17)/17 - 0.5
	}
	return x
}

// Whoever changes a parameter sees the change in the next run, however it was
// done.
func TestPreparedWeightsFollowTheParameters(t *testing.T) {
	params := NewParams(1)
	cfg := InferenceConfig(1, 3, 16, 16)
	p := mustBuild(t, twoConvolutions, params, cfg)
	if p.preparation == nil {
		t.Fatal("nothing is prepared")
	}
	x := picture(3 * 16 * 16)
	mustRun(t, p, x)
	held := params.Get("b.weight").Value.Float32s()
	norm := params.Get("a.w").Value
	mustRun(t, p, x) // those who hold these tensors have not been heard of since
	fresh := func() []float32 {
		cfg := cfg
		cfg.Without = []string{"prepare"}
		return mustRun(t, mustBuild(t, twoConvolutions, params, cfg), x)
	}
	for _, change := range []struct {
		name string
		do   func()
	}{
		{"nothing", func() {}},
		{"Set", func() {
			if err := params.Set("a.b", slices.Repeat([]float64{0.5}, 32)); err != nil {
				t.Fatal(err)
			}
		}},
		{"one element through Get", func() { params.Get("b.weight").Value.Float32s()[77] += 3 }},
		{"one element through All", func() { params.All()[0].Value.Float32s()[5] -= 2 }},
		{"one element of a held tensor, then Changed", func() { held[100] += 5; params.Changed() }},
		{"all of a held tensor", func() {
			for i := range held {
				held[i] *= 1.5
			}
		}},
		{"all of a held vector", func() { norm.Memset(float32(2)) }},
	} {
		change.do()
		got := mustRun(t, p, x) // before anybody asks for a parameter
		if want := fresh(); !near(got, want, 1e-5) {
			t.Errorf("after %s: %v, a program that prepares nothing gives %v", change.name, got[:4], want[:4])
		}
	}
}

func near(a, b []float32, tolerance float32) bool {
	for i := range a {
		if d := a[i] - b[i]; !(d <= tolerance*max(1, b[i]) && -d <= tolerance*max(1, b[i])) {
			return false
		}
	}
	return len(a) == len(b)
}

// One copy serves all programs on the same parameters, whatever their images, and
// goes with the last of them.
func TestPreparedWeightsAreShared(t *testing.T) {
	params := NewParams(1)
	x := picture(8 * 3 * 16 * 16)
	a := mustBuild(t, twoConvolutions, params, InferenceConfig(1, 3, 16, 16))
	mustRun(t, a, x[:3*16*16])
	before := map[string]*tensor.Dense{}
	for key, v := range params.prepared.values {
		before[key] = v.value
	}
	b := mustBuild(t, twoConvolutions, params, InferenceConfig(8, 3, 16, 16))
	mustRun(t, b, x)
	for _, v := range b.preparation.list {
		if have, ok := before[v.Key]; ok && v.Variable.Value() != have {
			t.Errorf("%v is held twice", v.Source)
		}
	}
	shared := 0
	for _, v := range b.preparation.list {
		if before[v.Key] != nil {
			shared++
		}
	}
	if shared == 0 {
		t.Error("programs for 1 and 8 images share nothing")
	}
	a.Close()
	b.Close()
	if n := len(params.prepared.values); n > 0 {
		t.Errorf("%d values are left when all programs are closed", n)
	}
}

// Eight programs at once on the same parameters give the bits that one gives,
// also while somebody asks for the parameters, which makes them prepare anew.
func TestProgramsAtOnce(t *testing.T) {
	params := NewParams(3)
	x := picture(2 * 3 * 16 * 16)
	want := mustRun(t, mustBuild(t, twoConvolutions, params, InferenceConfig(2, 3, 16, 16)), x)
	var wg sync.WaitGroup
	for range 8 {
		p := mustBuild(t, twoConvolutions, params, InferenceConfig(2, 3, 16, 16))
		wg.Go(func() {
			for range 20 {
				y, err := p.Run(t.Context(), x)
				if err != nil {
					t.Error(err)
					return
				}
				if !slices.Equal(y.Float32s(), want) {
					t.Error("other bits than alone")
					return
				}
				params.Get("a.w")
			}
		})
	}
	wg.Wait()
}

func TestInferenceAllocatesNothingThatGrows(t *testing.T) {
	p := mustBuild(t, twoConvolutions, NewParams(1), InferenceConfig(1, 3, 16, 16))
	x := picture(3 * 16 * 16)
	mustRun(t, p, x)
	ctx := t.Context()
	if n := testing.AllocsPerRun(50, func() {
		if _, err := p.Run(ctx, x); err != nil {
			t.Fatal(err)
		}
	}); n > 20 {
		t.Errorf("a run allocates %v objects, want at most 20", n)
	}
}
