package trainer

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
)

const (
	defaultBatch  = 128
	defaultEpochs = 10
)

// Data is what a run learns from and what it is tested on. Their targets may be
// of different kinds: mixed images, for instance, have class probabilities in
// training and are tested on labels.
type Data struct {
	Train datasets.Source
	Test  datasets.Source // nil: no evaluation
}

// Config says how to train. The zero value is useful: ten epochs of Adam at
// batch 128.
type Config struct {
	Epochs int // 0 means 10
	Batch  int // images a step; 0 means 128, never more than there are

	// Loss to be minimised; nil means what is usual for the training data's
	// targets: cross-entropy for class labels and probabilities, binary
	// cross-entropy for multi-label targets, mean squared error for real values.
	// The test data is measured by the same loss, but by cross-entropies without
	// smoothing and weights, and by the usual loss where its targets differ.
	Loss graph.Loss

	Optimizer Optimizer // nil means Adam{}
	// Schedule of the learning rate; nil leaves the optimizer's alone. Lengths
	// that it leaves at 0 are those of the whole run, in epochs or steps.
	Schedule   Schedule
	ScheduleBy Unit // default: steps for OneCycle, epochs for the others
	// Groups of parameters with a learning rate or weight decay of their own,
	// or frozen. The first whose pattern matches a parameter has it.
	Groups []Group
	// LayerDecay lets layers learn the more slowly the farther they are from the
	// head: their learning rate is multiplied by LayerDecay^d, where d counts the
	// layers between them and the last one, for fine-tuning a trained network
	// (0.65 to 0.9 are usual). A layer is a part of the network by its name
	// ("layer1.0", "conv1", "features.3") with the norms that follow it, an
	// auxiliary head counting where it stands. A Group's
	// LRFactor multiplies it; a Group with an LR of its own keeps that. 0 and 1
	// mean none.
	//
	// Clark et al. 2020, arXiv:2003.10555; Bao et al. 2021, BEiT,
	// arXiv:2106.08254; timm's layer_decay.
	LayerDecay float64

	// Seed of the initial parameters, the order of the images, augmentation
	// and dropout. Equal seeds and thread counts give equal results, bit for
	// bit.
	Seed uint64
	// Accumulate is how many batches make one step: the mean gradient of all their
	// images is one update, as of a batch so many times as large, in the memory of
	// a small one. Batch norm still takes the statistics of each batch by itself,
	// dropout and Mix draw for each. What counts steps counts updates: Schedule,
	// MaxSteps, EMA, Lookahead and hooks; ClipValue and ClipNorm bound the mean
	// gradient. The batches that are left at the end of an epoch make a smaller
	// step. A loss that is no mean over its images, such as one with class weights,
	// is averaged over batches by their images. 0 and 1 mean every batch is a step.
	Accumulate int

	// Params to train on; nil makes new ones from Seed.
	Params *graph.Params

	Augment datasets.Augment
	// Mix blends the training images of each batch by mixup or CutMix and makes
	// class probabilities of their labels, after Augment. The loss is then
	// SoftCrossEntropy, with the smoothing and class weights of a CrossEntropy
	// (whose mean is then over images, not weights). Training accuracy counts
	// against the class of the larger share; testing stays on labels. The
	// network must have as many outputs as there are classes.
	Mix datasets.Mix

	ClipNorm float64 // largest common norm of the gradients; 0 means no limit

	// KeepLast also trains on an epoch's last batch when it is smaller than
	// the others, through a program of its own. Otherwise those images wait
	// for another epoch: each has another order.
	KeepLast  bool
	EvalEvery int // epochs between evaluations; 0 means 1. The last epoch is always evaluated
	EvalBatch int // images a run in evaluation; 0 means Batch

	// ClipValue bounds each element of the gradients to [-ClipValue, ClipValue],
	// before ClipNorm; 0 means no limit.
	ClipValue float64

	// MaxSteps ends the run after so many steps in all, in the middle of an epoch
	// if need be; 0 means after Epochs. 9.9 epochs of 48 steps are Epochs 10 and
	// MaxSteps 475.
	MaxSteps int

	// EMA evaluates, and keeps in Run.Averaged, a moving average of the weights;
	// nil means none.
	EMA *EMA
	// Lookahead draws the weights back to a slow copy every few steps; nil means
	// not.
	Lookahead *Lookahead
	// EarlyStopping ends the run when it gets no better; nil means never.
	EarlyStopping *EarlyStopping
	// Whiten starts the first convolution from the training images; nil means
	// not.
	Whiten *Whiten
	// TestTime averages the outputs for changed copies of each test image.
	TestTime TestTime

	// Resume is a checkpoint (see Run.Checkpoint) to go on from: parameters and
	// buffers, the solver's memory, averages, history and the place in the epoch
	// are its. With the same Config, data and number of threads the run is then
	// bit for bit the one that never stopped.
	Resume *weights.File

	Hooks []Hook
}

