package trainer

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
)

func TestLayerDecay(t *testing.T) {
	for name, want := range map[string]map[string]int{ // distance from the head
		"lenet5": {"fc3.weight": 0, "fc3.bias": 0, "fc1.weight": 2, "conv1.bias": 4},
		"cifar_resnet20": {"fc.bias": 0, "layer3.2.bn2.bias": 1, "layer3.2.conv1.weight": 1, "layer3.0.conv1.weight": 3, "layer1.0.bn1.weight": 9,
			"conv1.weight": 10, "bn1.weight": 10},
		"vgg11_bn": {"classifier.6.weight": 0, "features.26.bias": 3, "features.25.weight": 3, "features.0.weight": 10},
	} {
		a, err := architectures.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		net, err := a.New(architectures.Options{Classes: 10})
		if err != nil {
			t.Fatal(err)
		}
		params := graph.NewParams(0, graph.Uninitialized())
		program, err := graph.Build(net, params, graph.InferenceConfig(a.Input.WithBatch(1)...))
		if err != nil {
			t.Fatal(err)
		}
		_ = program.Close()
		var list []Parameter
		for _, p := range params.All() {
			if p.Learnable {
				list = append(list, Parameter{Name: p.Name, Value: p.Value})
			}
		}
		found := 0
		for i, f := range layerFactors(list, 0.75) {
			d, ok := want[list[i].Name]
			if !ok {
				continue
			}
			if found++; math.Abs(f-math.Pow(0.75, float64(d))) > 1e-12 {
				t.Errorf("%s: %s has the factor %v, want 0.75^%d", name, list[i].Name, f, d)
			}
		}
		if found != len(want) {
			t.Errorf("%s: %d of %d names found", name, found, len(want))
			for _, p := range list {
				t.Log(p.Name)
			}
		}
	}
}

// The factors multiply those of groups, in a run.
func TestLayerDecayInARun(t *testing.T) {
	rates := func(cfg Config) map[string]float64 {
		cfg.Epochs, cfg.MaxSteps, cfg.Optimizer = 1, 1, SGD{LR: 0.5}
		out := map[string]float64{}
		cfg.Hooks = []Hook{{OnStep: func(r *Run, _ Progress) error {
			for _, p := range r.fit.full.crew.live {
				out[p.Name] = r.Solver.LearningRate()
				if p.LRFactor != 0 {
					out[p.Name] *= p.LRFactor
				}
			}
			return nil
		}}}
		fitTiny(t, cfg)
		return out
	}
	plain := rates(Config{LayerDecay: 0.5})
	lowest := 1.0
	for _, v := range plain {
		lowest = min(lowest, v)
	}
	if len(plain) == 0 || lowest != 0.0625 {
		t.Errorf("rates %v, want 0.5 for the head to 0.0625 three layers below", plain)
	}
	for name, v := range rates(Config{LayerDecay: 0.5, Groups: []Group{{Match: "**", LRFactor: 4}}}) {
		if v != 4*plain[name] {
			t.Errorf("%s: rate %v in a group of factor 4, %v without", name, v, plain[name])
		}
	}
	for _, decay := range []float64{-1, 1.5, math.NaN()} {
		if _, err := Fit(t.Context(), tiny{4}, synthetic(t), Config{LayerDecay: decay}); err == nil || !strings.Contains(err.Error(), "LayerDecay") {
			t.Errorf("%v: err = %v", decay, err)
		}
	}
}
