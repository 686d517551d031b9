package trainer

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// points are images of 1x2x2 random pixels whose targets follow from linear
// functions of them.
type points struct {
	kind  graph.TargetKind
	n     int
	seed  uint64
	width int // outputs
}

func (p points) Len() int              { return p.n }
func (p points) Shape() datasets.Shape { return datasets.Shape{Channels: 1, Height: 2, Width: 2} }
func (p points) Classes() []string {
	if p.kind == graph.RealValues {
		return nil
	}
	return []string{"a", "b", "c"}[:p.width]
}
func (p points) Target() (graph.TargetKind, int) { return p.kind, p.width }

func (p points) Read(i int, image []float32) (int, error) {
	rng := rand.New(rand.NewPCG(p.seed, uint64(i)))
	for k := range image {
		image[k] = float32(rng.NormFloat64())
	}
	best := 0
	for c := range p.width {
		if p.logit(image, c) > p.logit(image, best) {
			best = c
		}
	}
	return best, nil
}

func (p points) logit(image []float32, c int) float32 { return 2*image[c] - image[(c+1)%4] }

func (p points) ReadTarget(i int, target []float32) error {
	image := make([]float32, 4)
	label, err := p.Read(i, image)
	for c := range target {
		switch p.kind {
		case graph.ClassProbabilities:
			target[c] = 0.1 / float32(p.width-1)
			if c == label {
				target[c] = 0.9
			}
		case graph.MultiLabel:
			target[c] = 0
			if p.logit(image, c) > 0 {
				target[c] = 1
			}
		case graph.RealValues:
			target[c] = p.logit(image, c) + 0.5
		}
	}
	return err
}

// linear is one linear layer on the pixels.
func linear(outputs int) graph.Block {
	return graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		f, err := ops.Flatten(x)
		if err != nil {
			return nil, err
		}
		w, err := s.Param("weight", tensor.Shape{outputs, 4}, graph.FanInUniform)
		if err != nil {
			return nil, err
		}
		b, err := s.Param("bias", tensor.Shape{outputs}, graph.Zeros)
		if err != nil {
			return nil, err
		}
		return ops.Linear(f, w, b, ops.LinearConfig{})
	})
}

