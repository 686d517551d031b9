package architectures_test

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
)

// TestInitialisation compares mean and deviation of tensors with what the
// papers or torchvision prescribe.
func TestInitialisation(t *testing.T) {
	he := func(fan int) float64 { return math.Sqrt(2 / float64(fan)) }
	uniform := func(fanIn int) float64 { return 1 / math.Sqrt(3*float64(fanIn)) }
	for _, c := range []struct {
		arch, tensor string
		mean, std    float64
	}{
		{"lenet5", "conv2.weight", 0, math.Sqrt(2. / (6*25 + 16*25))},
		{"lenet5", "fc1.bias", 0, 0},
		{"alexnet", "features.3.weight", 0, uniform(64 * 25)},
		{"alexnet_paper", "conv2.weight", 0, 0.01},
		{"alexnet_paper", "conv1.bias", 0, 0},
		{"alexnet_paper", "conv2.bias", 1, 0},
		{"alexnet_paper", "conv3.bias", 0, 0},
		{"alexnet_paper", "fc6.bias", 1, 0},
		{"vgg11", "features.3.weight", 0, he(128 * 9)},
		{"vgg11", "features.3.bias", 0, 0},
		{"vgg11", "classifier.3.weight", 0, 0.01},
		{"googlenet", "inception4a.branch2.1.conv.weight", 0, 0.01},
		{"googlenet", "aux1.fc1.weight", 0, 0.01},
		{"googlenet_paper", "inception4a.branch2.bias", 0.2, 0},
		{"resnet18", "layer2.0.conv1.weight", 0, he(128 * 9)},
		{"resnet18", "layer2.0.downsample.0.weight", 0, he(128)},
		{"resnet18", "layer2.0.bn2.weight", 1, 0},
		{"resnet18", "fc.weight", 0, uniform(512)},
		{"cifar_resnet20", "layer2.0.conv1.weight", 0, he(16 * 9)},
		{"mobilenet_v2", "features.2.conv.1.0.weight", 0, he(96 * 9)},
		{"mobilenet_v2", "features.18.0.weight", 0, he(1280)},
		{"mobilenet_v2", "classifier.1.weight", 0, 0.01},
		{"mobilenet_v2", "classifier.1.bias", 0, 0},
		{"airbench94", "group3.conv1.weight", 1. / (256 * 9), math.Sqrt(1./(256*9) - 1./(256*9)/(256*9))},
		{"airbench94", "fc.weight", 0, uniform(256)},
		{"airbench94", "group1.norm2.weight", 1, 0},
		{"cifar_plain20", "layer3.2.bn2.running_var", 1, 0},
	} {
		a, err := architectures.Lookup(c.arch)
		if err != nil {
			t.Fatal(err)
		}
		if testing.Short() && a.Params > 50_000_000 {
			continue
		}
		p := initialised(t, a).Get(c.tensor)
		if p == nil {
			t.Errorf("%s has no tensor %s", c.arch, c.tensor)
			continue
		}
		mean, std := 0.0, 0.0
		values := p.Value.Float32s()
		for _, v := range values {
			mean += float64(v) / float64(len(values))
		}
		for _, v := range values {
			std += (float64(v) - mean) * (float64(v) - mean) / float64(len(values))
		}
		std = math.Sqrt(std)
		// Five standard errors.
		if slack := 5 * c.std / math.Sqrt(float64(len(values))); math.Abs(mean-c.mean) > slack+1e-6 || math.Abs(std-c.std) > slack+1e-6 {
			t.Errorf("%s: %s has mean %g and deviation %g, want %g and %g", c.arch, c.tensor, mean, std, c.mean, c.std)
		}
	}
}

var started = map[string]*graph.Params{}

// initialised returns the tensors of an architecture as it starts.
func initialised(t *testing.T, a architectures.Architecture) *graph.Params {
	t.Helper()
	if started[a.Name] == nil {
		clear(started) // one at a time: they are large
		started[a.Name] = graph.NewParams(1)
		build(t, a, architectures.Options{}, started[a.Name], graph.InferenceConfig(1, a.Input.Channels, a.MinSize, a.MinSize))
	}
	return started[a.Name]
}
