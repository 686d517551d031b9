package trainer

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// Mixed images teach class probabilities, by the loss that the labels would have
// had; testing stays on labels.
func TestFitMixes(t *testing.T) {
	for name, c := range map[string]struct {
		mix        datasets.Mix
		loss, want graph.Loss
	}{
		"mixup":    {datasets.Mix{Mixup: 0.2}, nil, graph.SoftCrossEntropy{}},
		"cutmix":   {datasets.Mix{CutMix: 1}, graph.CrossEntropy{Smoothing: 0.1, ClassWeights: []float64{1, 2, 1, 1}}, graph.SoftCrossEntropy{Smoothing: 0.1, ClassWeights: []float64{1, 2, 1, 1}}},
		"as given": {datasets.Mix{Mixup: 0.2, CutMix: 1}, graph.SoftCrossEntropy{Smoothing: 0.2}, graph.SoftCrossEntropy{Smoothing: 0.2}},
	} {
		run := fitTiny(t, Config{Epochs: 8, Batch: 32, Optimizer: SGD{LR: 0.05, Momentum: 0.9}, Mix: c.mix, Loss: c.loss, KeepLast: true})
		last := run.History.Last()
		if run.Test.Kind != graph.ClassLabels || run.Test.Accuracy < 0.85 || last.Kind != graph.ClassProbabilities || last.TrainAccuracy < 0.5 {
			t.Errorf("%s: %+v, %+v", name, run.Test, last)
		}
		if got := run.Config.Loss; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: the loss is %+v, want %+v", name, got, c.want)
		}
	}
}

// The mean loss of a smoothed, mixed batch is that of its mixed, smoothed
// targets, with the batch that the loader's seed, epoch and number give.
func TestMixedLoss(t *testing.T) {
	data := synthetic(t)
	mix := datasets.Mix{Mixup: 1}
	run, err := Fit(t.Context(), tinyHead(4), data, Config{Epochs: 1, MaxSteps: 1, Batch: 32, Seed: 5, Mix: mix,
		Loss: graph.CrossEntropy{Smoothing: 0.3}, Optimizer: SGD{LR: 1e-30}})
	if err != nil {
		t.Fatal(err)
	}
	loader, err := datasets.NewLoader(data.Train, datasets.LoaderConfig{Batch: 32, Shuffle: true, Seed: 5, DropLast: true, Mix: mix})
	if err != nil {
		t.Fatal(err)
	}
	for b, err := range loader.Epoch(0) {
		if err != nil {
			t.Fatal(err)
		}
		p, err := run.Program(32)
		if err != nil {
			t.Fatal(err)
		}
		y, err := p.Run(t.Context(), b.Images)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Target.Values {
			b.Target.Values[i] = 0.7*b.Target.Values[i] + 0.3/4
		}
		want, err := usualLossOf(y, b.Target, 32)
		if err != nil || abs(want-run.History[0].TrainLoss) > 1e-5 {
			t.Errorf("the loss is %v, want %v (%v)", run.History[0].TrainLoss, want, err)
		}
		break
	}
}

func abs(x float64) float64 { return max(x, -x) }

// tinyHead is a convolution and a linear layer, without dropout.
func tinyHead(classes int) blocks.Block {
	return blocks.Sequence{blocks.ConvNorm{Out: 4, Kernel: 3, Padding: 1, Norm: blocks.Identity{}, Act: activations.ReLU{}},
		blocks.GlobalAvgPool2D{}, blocks.Linear{Out: classes}}
}

func TestFitRefusesToMix(t *testing.T) {
	for want, c := range map[string]struct {
		net  graph.Block
		data Data
		cfg  Config
	}{
		"Loss graph.BinaryCrossEntropy compares with multi-label, Mix makes class probabilities": {linear(3), Data{Train: points{graph.ClassLabels, 60, 1, 3}},
			Config{Mix: datasets.Mix{Mixup: 1}, Loss: graph.BinaryCrossEntropy{}}},
		"Mix blends class labels, trainer.points has real values": {linear(3), Data{Train: points{graph.RealValues, 60, 1, 3}}, Config{Mix: datasets.Mix{Mixup: 1}}},
		"the network has 4 outputs, a target of trainer.points has 3 values": {linear(4), Data{Train: points{graph.ClassLabels, 60, 1, 3}},
			Config{Mix: datasets.Mix{Mixup: 1}}},
		"alphas are 0 and -1": {linear(3), Data{Train: points{graph.ClassLabels, 60, 1, 3}}, Config{Mix: datasets.Mix{CutMix: -1}}},
	} {
		c.cfg.Batch = 50
		if _, err := Fit(t.Context(), c.net, c.data, c.cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