// fill sets defaults and checks.
func (c Config) fill(data Data) (Config, error) {
	if isNil(data.Train) || data.Train.Len() == 0 {
		return c, errors.New("there are no images to train on")
	}
	for _, v := range []struct {
		name  string
		value int
	}{{"Epochs", c.Epochs}, {"Batch", c.Batch}, {"EvalEvery", c.EvalEvery}, {"EvalBatch", c.EvalBatch}, {"MaxSteps", c.MaxSteps}, {"Accumulate", c.Accumulate}} {
		if v.value < 0 {
			return c, errors.Errorf("%s is %d, want at least 0", v.name, v.value)
		}
	}
	for _, v := range []struct {
		name  string
		value float64
	}{{"ClipNorm", c.ClipNorm}, {"ClipValue", c.ClipValue}} {
		if !(v.value >= 0) || math.IsInf(v.value, 0) {
			return c, errors.Errorf("%s is %v, want a finite number of at least 0", v.name, v.value)
		}
	}
	for _, check := range []func() error{c.EMA.check, c.Lookahead.check, c.Whiten.check, c.TestTime.check,
		func() error { return c.EarlyStopping.check(data) }} {
		if err := check(); err != nil {
			return c, err
		}
	}
	if err := checkLayerDecay(c.LayerDecay); err != nil {
		return c, err
	}
	if c.Epochs == 0 {
		c.Epochs = defaultEpochs
	}
	if c.Batch == 0 {
		c.Batch = defaultBatch
	}
	c.Batch = min(c.Batch, data.Train.Len())
	if c.EvalEvery == 0 {
		c.EvalEvery = 1
	}
	if c.EvalBatch == 0 {
		c.EvalBatch = c.Batch
	}
	if c.Optimizer == nil {
		c.Optimizer = Adam{}
	}
	if c.Params == nil {
		c.Params = graph.NewParams(c.Seed)
	}
	var err error
	if c.Mix != (datasets.Mix{}) {
		c.Loss, err = mixedLoss(c.Loss, data.Train)
	} else {
		c.Loss, err = trainingLoss(c.Loss, data.Train)
	}
	return c, err
}

// mixedLoss is the loss for a source of labels whose images are blended.
func mixedLoss(loss graph.Loss, data datasets.Source) (graph.Loss, error) {
	if kind, _ := datasets.TargetOf(data); kind != graph.ClassLabels {
		return nil, errors.Errorf("Mix blends %v, %s has %v", graph.ClassLabels, datasets.NameOf(data), kind)
	}
	switch l := loss.(type) {
	case nil:
		return graph.SoftCrossEntropy{}, nil
	case graph.CrossEntropy:
		return graph.SoftCrossEntropy(l), nil
	}
	if isNil(loss) {
		return nil, errors.Errorf("Loss is a nil %T", loss)
	}
	if kind := loss.TargetKind(); kind != graph.ClassProbabilities {
		return nil, errors.Errorf("Loss %T compares with %v, Mix makes %v", loss, kind, graph.ClassProbabilities)
	}
	return loss, nil
}

// trainingLoss is the loss for a source's targets, the usual one for nil.
func trainingLoss(loss graph.Loss, data datasets.Source) (graph.Loss, error) {
	kind, _ := datasets.TargetOf(data)
	if loss == nil {
		return usualLoss(kind)
	}
	if isNil(loss) {
		return nil, errors.Errorf("Loss is a nil %T", loss)
	}
	if want := loss.TargetKind(); want != kind {
		return nil, errors.Errorf("Loss %T compares with %v, %s has %v", loss, want, datasets.NameOf(data), kind)
	}
	return loss, nil
}

func usualLoss(kind graph.TargetKind) (graph.Loss, error) {
	switch kind {
	case graph.ClassLabels:
		return graph.CrossEntropy{}, nil
	case graph.ClassProbabilities:
		return graph.SoftCrossEntropy{}, nil
	case graph.MultiLabel:
		return graph.BinaryCrossEntropy{}, nil
	case graph.RealValues:
		return graph.MeanSquared{}, nil
	}
	return nil, errors.Errorf("there is no usual loss for targets of %v: set Loss", kind)
}
