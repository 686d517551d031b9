package ops

import (
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
)

// largeCases are operations that overwrite, at sizes for several threads and
// whole vectors.
func largeCases() []gradientCase {
	x := optest.X
	image, other, third := x("x", 4, 6, 50, 41), x("other", 4, 6, 50, 41), x("third", 4, 6, 50, 41)
	channel := func(name string) optest.Input { return x(name, 6) }
	rows, labels := x("rows", 300, 130), make([]int, 300)
	norm := func(in nodes) BatchNormNodes { return BatchNormNodes{in[1], in[2], in[3], in[4]} }
	var all []gradientCase
	add := func(name string, build func(in nodes) (*gorgonia.Node, error), inputs ...optest.Input) {
		all = append(all, gradientCase{name, func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return build(in) }, inputs})
	}
	add("add of 2", func(in nodes) (*gorgonia.Node, error) { return Add(in...) }, image, other)
	add("add of 3", func(in nodes) (*gorgonia.Node, error) { return Add(in...) }, image, other, third)
	for n := 4; n <= 10; n++ {
		var in []optest.Input
		for i := range n {
			in = append(in, x(string(rune('a'+i)), 3, 20000))
		}
		add("add of many", func(in nodes) (*gorgonia.Node, error) { return Add(in...) }, in...)
	}
	for _, act := range []Act{ReLU, Tanh, ELU(1), SiLU} {
		add("add_act "+act.String(), func(in nodes) (*gorgonia.Node, error) { return AddAct(in[0], in[1], act) }, image, other)
		add("batch_norm "+act.String(), func(in nodes) (*gorgonia.Node, error) {
			y, _, _, err := BatchNormTraining(in[0], in[1], in[2], BatchNormConfig{Act: act})
			return y, err
		}, image, channel("w"), channel("b"))
		add("batch_norm inference "+act.String(), func(in nodes) (*gorgonia.Node, error) {
			return BatchNormInference(in[0], norm(in), BatchNormConfig{Act: act})
		}, image, channel("w"), channel("b"), optest.Fixed(channel("mean")), optest.Fixed(optest.Positive("var", 6)))
	}
	add("mul", func(in nodes) (*gorgonia.Node, error) { return Mul(in[0], in[1]) }, image, other)
	add("scale", func(in nodes) (*gorgonia.Node, error) { return Scale(in[0], -1.5) }, image)
	add("scale_channels", func(in nodes) (*gorgonia.Node, error) { return ScaleChannels(in[0], in[1]) }, image, x("s", 4, 6))
	add("reshape", func(in nodes) (*gorgonia.Node, error) { return Reshape(in[0], -1) }, image)
	add("dropout", func(in nodes) (*gorgonia.Node, error) { return Dropout(in[0], DropoutConfig{P: 0.3}) }, image)
	add("stochastic_depth", func(in nodes) (*gorgonia.Node, error) { return StochasticDepth(in[0], StochasticDepthConfig{P: 0.3}) }, image)
	add("softmax", func(in nodes) (*gorgonia.Node, error) { return Softmax(in[0]) }, rows)
	add("log_softmax", func(in nodes) (*gorgonia.Node, error) { return LogSoftmax(in[0]) }, rows)
	weights := make([]float64, 130)
	for i := range weights {
		weights[i] = 1 + float64(i%7)
	}
	for _, cfg := range []CrossEntropyConfig{{Smoothing: 0.1}, {ClassWeights: weights}} {
		add("cross_entropy", func(in nodes) (*gorgonia.Node, error) { return CrossEntropy(in[0], in[1], cfg) }, rows, optest.Labels("labels", labels...))
		add("soft_cross_entropy", func(in nodes) (*gorgonia.Node, error) { return SoftCrossEntropy(in[0], in[1], cfg) }, rows, optest.Fixed(optest.Positive("q", 300, 130)))
	}
	for _, l := range references(CrossEntropyConfig{}, []float64{2}, 0.5)[1:] {
		add(l.name, func(in nodes) (*gorgonia.Node, error) { return l.build(in...) }, rows, optest.Fixed(optest.Positive("t", 300, 130)))
	}
	return all
}

// TestOverwrites: wherever an operation, or a derivative of one, allows its
// result to lie on an operand, it gives the same bits there.
func TestOverwrites(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range append(gradientCases(), largeCases()...) {
		checkOverwrites[float32](t, c, seen)
		checkOverwrites[float64](t, c, seen)
	}
	if len(seen) < 24 {
		t.Errorf("only %d operations overwrite an operand: %v", len(seen), seen)
	}
}

func checkOverwrites[T kernel.Float](t *testing.T, c gradientCase, seen map[string]bool) {
	names, err := optest.Overwrites[T](c.build, c.inputs...)
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
	}
	for _, n := range names {
		seen[n] = true
	}
}
