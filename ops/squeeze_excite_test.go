package ops

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
)

// The one operation is the chain that it stands for.
func TestSqueezeExciteInference(t *testing.T) {
	x := optest.X
	for _, c := range []struct {
		name           string
		biases, images bool
		cfg            SqueezeExciteInferenceConfig
		sum            bool
	}{
		{"plain", false, false, SqueezeExciteInferenceConfig{}, false},
		{"usual", true, false, SqueezeExciteInferenceConfig{Act: ReLU, Gate: Sigmoid}, false},
		{"convolutions", true, true, SqueezeExciteInferenceConfig{Act: ReLU, Gate: HardSigmoid}, false},
		{"sum", true, false, SqueezeExciteInferenceConfig{Act: SiLU, Gate: Sigmoid, Out: ReLU}, true},
	} {
		weights := []optest.Input{x("w1", 3, 4), x("b1", 3), x("w2", 4, 3), x("b2", 4)}
		if c.images {
			weights[0], weights[2] = x("w1", 3, 4, 1, 1), x("w2", 4, 3, 1, 1)
		}
		inputs := append([]optest.Input{x("x", 2, 4, 5, 6), x("sum", 2, 4, 5, 6)}, weights...)
		one := func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			w := SqueezeExciteNodes{Weight1: in[2], Weight2: in[4]}
			if c.biases {
				w.Bias1, w.Bias2 = in[3], in[5]
			}
			cfg := c.cfg
			if c.sum {
				cfg.Sum = in[1]
			}
			return SqueezeExciteInference(in[0], w, cfg)
		}
		chain := func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			y, err := GlobalAvgPool2D(in[0])
			for _, l := range []struct {
				w, b      *gorgonia.Node
				out, from int
				act       Act
			}{{in[2], in[3], 3, 4, c.cfg.Act}, {in[4], in[5], 4, 3, c.cfg.Gate}} {
				if err == nil {
					l.w, err = Reshape(l.w, l.out, l.from)
				}
				if !c.biases {
					l.b = nil
				}
				if err == nil {
					y, err = Linear(y, l.w, l.b, LinearConfig{})
				}
				if err == nil {
					y, err = Activate(y, l.act)
				}
			}
			if err == nil {
				y, err = ScaleChannels(in[0], y)
			}
			if err == nil && c.sum {
				y, err = Add(y, in[1])
			}
			if err != nil {
				return nil, err
			}
			return Activate(y, c.cfg.Out)
		}
		want, err := optest.Forward[float64](chain, inputs...)
		if err != nil {
			t.Fatal(c.name, err)
		}
		got, err := optest.Forward[float64](one, inputs...)
		if err != nil {
			t.Fatal(c.name, err)
		}
		single, err := optest.Forward[float32](one, inputs...)
		if err != nil {
			t.Fatal(c.name, err)
		}
		for i, w := range want.Y {
			if math.Abs(got.Y[i]-w) > 1e-12 || math.Abs(float64(single.Y[i])-w) > 1e-5*(1+math.Abs(w)) {
				t.Fatalf("%s: element %d is %v and %v, want %v", c.name, i, got.Y[i], single.Y[i], w)
			}
		}
	}
}

func TestSqueezeExciteInferenceRefuses(t *testing.T) {
	g := gorgonia.NewGraph()
	node := func(name string, shape ...int) *gorgonia.Node {
		return optest.Node[float32](g, optest.X(name, shape...))
	}
	x, w1, w2 := node("x", 2, 4, 5, 6), node("w1", 3, 4), node("w2", 4, 3)
	for want, f := range map[string]func() (*gorgonia.Node, error){
		"(N, C, H, W)": func() (*gorgonia.Node, error) {
			return SqueezeExciteInference(node("flat", 2, 4), SqueezeExciteNodes{Weight1: w1, Weight2: w2}, SqueezeExciteInferenceConfig{})
		},
		"(H, 4)": func() (*gorgonia.Node, error) {
			return SqueezeExciteInference(x, SqueezeExciteNodes{Weight1: w1, Weight2: w1}, SqueezeExciteInferenceConfig{})
		},
		"(out, in)": func() (*gorgonia.Node, error) {
			return SqueezeExciteInference(x, SqueezeExciteNodes{Weight1: node("k", 3, 4, 3, 3), Weight2: w2}, SqueezeExciteInferenceConfig{})
		},
		"bias has shape (3), want (4)": func() (*gorgonia.Node, error) {
			return SqueezeExciteInference(x, SqueezeExciteNodes{Weight1: w1, Weight2: w2, Bias2: node("b", 3)}, SqueezeExciteInferenceConfig{})
		},
		"sum has shape": func() (*gorgonia.Node, error) {
			return SqueezeExciteInference(x, SqueezeExciteNodes{Weight1: w1, Weight2: w2}, SqueezeExciteInferenceConfig{Sum: node("sum", 2, 4, 5, 5)})
		},
		"nil": func() (*gorgonia.Node, error) {
			return SqueezeExciteInference(x, SqueezeExciteNodes{Weight1: w1}, SqueezeExciteInferenceConfig{})
		},
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