func TestFitLearnsEveryKindOfTarget(t *testing.T) {
	for _, kind := range []graph.TargetKind{graph.ClassLabels, graph.ClassProbabilities, graph.MultiLabel, graph.RealValues} {
		t.Run(kind.String(), func(t *testing.T) {
			data := Data{Train: points{kind, 600, 1, 3}, Test: points{kind, 205, 2, 3}}
			var accuracy float64
			run, err := Fit(context.Background(), linear(3), data, Config{
				Epochs: 8, Batch: 50, Optimizer: Adam{LR: 0.1}, Schedule: Cosine{}, ScheduleBy: ByStep,
				Hooks: []Hook{{OnStep: func(_ *Run, p Progress) error { accuracy = p.Accuracy; return nil }}},
			})
			if err != nil {
				t.Fatal(err)
			}
			e, last := run.Test, run.History.Last()
			if e.Kind != kind || last.Kind != kind || e.Images != 205 || last.TestLoss != e.Loss || last.TestLoss > 0.75*run.History[0].TrainLoss {
				t.Errorf("%+v\n%s", e, run)
			}
			accurate := kind != graph.RealValues
			if accurate != last.HasAccuracy() || accurate != (last.TrainAccuracy > 0.8) || accurate != (e.Accuracy > 0.8) || accurate != (accuracy > 0.8) ||
				accurate != strings.Contains(last.String(), "accuracy") || accurate != strings.Contains(run.Markdown(), "accuracy") {
				t.Errorf("accuracy %v, %+v\n%s", accuracy, e, run)
			}
			if (e.Confusion != nil) != (kind == graph.ClassLabels || kind == graph.ClassProbabilities) || (e.Labels != nil) != (kind == graph.MultiLabel) {
				t.Errorf("%+v", e)
			}
			switch kind {
			case graph.MultiLabel:
				if e.F1 < 0.8 || e.Labels[1].Class != "b" || e.Labels[1].F1 < 0.8 || e.Labels[1].Images == 0 {
					t.Errorf("%+v", e.Labels)
				}
			case graph.RealValues:
				if math.Abs(e.MeanSquared-e.Loss) > 1e-6 || e.MeanAbsolute <= 0 || e.MeanAbsolute*e.MeanAbsolute > e.MeanSquared {
					t.Errorf("%+v", e)
				}
			default:
				if e.TopFive != 1 || e.Confusion.Accuracy() != e.Accuracy {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}

// The loss that a program computes and the one measured from its outputs are the
// same, whatever the last batch.
func TestEvaluateLosses(t *testing.T) {
	for _, kind := range []graph.TargetKind{graph.ClassLabels, graph.ClassProbabilities, graph.MultiLabel, graph.RealValues} {
		params := graph.NewParams(4)
		usual, err := usualLoss(kind)
		if err != nil {
			t.Fatal(err)
		}
		var want *Evaluation
		for _, batch := range []int{0, 7, 50, 53, 1000} {
			for _, loss := range []graph.Loss{nil, usual} {
				e, err := Evaluate(context.Background(), linear(3), points{kind, 53, 2, 3}, EvaluateConfig{Params: params, Batch: batch, Loss: loss})
				if err != nil {
					t.Fatal(err)
				}
				if want == nil {
					want = e
				}
				if e.Images != 53 || math.Abs(e.Loss-want.Loss) > 1e-6*want.Loss || math.Abs(e.Accuracy-want.Accuracy) > 1e-12 || math.Abs(e.MeanAbsolute-want.MeanAbsolute) > 1e-6 {
					t.Errorf("%v, batch %d, %T: %+v, want %+v", kind, batch, loss, e, want)
				}
			}
		}
	}
}

// Soft labels in training, hard ones in testing.
func TestFitTestsOnOtherTargets(t *testing.T) {
	data := Data{Train: points{graph.ClassProbabilities, 600, 1, 3}, Test: points{graph.ClassLabels, 200, 2, 3}}
	run, err := Fit(context.Background(), linear(3), data, Config{Epochs: 5, Batch: 50, Optimizer: Adam{LR: 0.1}})
	if err != nil {
		t.Fatal(err)
	}
	if run.Test.Kind != graph.ClassLabels || run.Test.Accuracy < 0.9 {
		t.Errorf("%+v", run.Test)
	}
}

// The test data is measured by the run's own loss, but for smoothing and weights.
func TestFitMeasuresItsLoss(t *testing.T) {
	own := graph.LossFunc{Kind: graph.RealValues, Func: ops.MeanAbsolute}
	for name, c := range map[string]struct {
		loss graph.Loss
		want func(e *Evaluation, usual float64) float64
	}{
		"own":      {own, func(e *Evaluation, _ float64) float64 { return e.MeanAbsolute }},
		"absolute": {graph.MeanAbsolute{}, func(e *Evaluation, _ float64) float64 { return e.MeanAbsolute }},
		"squared":  {graph.MeanSquared{}, func(e *Evaluation, _ float64) float64 { return e.MeanSquared }},
		"huber":    {graph.Huber{Delta: 1000}, func(e *Evaluation, _ float64) float64 { return e.MeanSquared / 2 }},
		"smooth":   {graph.CrossEntropy{Smoothing: 0.2, ClassWeights: []float64{1, 2, 3}}, func(_ *Evaluation, usual float64) float64 { return usual }},
		"soft":     {graph.SoftCrossEntropy{Smoothing: 0.2}, func(_ *Evaluation, usual float64) float64 { return usual }},
		"binary":   {graph.BinaryCrossEntropy{PositiveWeights: []float64{3}}, func(_ *Evaluation, usual float64) float64 { return usual }},
	} {
		kind := c.loss.TargetKind()
		data := Data{Train: points{kind, 300, 1, 3}, Test: points{kind, 105, 2, 3}}
		run, err := Fit(context.Background(), linear(3), data, Config{Epochs: 2, Batch: 50, Optimizer: Adam{LR: 0.1}, Loss: c.loss})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		usual, err := Evaluate(context.Background(), linear(3), data.Test, EvaluateConfig{Params: run.Params})
		if err != nil {
			t.Fatal(err)
		}
		if e, want := run.Test, c.want(run.Test, usual.Loss); math.Abs(e.Loss-want) > 1e-6*(1+want) {
			t.Errorf("%s: loss %v, want %v", name, e.Loss, want)
		}
		again, err := run.Evaluate(context.Background(), data.Test)
		if err != nil || again.Loss != run.Test.Loss {
			t.Errorf("%s: %+v, %v", name, again, err)
		}
	}
}

// AUC is measured where it is asked for, and what else there is always.
func TestEvaluateAUC(t *testing.T) {
	data := Data{Train: points{graph.ClassLabels, 600, 1, 3}, Test: points{graph.ClassLabels, 200, 2, 3}}
	run, err := Fit(t.Context(), linear(3), data, Config{Epochs: 5, Batch: 50, Optimizer: Adam{LR: 0.1}})
	if err != nil {
		t.Fatal(err)
	}
	if e := run.Test; e.ClassAUC != nil || e.AUC != 0 || e.Calibration == nil || e.Brier <= 0 || e.Brier > 0.3 {
		t.Errorf("%+v", e)
	}
	e, err := Evaluate(t.Context(), linear(3), data.Test, EvaluateConfig{Params: run.Params, AUC: true, Batch: 30})
	if err != nil || e.AUC < 0.97 || len(e.ClassAUC) != 3 || e.Calibration.Error() > 0.3 || math.Abs(e.Brier-run.Test.Brier) > 1e-9 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestFitRefusesTargets(t *testing.T) {
	for want, c := range map[string]struct {
		net  graph.Block
		data Data
	}{
		"4 outputs, a target of trainer.points has 3": {linear(4), Data{Train: points{graph.MultiLabel, 60, 1, 3}}},
		"want 200": {linear(4), Data{Train: points{graph.RealValues, 60, 1, 3}}},
	} {
		if _, err := Fit(context.Background(), c.net, c.data, Config{Batch: 50}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v", want, err)
		}
	}
}
