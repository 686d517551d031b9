package ops

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
)

// A folded convolution is the convolution, the norm, the sum and the activation
// that it stands for.
func TestFoldedConvolution(t *testing.T) {
	x := optest.X
	for _, c := range []struct {
		name      string
		bias, sum bool
		act       Act
		eps       float64
		cfg       Conv2DConfig
	}{
		{"plain", false, false, nil, 1e-5, Conv2DConfig{}},
		{"bias", true, false, ReLU, 1e-3, Conv2DConfig{Padding: [2]int{1, 1}}},
		{"sum", false, true, ReLU, 1e-5, Conv2DConfig{Stride: [2]int{2, 2}}},
		{"bias and sum", true, true, SiLU, 0.1, Conv2DConfig{Groups: 2}},
	} {
		cg := 4 / max(c.cfg.Groups, 1)
		conv := func(in nodes) (*gorgonia.Node, error) {
			var b *gorgonia.Node
			if c.bias {
				b = in[6]
			}
			return Conv2D(in[0], in[1], b, c.cfg)
		}
		inputs := []optest.Input{x("x", 2, 4, 5, 6), x("w", 6, cg, 3, 3), x("gamma", 6), x("beta", 6), x("mean", 6), optest.Positive("var", 6), x("b", 6)}
		out, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return conv(in) }, inputs...)
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, x("sum", out.Shape...))

		apart := func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			y, err := conv(in)
			if err != nil {
				return nil, err
			}
			cfg := BatchNormConfig{Eps: c.eps}
			if !c.sum {
				cfg.Act = c.act
			}
			if y, err = BatchNormInference(y, BatchNormNodes{in[2], in[3], in[4], in[5]}, cfg); err != nil || !c.sum {
				return y, err
			}
			return AddAct(y, in[7], c.act)
		}
		folded := func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			var bias, sum *gorgonia.Node
			if c.bias {
				bias = in[6]
			}
			if c.sum {
				sum = in[7]
			}
			w, b, err := BatchNormFold(in[1], bias, BatchNormNodes{in[2], in[3], in[4], in[5]}, BatchNormConfig{Eps: c.eps})
			if err != nil {
				return nil, err
			}
			cfg := c.cfg
			cfg.Act = c.act
			return Conv2DInference(in[0], w, b, Conv2DInferenceConfig{cfg, sum})
		}
		equal[float64](t, c.name, folded, apart, 1e-12, inputs)
		equal[float32](t, c.name, folded, apart, 1e-5, inputs)
	}
}

func equal[T kernel.Float](t *testing.T, name string, got, want optest.Build, tolerance float64, inputs []optest.Input) {
	t.Helper()
	w, err := optest.Forward[T](want, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	g, err := optest.Forward[T](got, inputs...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if fmt.Sprint(g.Shape) != fmt.Sprint(w.Shape) {
		t.Fatalf("%s: shape is %v, want %v", name, g.Shape, w.Shape)
	}
	for i := range w.Y {
		if d := math.Abs(float64(g.Y[i] - w.Y[i])); !(d <= tolerance*math.Max(1, math.Abs(float64(w.Y[i])))) {
			t.Errorf("%s: y[%d] is %v, want %v", name, i, g.Y[i], w.Y[i])
			return
		}
	}
}

func TestFoldedConvolutionRefuses(t *testing.T) {
	g := gorgonia.NewGraph()
	node := func(name string, shape ...int) *gorgonia.Node {
		return optest.Node[float64](g, optest.X(name, shape...))
	}
	x, w, sum := node("x", 1, 2, 4, 4), node("w", 3, 2, 3, 3), node("sum", 1, 3, 4, 4)
	_, err := Conv2DInference(x, w, nil, Conv2DInferenceConfig{Sum: sum})
	wantError(t, err, "conv2d_inference: sum has shape (1, 3, 4, 4), want (1, 3, 2, 2)")
	three, two := node("three", 3), node("two", 2)
	fits, defaults := BatchNormNodes{three, three, three, three}, BatchNormConfig{}
	_, _, err = BatchNormFold(w, nil, BatchNormNodes{three, three, three, two}, defaults)
	wantError(t, err, "batch_norm_fold_scale: variance has shape (2), want (3)")
	_, _, err = BatchNormFold(node("v", 2, 2), nil, fits, defaults)
	wantError(t, err, "batch_norm_fold_weight: scale has shape (3), want (2)")
	_, _, err = BatchNormFold(w, two, fits, defaults)
	wantError(t, err, "batch_norm_fold_bias: bias has shape (2), want (3)")
	_, _, err = BatchNormFold(w, nil, fits, BatchNormConfig{Eps: -1})
	wantError(t, err, "batch_norm_fold_scale: eps = -1, want a finite number above 0")
	_, _, err = BatchNormFold(w, nil, fits, BatchNormConfig{Act: ReLU})
	wantError(t, err, "batch_norm_fold: activation relu can't be folded")
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error is %v, want %s", err, want)
	}
}
