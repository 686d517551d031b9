package graph

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// softplus is log(1 + e^x).
func softplus(x float64) float64 { return math.Log1p(math.Exp(x)) }

func logSoftmax(row []float64) []float64 {
	sum := 0.0
	for _, v := range row {
		sum += math.Exp(v)
	}
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = v - math.Log(sum)
	}
	return out
}

// Every loss is what its formula says, in training with its gradient and in
// inference, by the target it wants.
func TestLosses(t *testing.T) {
	const n, classes = 2, 3
	soft := Probabilities([]float32{0.5, 0.25, 0.25, 0, 1, 0})
	several := MultiLabels([]float32{1, 0, 1, 0, 0.5, 0})
	real := Values([]float32{0.1, -2, 3, 0, 0.5, 7})
	each := func(f func(y, t float64) float64) func(y [][]float64) float64 {
		return func(y [][]float64) (sum float64) {
			for i, row := range y {
				for c, v := range row {
					sum += f(v, float64(real.Values[i*classes+c])) / (n * classes)
				}
			}
			return sum
		}
	}
	for name, c := range map[string]struct {
		loss   Loss
		target Target
		want   func(y [][]float64) float64
	}{
		"cross-entropy": {CrossEntropy{}, Labels([]int{2, 0}), func(y [][]float64) float64 {
			return -(logSoftmax(y[0])[2] + logSoftmax(y[1])[0]) / 2
		}},
		"weighted cross-entropy": {CrossEntropy{ClassWeights: []float64{1, 2, 3}}, Labels([]int{2, 0}), func(y [][]float64) float64 {
			return -(3*logSoftmax(y[0])[2] + logSoftmax(y[1])[0]) / 4
		}},
		"smoothed": {CrossEntropy{Smoothing: 0.3}, Labels([]int{2, 0}), func(y [][]float64) (sum float64) {
			for i, label := range []int{2, 0} {
				for c, l := range logSoftmax(y[i]) {
					if sum -= 0.1 * l / n; c == label {
						sum -= 0.7 * l / n
					}
				}
			}
			return sum
		}},
		"soft cross-entropy": {SoftCrossEntropy{}, soft, func(y [][]float64) (sum float64) {
			for i, row := range y {
				for c, l := range logSoftmax(row) {
					sum -= float64(soft.Values[i*classes+c]) * l / n
				}
			}
			return sum
		}},
		"binary cross-entropy": {BinaryCrossEntropy{}, several, func(y [][]float64) (sum float64) {
			for i, row := range y {
				for c, v := range row {
					p := float64(several.Values[i*classes+c])
					sum += (p*softplus(-v) + (1-p)*softplus(v)) / (n * classes)
				}
			}
			return sum
		}},
		"mean squared":  {MeanSquared{}, real, each(func(y, t float64) float64 { return (y - t) * (y - t) })},
		"mean absolute": {MeanAbsolute{}, real, each(func(y, t float64) float64 { return math.Abs(y - t) })},
		"Huber": {Huber{Delta: 0.5}, real, each(func(y, t float64) float64 {
			if d := math.Abs(y - t); d > 0.5 {
				return 0.5 * (d - 0.25)
			}
			return (y - t) * (y - t) / 2
		})},
		"one's own": {LossFunc{RealValues, func(output, target *gorgonia.Node) (*gorgonia.Node, error) {
			d, err := gorgonia.Sub(output, target)
			if err == nil {
				d, err = gorgonia.Square(d)
			}
			if err != nil {
				return nil, err
			}
			return gorgonia.Mean(d)
		}}, real, each(func(y, t float64) float64 { return (y - t) * (y - t) })},
	} {
		params := NewParams(1, WithDtype(tensor.Float64))
		cfg := TrainingConfig(n, 2, 5, 5)
		cfg.Loss = c.loss
		training := mustBuild(t, head{classes}, params, cfg)
		loss, err := training.Step(t.Context(), images(100), c.target)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		y, err := training.Logits()
		if err != nil {
			t.Fatal(err)
		}
		data := y.Float64s()
		if want := c.want([][]float64{data[:classes], data[classes:]}); math.Abs(loss-want) > 1e-9 {
			t.Errorf("%s: loss is %v, want %v", name, loss, want)
		}
		cfg = InferenceConfig(n, 2, 5, 5)
		cfg.Loss = c.loss
		inference := mustBuild(t, head{classes}, params, cfg)
		if again, err := inference.Loss(t.Context(), images(100), c.target); err != nil || math.Abs(again-loss) > 1e-12 {
			t.Errorf("%s: loss in inference is %v, %v, want %v", name, again, err, loss)
		}
		grads, err := training.Gradients()
		if err != nil {
			t.Fatal(err)
		}
		w, g := grads[0].Param.Float64s(), grads[0].Grad.Float64s()
		for _, i := range []int{0, 60, 149} {
			const h = 1e-6
			old := w[i]
			w[i] = old + h
			up, err := inference.Loss(t.Context(), images(100), c.target)
			if err != nil {
				t.Fatal(err)
			}
			w[i] = old - h
			down, err := inference.Loss(t.Context(), images(100), c.target)
			if err != nil {
				t.Fatal(err)
			}
			w[i] = old
			if want := (up - down) / (2 * h); math.Abs(g[i]-want) > 1e-7 {
				t.Errorf("%s: gradient %d is %v, finite difference %v", name, i, g[i], want)
			}
		}
	}
}

