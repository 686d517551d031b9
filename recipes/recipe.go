// Package recipes says all of a training in one value, which is also a JSON
// file: the data, the network, and how it learns. Known ones have names:
//
//	r, err := recipes.Lookup("mnist")
//	r.DataDir = "data/mnist"
//	run, err := r.Train(ctx)
//
// The same value is a run's config.json and what 'demo train --config' reads.
package recipes

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/trainer"
)

// Recipe is everything that makes a training what it is. Fields that are left
// empty have the values of Default.
type Recipe struct {
	Name string `json:"recipe,omitempty"` // of the recipe that it began as

	Arch       string `json:"arch"`                 // see architectures.Lookup
	Activation string `json:"activation,omitempty"` // replaces the architecture's, see activations.Lookup
	// StochasticDepth is the probability that the last unit of a residual network
	// is dropped in training; it grows with depth.
	StochasticDepth float64 `json:"stochastic_depth,omitempty"`
	Input           string  `json:"input,omitempty"` // image size as 3x32x32; empty: the architecture's

	// Data is a name that datasets.Lookup knows, or "folder": pictures of one's
	// own in DataDir, see Load.
	Data      string  `json:"data"`
	DataDir   string  `json:"data_dir,omitempty"`
	Table     string  `json:"table,omitempty"`      // CSV with the columns file and label, for folder
	TestShare float64 `json:"test_share,omitempty"` // of a folder without a test half; 0 means 0.2
	Broken    string  `json:"broken,omitempty"`     // pictures that can't be read: "skip" (default) or "refuse"
	Side      int     `json:"side,omitempty"`       // shorter side of a folder's pictures before the middle is cut out; 0: as covers the input
	Limit     int     `json:"limit,omitempty"`      // most images to train on, and to test on; 0 takes all

	Epochs     int    `json:"epochs"`
	Batch      int    `json:"batch"`                // images a step
	Accumulate int    `json:"accumulate,omitempty"` // batches a step; 0 means 1
	MaxSteps   int    `json:"max_steps,omitempty"`  // 0: as many as Epochs has
	Seed       uint64 `json:"seed"`

	Optimizer string  `json:"optimizer"`    // see trainer.LookupOptimizer
	LR        float64 `json:"lr,omitempty"` // 0 means 0.1 for sgd, 1 for lars, 0.02 for muon, 0.003 for the others
	// WeightDecay 0 means 1e-4 for sgd and lars, 1e-2 for adamw and lamb,
	// 0.1 for muon, none for the others.
	WeightDecay float64 `json:"weight_decay,omitempty"`
	// OptimizerArgs are further arguments by PyTorch's names. Of sgd and lars
	// momentum is 0.9 and nesterov true unless they say otherwise.
	OptimizerArgs map[string]json.RawMessage `json:"optimizer_args,omitempty"`
	// Schedule is "onecycle" up to LR, or what trainer.LookupSchedule reads.
	Schedule string `json:"schedule"`
	// ScheduleBy is "steps" or "epochs", what the schedule counts. Empty: steps
	// for onecycle, cosine and constant, else what is usual for the schedule.
	ScheduleBy string `json:"schedule_by,omitempty"`
	// Plateau says in detail how a Schedule that is, or ends with, "plateau" comes
	// down.
	Plateau *trainer.ReduceOnPlateau `json:"plateau,omitempty"`
	Groups  []trainer.Group          `json:"groups,omitempty"`
	// LayerDecay slows layers down by their distance from the head, see
	// trainer.Config.
	LayerDecay float64 `json:"layer_decay,omitempty"`
	ClipNorm   float64 `json:"clip_norm,omitempty"`
	ClipValue  float64 `json:"clip_value,omitempty"`

	LabelSmoothing float64   `json:"label_smoothing,omitempty"`
	ClassWeights   []float64 `json:"class_weights,omitempty"`

	// Augment is what is usual for the data: random crops from 4 pixels of
	// padding and flips; for digits and letters from 2 pixels, without flips.
	Augment bool `json:"augment,omitempty"`
	// Augmentation says it in detail, instead of Augment.
	Augmentation *datasets.Augment `json:"augmentation,omitempty"`
	// Policy is a last step of augmentation by its name: trivial_augment, rand_augment
	// or auto_augment (CIFAR-10's), also without "_augment". Their settings are said
	// as steps of Augmentation.
	Policy string        `json:"policy,omitempty"`
	Mix    *datasets.Mix `json:"mix,omitempty"`

	EMA           float64                `json:"ema,omitempty"` // decay of the averaged weights; 0: none
	Lookahead     *trainer.Lookahead     `json:"lookahead,omitempty"`
	Whiten        *trainer.Whiten        `json:"whiten,omitempty"`
	EarlyStopping *trainer.EarlyStopping `json:"early_stopping,omitempty"`

	TestTime  *trainer.TestTime `json:"test_time,omitempty"`
	EvalEvery int               `json:"eval_every,omitempty"` // epochs between tests; 0 means 1
	EvalBatch int               `json:"eval_batch,omitempty"` // images a run in tests; 0 means Batch
	KeepLast  bool              `json:"keep_last,omitempty"`  // train on the smaller last batch, too
}

