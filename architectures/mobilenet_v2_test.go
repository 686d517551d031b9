package architectures_test

import (
	"testing"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
)

// The paper's table 4 has 3.4 million parameters and 300 million
// multiply-additions; these are the numbers to the unit.
func TestMobileNetV2Takes300MillionMultiplyAdditions(t *testing.T) {
	for name, want := range map[string]int64{"mobilenet_v2": 300_774_272, "mobilenet_v2_x0_5": 97_131_840, "mobilenet_v2_x1_4": 582_195_824} {
		a, err := architectures.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		p := build(t, a, architectures.Options{}, graph.NewParams(0, graph.Uninitialized()), graph.InferenceConfig(a.Input.WithBatch(1)...))
		if got := p.MACs(); got != want {
			t.Errorf("%s takes %d multiply-additions, want %d", name, got, want)
		}
	}
}

// Widths are multiples of 8, and the last convolution never has fewer than 1280
// channels.
func TestMobileNetV2Widths(t *testing.T) {
	for name, want := range map[string]map[string][]int{
		"mobilenet_v2":      {"features.0.0.weight": {32, 3, 3, 3}, "features.17.conv.1.0.weight": {960, 1, 3, 3}, "features.18.0.weight": {1280, 320, 1, 1}},
		"mobilenet_v2_x0_5": {"features.0.0.weight": {16, 3, 3, 3}, "features.2.conv.2.weight": {16, 48, 1, 1}, "features.18.0.weight": {1280, 160, 1, 1}},
		"mobilenet_v2_x1_4": {"features.0.0.weight": {48, 3, 3, 3}, "features.1.conv.1.weight": {24, 48, 1, 1}, "features.18.0.weight": {1792, 448, 1, 1}},
	} {
		a, err := architectures.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		params := graph.NewParams(0, graph.Uninitialized())
		build(t, a, architectures.Options{}, params, graph.InferenceConfig(1, 3, 32, 32))
		for tensor, shape := range want {
			if p := params.Get(tensor); p == nil || !p.Value.Shape().Eq(shape) {
				t.Errorf("%s: %s is %+v, want %v", name, tensor, p, shape)
			}
		}
	}
}
