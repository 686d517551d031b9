package architectures_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size/sizetest"
)

func TestImpossibleOptions(t *testing.T) {
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]architectures.Options{
		"-1 classes":                         {Classes: -1},
		"probability is 1,":                  {Dropout: 1},
		"probability is NaN":                 {Dropout: math.NaN()},
		"Act is a nil *activations.PReLU":    {Act: (*activations.PReLU)(nil)},
		"Norm is a nil *blocks.BatchNorm":    {Norm: (*blocks.BatchNorm)(nil)},
		"panic: this one has no width to it": {Act: widthless{}},
	} {
		if _, err := a.New(o); err == nil || !strings.HasPrefix(err.Error(), "lenet5: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one of lenet5 that says: %s", err, want)
		}
	}
	if _, err := (architectures.Architecture{}).New(architectures.Options{}); err == nil {
		t.Error("an architecture that is none gives a network")
	}
	if _, err := graph.Build(architectures.Network{}, graph.NewParams(1), graph.InferenceConfig(1, 3, 8, 8)); err == nil || strings.Contains(err.Error(), "panic") {
		t.Errorf("a network without a body: %v", err)
	}
}

// widthless is an activation that panics.
type widthless struct{ activations.ReLU }

func (widthless) InputsPerOutput() int { panic("this one has no width to it") }

// Numbers that no machine can hold are errors that name a layer, and take no
// memory.
func TestSizesBeyondTheMachine(t *testing.T) {
	if !sizetest.Confine(t, 3<<30) {
		return
	}
	for _, a := range architectures.All() {
		for _, o := range []architectures.Options{{Act: activations.Maxout{Pieces: pow(62)}}, {Act: activations.Maxout{Pieces: math.MaxInt}}, {Classes: pow(62)}} {
			if o.Classes > 0 && a.Params > 1e7 {
				continue // its other weights are too large for this process
			}
			net, err := a.New(o)
			if err != nil {
				t.Fatal(err)
			}
			cfg := graph.TrainingConfig(a.Input.WithBatch(1)...)
			_, err = graph.Build(net, graph.NewParams(1, graph.Uninitialized()), cfg)
			var placed *graph.LayerError
			if !errors.As(err, &placed) || placed.Path == "" || strings.Contains(err.Error(), "panic") {
				t.Errorf("%s, %+v: error %v, want one at a layer", a.Name, o, err)
			}
		}
	}
}

// pow is a power of two, also where an int has 32 bits and overflows.
func pow(n int) int { return 1 << n }

// The probability grows from unit to unit up to the whole at the last one, and
// where there are no units to drop it is refused.
func TestStochasticDepthGrows(t *testing.T) {
	for name, want := range map[string][]string{
		"cifar_resnet20": {"stochastic depth 0.1", "stochastic depth 0.9"},
		"resnet18":       {"stochastic depth 0.113", "stochastic depth 0.9"},
		"mobilenet_v2":   {"stochastic depth 0.09", "stochastic depth 0.9"},
		"resnet50":       {"stochastic depth 0.0563", "stochastic depth 0.9"},
	} {
		a, err := architectures.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		net, err := a.New(architectures.Options{StochasticDepth: 0.9})
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(net.(architectures.Network).Body)
		if first := strings.Index(text, "stochastic depth"); first < 0 || !strings.HasPrefix(text[first:], want[0]) {
			t.Errorf("%s: %s", name, text)
		}
		last := text[strings.LastIndex(text, "stochastic depth"):]
		if !strings.HasPrefix(last, want[1]+"\n") {
			t.Errorf("%s: the last unit has %q", name, last)
		}
	}
	for name, p := range map[string]float64{"vgg11": 0.5, "cifar_plain20": 0.5, "resnet18": 1} {
		a, _ := architectures.Lookup(name)
		if _, err := a.New(architectures.Options{StochasticDepth: p}); err == nil || !strings.Contains(err.Error(), "stochastic depth is") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}