// Default is a ReLU LeNet-5 on the embedded digits: done in seconds.
func Default() Recipe {
	return Recipe{Arch: "lenet5", Data: "embedded_mnist", Epochs: 6, Batch: 64, Optimizer: "adam", Schedule: "onecycle", Seed: 1}
}

// filled has Default's values where the recipe has none. Seed 0 is a seed.
func (r Recipe) filled() Recipe {
	d := Default()
	for _, f := range []struct{ value, usual *string }{
		{&r.Arch, &d.Arch}, {&r.Data, &d.Data}, {&r.Optimizer, &d.Optimizer}, {&r.Schedule, &d.Schedule}} {
		if *f.value == "" {
			*f.value = *f.usual
		}
	}
	if r.Epochs == 0 {
		r.Epochs = d.Epochs
	}
	if r.Batch == 0 {
		r.Batch = d.Batch
	}
	return r
}

// FolderData is the name of pictures of one's own, for Recipe.Data.
const FolderData = "folder"

// DataNames lists the names that Recipe.Data knows.
func DataNames() []string {
	names := append(datasets.Names(), FolderData)
	slices.Sort(names)
	return names
}

// Check finds what makes no sense, before anything is loaded, and returns the
// recipe with its names as the library writes them. Errors name the field.
func (r Recipe) Check() (Recipe, error) {
	r = r.filled()
	for _, f := range []struct {
		field string
		value int
		least int
	}{{"epochs", r.Epochs, 1}, {"batch", r.Batch, 1}, {"limit", r.Limit, 0}, {"accumulate", r.Accumulate, 0}, {"max_steps", r.MaxSteps, 0},
		{"eval_every", r.EvalEvery, 0}, {"eval_batch", r.EvalBatch, 0}} {
		const most = 1_000_000_000
		if f.value < f.least || f.value > most {
			return r, errors.Errorf("%s is %d, want %d to %d", f.field, f.value, f.least, most)
		}
	}
	if most := 1_000_000; r.Epochs > most {
		return r, errors.Errorf("epochs is %d, want 1 to %d", r.Epochs, most)
	}
	for _, f := range []struct {
		field string
		value float64
		below float64 // what it has to be less than
	}{{"lr", r.LR, math.Inf(1)}, {"weight_decay", r.WeightDecay, math.Inf(1)}, {"label_smoothing", r.LabelSmoothing, 1}, {"ema", r.EMA, 1},
		{"layer_decay", r.LayerDecay, 1}, {"stochastic_depth", r.StochasticDepth, 1}, {"clip_norm", r.ClipNorm, math.Inf(1)}, {"clip_value", r.ClipValue, math.Inf(1)}, {"test_share", r.TestShare, 1}} {
		if !(f.value >= 0 && f.value < f.below) {
			if math.IsInf(f.below, 1) {
				return r, errors.Errorf("%s is %g, want a number of at least 0", f.field, f.value)
			}
			return r, errors.Errorf("%s is %g, want at least 0 and less than %g", f.field, f.value, f.below)
		}
	}
	for _, f := range []struct {
		field string
		value *string
		known []string
	}{{"optimizer", &r.Optimizer, trainer.OptimizerNames()}, {"data", &r.Data, DataNames()},
		{"broken", &r.Broken, []string{"", "skip", "refuse"}}, {"schedule_by", &r.ScheduleBy, []string{"", "steps", "epochs"}}} {
		i := lookup.Find(*f.value, f.known)
		if i < 0 {
			return r, errors.WithMessage(lookup.Unknown(f.field, *f.value, f.known), f.field)
		}
		*f.value = f.known[i]
	}
	if r.Data != FolderData && (r.Table != "" || r.TestShare != 0 || r.Broken != "" || r.Side != 0) {
		return r, errors.Errorf("table, test_share, broken and side are for data %q, this is %q", FolderData, r.Data)
	}
	if r.Augment && r.Augmentation != nil {
		return r, errors.New("augment and augmentation exclude each other")
	}
	if r.Augmentation != nil {
		if err := r.Augmentation.Erasing.Check(); err != nil {
			return r, errors.WithMessage(err, "augmentation: erasing")
		}
	}
	if r.Policy != "" {
		step, err := policy(r.Policy)
		if err != nil {
			return r, errors.WithMessage(err, "policy")
		}
		r.Policy = step.Name()
	}
	if r.Mix != nil {
		if err := r.Mix.Check(); err != nil {
			return r, err
		}
	}
	if _, err := r.schedule(); err != nil {
		return r, err
	}
	_, err := r.optimizer()
	return r, err
}
