package trainer

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

const (
	defaultBatch  = 128
	defaultEpochs = 10
)

// Data is what a run learns from and what it is tested on.
type Data struct {
	Train datasets.Source
	Test  datasets.Source // nil: no evaluation
}

// Config says how to train. The zero value is useful: ten epochs of Adam at
// batch 128.
type Config struct {
	Epochs int // 0 means 10
	Batch  int // images a step; 0 means 128, never more than there are

	Optimizer Optimizer // nil means Adam{}
	// Schedule of the learning rate; nil leaves the optimizer's alone. Lengths
	// that it leaves at 0 are those of the whole run, in epochs or steps.
	Schedule   Schedule
	ScheduleBy Unit // default: steps for OneCycle, epochs for the others

	// Seed of the initial parameters, the order of the images, augmentation
	// and dropout. Equal seeds and thread counts give equal results, bit for
	// bit.
	Seed uint64
	// Params to train on; nil makes new ones from Seed.
	Params *graph.Params

	Augment        datasets.Augment
	LabelSmoothing float64 // s in [0, 1): the target is 1-s at the label plus s/classes everywhere
	ClipNorm       float64 // largest common norm of the gradients; 0 means no limit
	// NoDecay picks parameters without weight decay by name, such as those of
	// batch norm; nil means none.
	NoDecay func(name string) bool

	// KeepLast also trains on an epoch's last batch when it is smaller than
	// the others, through a program of its own. Otherwise those images wait
	// for another epoch: each has another order.
	KeepLast  bool
	EvalEvery int // epochs between evaluations; 0 means 1. The last epoch is always evaluated
	EvalBatch int // images a run in evaluation; 0 means Batch

	// StartEpoch is how many epochs were done before: with the Params and the
	// solver's State of that time the run goes on as if it had never stopped.
	// Epochs counts them too. Earlier becomes the history's start.
	StartEpoch int
	State      *State
	Earlier    History

	Hooks []Hook
}

// fill sets defaults and checks.
func (c Config) fill(data Data) (Config, error) {
	if isNil(data.Train) || data.Train.Len() == 0 {
		return c, errors.New("fit: there are no images to train on")
	}
	for _, v := range []struct {
		name  string
		value int
	}{{"epochs", c.Epochs}, {"batch size", c.Batch}, {"epochs between evaluations", c.EvalEvery},
		{"evaluation batch size", c.EvalBatch}, {"start epoch", c.StartEpoch}} {
		if v.value < 0 {
			return c, errors.Errorf("fit: %s is %d, want a positive number", v.name, v.value)
		}
	}
	if c.LabelSmoothing < 0 || c.LabelSmoothing >= 1 {
		return c, errors.Errorf("fit: label smoothing is %v, want at least 0 and less than 1", c.LabelSmoothing)
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
	return c, nil
}
