package blocks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
)

// A unit whose branch is always in, or that does not train, computes what it does
// without stochastic depth; else each image has its whole branch, enlarged, or
// none.
func TestStochasticDepthOfUnits(t *testing.T) {
	units := map[string]func(p float64) graph.Block{
		"residual": func(p float64) graph.Block { return blocks.Residual{Out: 3, StochasticDepth: p} },
		"pre-activation": func(p float64) graph.Block {
			return blocks.Residual{Out: 3, PreActivation: true, StochasticDepth: p}
		},
		"inverted":   func(p float64) graph.Block { return blocks.InvertedResidual{Out: 3, StochasticDepth: p} },
		"bottleneck": func(p float64) graph.Block { return blocks.Bottleneck{Out: 4, StochasticDepth: p} },
	}
	const n, c, hw = 6, 3, 5
	images := make([]float32, n*c*hw*hw)
	for i := range images {
		images[i] = float32(i%13) / 13
	}
	labels := graph.Labels([]int{0, 1, 0, 1, 0, 1})
	for name, unit := range units {
		net := func(p float64) graph.Block {
			return blocks.Sequence{unit(p), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 2}}
		}
		losses := func(p float64, cfg graph.Config) (out []float64) {
			cfg.Loss = graph.CrossEntropy{}
			program, err := graph.Build(net(p), graph.NewParams(3), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer program.Close()
			for range 4 {
				var loss float64
				if cfg.Training {
					loss, err = program.Step(t.Context(), images, labels)
				} else {
					loss, err = program.Loss(t.Context(), images, labels)
				}
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, loss)
			}
			return out
		}
		training, inference := graph.TrainingConfig(n, c, hw, hw), graph.InferenceConfig(n, c, hw, hw)
		if a, b := losses(0, inference), losses(0.5, inference); fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s: losses %v in inference, %v without stochastic depth", name, b, a)
		}
		plain, deep, again := losses(0, training), losses(0.5, training), losses(0.5, training)
		if fmt.Sprint(deep) != fmt.Sprint(again) {
			t.Errorf("%s: losses %v, then %v", name, deep, again)
		}
		if deep[0] == plain[0] || deep[0] == deep[1] {
			t.Errorf("%s: losses %v, %v without stochastic depth", name, deep, plain)
		}
		training.NoFusion = true
		for i, want := range losses(0.5, training) {
			if d := deep[i] - want; d > 1e-5 || d < -1e-5 {
				t.Errorf("%s: losses %v, %v unfused", name, deep[i], want)
			}
		}
	}
}

func TestStochasticDepthRefuses(t *testing.T) {
	for want, b := range map[string]graph.Block{
		"stochastic depth: P = 1, want":            blocks.Residual{Out: 3, StochasticDepth: 1},
		"stochastic depth: P = -0.5, want":         blocks.StochasticDepth{P: -0.5},
		"stochastic depth needs a shortcut":        blocks.Residual{Out: 3, StochasticDepth: 0.5, Shortcut: blocks.NoShortcut},
		"stochastic depth: P = 2, want at least 0": blocks.Bottleneck{Out: 4, StochasticDepth: 2},
	} {
		_, err := graph.Build(b, graph.NewParams(1), graph.InferenceConfig(2, 3, 5, 5))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: err = %v, want %s", b, err, want)
		}
	}
	if s := fmt.Sprint(blocks.Residual{Out: 3, StochasticDepth: 0.25}); s != "Residual 3, stochastic depth 0.25" {
		t.Error(s)
	}
}

// A residual combination of one's own; Residual has it as a field.
func ExampleStochasticDepth() {
	body := blocks.Sequence{blocks.Conv2D{Out: 3, Kernel: 3, Padding: blocks.Same}, blocks.StochasticDepth{P: 0.2}}
	fmt.Println(blocks.Sum{body, blocks.Identity{}})
	// Output:
	// Sum {
	//   0: Sequence {
	//     0: Conv2D 3x3, 3, same padding
	//     1: StochasticDepth 0.2
	//   }
	//   1: Identity
	// }
}