// Real values take the output's own shape: an autoencoder or a dense map. Heads
// of another shape than the network's output are refused.
func TestRealValuesOfAnyShape(t *testing.T) {
	net := func(aux BlockFunc) Block {
		return BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			w, err := s.Param("weight", tensor.Shape{2, 2, 3, 3}, HeNormal)
			if err != nil {
				return nil, err
			}
			y, err := ops.Conv2D(x, w, nil, ops.Conv2DConfig{Padding: [2]int{1, 1}})
			if err != nil {
				return nil, err
			}
			z, err := aux(s, y)
			if err != nil {
				return nil, err
			}
			s.AuxLoss("aux", z, 0.5)
			return y, nil
		})
	}
	cfg := TrainingConfig(2, 2, 5, 5)
	cfg.Loss = MeanSquared{}
	p := mustBuild(t, net(identity), NewParams(1), cfg)
	x := images(100)
	first, last := 0.0, 0.0
	for range 60 {
		loss, err := p.Step(t.Context(), x, Values(x))
		if err != nil {
			t.Fatal(err)
		}
		if last = loss; first == 0 {
			first = loss
		}
		grads, err := p.Gradients()
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range grads {
			for i, d := range g.Grad.Float32s() {
				g.Param.Float32s()[i] -= 0.05 * d
			}
		}
	}
	if parts := p.Parts(); len(parts) != 2 || last > first/2 {
		t.Errorf("loss went from %v to %v with parts %+v, want two and less than half", first, last, parts)
	}
	if _, err := p.Step(t.Context(), x, Values(x[:99])); err == nil || !strings.Contains(err.Error(), "99 target values, want 100 for shape (2, 2, 5, 5)") {
		t.Errorf("a short target: %v", err)
	}
	_, err := Build(net(func(_ *Scope, y *gorgonia.Node) (*gorgonia.Node, error) { return ops.Flatten(y) }), NewParams(1), cfg)
	if err == nil || !strings.Contains(err.Error(), "loss of head aux: it wants a target of shape (2, 50), the network's output one of (2, 2, 5, 5)") {
		t.Errorf("a head of another shape: %v", err)
	}
	cfg.Loss = CrossEntropy{}
	_, err = Build(net(identity), NewParams(1), cfg)
	if err == nil || !strings.Contains(err.Error(), "the output has shape (2, 2, 5, 5), a loss of class labels wants (2, classes)") {
		t.Errorf("labels of a dense map: %v", err)
	}
}

// Targets are held to kind, size and range before anything runs.
func TestTargetsAreChecked(t *testing.T) {
	for _, c := range []struct {
		loss   Loss
		target Target
		want   string
	}{
		{CrossEntropy{}, Labels([]int{0}), "graph: 1 labels, want 2"},
		{CrossEntropy{}, Labels([]int{0, 3}), "graph: label 3 of sample 1 is outside 0..2"},
		{CrossEntropy{}, Labels([]int{-1, 0}), "graph: label -1 of sample 0 is outside 0..2"},
		{CrossEntropy{}, Target{}, "graph: 0 labels, want 2"},
		{CrossEntropy{}, Values(make([]float32, 6)), "graph: the target is real values, this program's loss wants class labels"},
		{SoftCrossEntropy{}, Labels([]int{0, 1}), "graph: the target is class labels, this program's loss wants class probabilities"},
		{SoftCrossEntropy{}, Probabilities([]float32{1, 0, 0}), "graph: 3 target values, want 6 for shape (2, 3)"},
		{SoftCrossEntropy{}, Probabilities([]float32{1, 0, 0, 0.5, 0.4, 0}), "graph: sample 1: the probabilities add up to 0.9, want 1"},
		{SoftCrossEntropy{}, Probabilities([]float32{1, 0, 0, 2, -1, 0}), "graph: sample 1: the target of class 0 is 2, want 0 to 1"},
		{BinaryCrossEntropy{}, MultiLabels([]float32{1, 1, 1, 0, 0, float32(math.NaN())}), "graph: sample 1: the target of class 2 is NaN, want 0 to 1"},
		{LossFunc{ClassLabels, CrossEntropy{}.Build}, Labels([]int{0, 3}), "graph: label 3 of sample 1 is outside 0..2"},
	} {
		cfg := TrainingConfig(2, 2, 5, 5)
		cfg.Loss = c.loss
		params := NewParams(1)
		p := mustBuild(t, head{3}, params, cfg)
		if _, err := p.Step(t.Context(), images(100), c.target); err == nil || err.Error() != c.want {
			t.Errorf("%T: error is\n\t%v, want\n\t%s", c.loss, err, c.want)
		}
		if params.Steps() != 0 {
			t.Errorf("%T: a refused step counts", c.loss)
		}
	}
}

// A training configuration written by hand has the default loss, an inference
// program only the one that it is given.
func TestDefaultLoss(t *testing.T) {
	params := NewParams(1)
	p := mustBuild(t, head{3}, params, Config{Input: tensor.Shape{2, 2, 5, 5}, Training: true})
	if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
		t.Error(err)
	}
	q := mustBuild(t, head{3}, params, InferenceConfig(2, 2, 5, 5))
	if _, err := q.Run(t.Context(), images(100)); err != nil {
		t.Error(err)
	}
	if q.Config().Loss != nil || len(q.Parts()) != 0 {
		t.Error("an inference program has a loss that nobody gave it")
	}
}
