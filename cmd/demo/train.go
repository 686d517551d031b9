package main

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/trainer"
)

// training is what the flags of 'demo train' say.
type training struct {
	settings
	json   bool
	out    string
	resume string
}

// noFolder is the --out that keeps nothing.
const noFolder = "-"

func newTrain() *cobra.Command { return trainCommand(&training{}) }

func trainCommand(t *training) *cobra.Command {
	c := &cobra.Command{
		Use:   "train",
		Short: "Train a network and test it",
		Long: `Train trains a network on a dataset and tests it after every epoch.

The learning rate follows one cycle by default: it rises over the first third
of the steps to --lr and falls to nearly zero towards the end (Smith 2018).
Images are resized, made grey or RGB, and normalised by the mean and deviation
that the architecture wants.

The run is kept in a folder: settings, history, TensorBoard events, checkpoints and
the trained network, for 'demo predict' and 'demo eval'. Ctrl-C stops training after
the step under way and saves it; --resume goes on as if it had never stopped.`,
		Example: `  demo train
  demo train --recipe cifar10-resnet20 --data-dir DIR
  demo train --arch googlenet --input 3x64x64 --limit 2000 --epochs 3
  demo train --arch lenet5 --activation leaky_relu:0.1 --optimizer sgd --lr 0.05 --out run1
  demo train --resume run1`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return t.run(c) },
	}
	f := c.Flags()
	networkFlags(f, &t.Arch, &t.Activation, &t.Input, "lenet5")
	f.StringVar(&t.Data, "data", "embedded_mnist", "dataset: "+strings.Join(datasets.Names(), ", "))
	f.StringVar(&t.DataDir, "data-dir", "", "folder with the dataset's published files (default where 'demo data fetch' puts them)")
	f.IntVar(&t.Limit, "limit", 0, "train on the first so many images only and test on at most as many; 0 takes all")
	f.IntVar(&t.Epochs, "epochs", 6, "passes over the training images")
	f.IntVar(&t.Batch, "batch", 64, "images a step")
	f.Float64Var(&t.LR, "lr", 0, "highest learning rate (default 0.1 for sgd, 0.003 for the others)")
	f.StringVar(&t.Optimizer, "optimizer", "adam", "sgd (Nesterov momentum 0.9), adam, adamw, rmsprop or adagrad, in any case")
	f.StringVar(&t.Schedule, "schedule", "onecycle", "learning rate: "+strings.Join(schedules, ", "))
	f.BoolVar(&t.Augment, "augment", false, "random crops from 4 pixels of padding and flips; for digits and letters from 2 pixels, without flips")
	f.Uint64Var(&t.Seed, "seed", 1, "seed of the parameters, the order of the images and dropout")
	f.BoolVar(&t.json, "json", false, "print one JSON object a line instead of text")
	f.Float64Var(&t.WeightDecay, "weight-decay", 0, "weight decay (default 1e-4 for sgd, 1e-2 for adamw, none for the others)")
	f.Float64Var(&t.LabelSmoothing, "label-smoothing", 0, "share of the target that is spread over all classes, in [0, 1)")
	f.Float64Var(&t.EMA, "ema", 0, "decay of averaged weights, which are then tested and kept, such as 0.999; 0 averages none")
	f.StringVar(&t.Recipe, "recipe", "", "settings that are known to work: "+strings.Join(recipeNames(), ", ")+"; other flags override them")
	f.StringVar(&t.out, "out", "", "folder of the run (default a fresh one below "+runsFolder+"; "+noFolder+" keeps nothing)")
	f.StringVar(&t.CheckpointEvery, "checkpoint-every", "", "steps (500) or time (90s) between checkpoints within an epoch (default 10m); there is one at the end of every epoch")
	f.StringVar(&t.resume, "resume", "", "folder of a stopped run to go on with, by its own settings")
	return c
}

// check finds what is wrong with the flags before anything is loaded.
func (t *training) check() error {
	const most = 1_000_000
	switch {
	case t.Epochs < 1 || t.Epochs > most:
		return errors.Errorf("--epochs is %d, want 1 to %d", t.Epochs, most)
	case t.Batch < 1:
		return errors.Errorf("--batch is %d, want at least 1", t.Batch)
	case t.Limit < 0:
		return errors.Errorf("--limit is %d, want a number of images, or 0 for all", t.Limit)
	case !(t.WeightDecay >= 0) || math.IsInf(t.WeightDecay, 0):
		return errors.Errorf("--weight-decay is %g, want a number of at least 0", t.WeightDecay)
	case !(t.LabelSmoothing >= 0 && t.LabelSmoothing < 1):
		return errors.Errorf("--label-smoothing is %g, want at least 0 and less than 1", t.LabelSmoothing)
	case !(t.EMA >= 0 && t.EMA < 1):
		return errors.Errorf("--ema is %g, want at least 0 and less than 1", t.EMA)
	case !(t.LR >= 0) || math.IsInf(t.LR, 0): // NaN as well
		return errors.Errorf("--lr is %g, want a positive number, or 0 for the optimizer's usual one", t.LR)
	}
	if _, _, err := checkpointEvery(t.CheckpointEvery); err != nil {
		return err
	}
	for _, name := range []struct {
		flag  string
		value *string
		known []string
	}{{"optimizer", &t.Optimizer, trainer.OptimizerNames()}, {"schedule", &t.Schedule, schedules}, {"data", &t.Data, datasets.Names()}} {
		i := lookup.Find(*name.value, name.known)
		if i < 0 {
			return errors.WithMessage(lookup.Unknown(name.flag, *name.value, name.known), "--"+name.flag)
		}
		*name.value = name.known[i]
	}
	return nil
}

func (t *training) run(c *cobra.Command) error {
	out := c.OutOrStdout()
	if t.resume != "" {
		if err := t.readRun(c); err != nil {
			return err
		}
	}
	if err := t.follow(c); err != nil {
		return err
	}
	if err := t.check(); err != nil {
		return err
	}
	if err := t.checkFolder(); err != nil {
		return err
	}
	train, test, err := t.load()
	if err != nil {
		return err
	}
	n := t.network(len(train.Classes()))
	arch, net, size, err := n.build()
	if err != nil {
		return err
	}
	if train, test, err = fit(train, test, size, arch.Normalization); err != nil {
		return err
	}
	cfg, err := t.config(train)
	if err != nil {
		return err
	}
	cfg.Params = graph.NewParams(t.Seed)
	report := t.reporter(out, arch, train, test)
	cfg.Hooks = append(cfg.Hooks, report.hook())
	dir, err := t.open(c, &cfg, describe(t.settings, arch, train))
	if err != nil {
		return err
	}
	if dir != nil {
		defer dir.Close()
		report.folder = dir.Path()
		cfg.Hooks = append(cfg.Hooks, dir.Hook())
	}
	start := time.Now()
	run, err := trainer.Fit(c.Context(), net, trainer.Data{Train: train, Test: test}, cfg)
	if run == nil {
		return err
	}
	// Whatever ended training: what there is gets told and kept.
	kept := report.end(run, time.Since(start))
	if kept == nil {
		kept = t.save(out, dir, run, arch)
	}
	switch {
	case err == nil:
		return kept
	case kept != nil:
		return errors.WithMessagef(err, "%v; then", kept)
	}
	return err
}

// load returns the two halves of the chosen dataset.
func (t *training) load() (train, test *datasets.Dataset, err error) {
	if train, test, err = datasets.Lookup(t.Data, t.DataDir); err != nil {
		return nil, nil, err
	}
	if t.Limit > 0 && t.Limit < train.Len() {
		train = train.Take(t.Limit)
	}
	// Testing on thousands of images takes longer than training on a few.
	if t.Limit > 0 && t.Limit < test.Len() {
		test = test.Take(t.Limit)
	}
	return train, test, nil
}

// fit makes the images what the network takes.
func fit(train, test *datasets.Dataset, size imaging.Shape, n imaging.Normalization) (*datasets.Dataset, *datasets.Dataset, error) {
	both := [2]*datasets.Dataset{train, test}
	for i, d := range both {
		var err error
		if both[i], err = d.Prepare(size, n); err != nil {
			return nil, nil, err
		}
	}
	return both[0], both[1], nil
}

// schedules are those that --schedule knows.
var schedules = []string{"onecycle", "cosine", "constant"}

func (t *training) config(train *datasets.Dataset) (trainer.Config, error) {
	cfg := trainer.Config{Epochs: t.Epochs, Batch: t.Batch, Seed: t.Seed, ScheduleBy: trainer.ByStep}
	lr := t.LR
	if lr == 0 {
		lr = 0.003
		if t.Optimizer == "sgd" {
			lr = 0.1
		}
	}
	args := map[string]json.RawMessage{}
	set := func(key string, v any) { args[key], _ = json.Marshal(v) }
	set("lr", lr)
	if t.Optimizer == "sgd" {
		set("momentum", 0.9)
		set("nesterov", true)
		set("weight_decay", 1e-4)
	}
	if t.WeightDecay > 0 {
		set("weight_decay", t.WeightDecay)
	}
	if t.LabelSmoothing > 0 {
		cfg.Loss = graph.CrossEntropy{Smoothing: t.LabelSmoothing}
	}
	if t.EMA > 0 {
		cfg.EMA = &trainer.EMA{Decay: t.EMA}
	}
	var err error
	if cfg.Optimizer, err = trainer.LookupOptimizer(t.Optimizer, args); err != nil {
		return cfg, err
	}
	steps := t.Epochs * max(1, train.Len()/min(t.Batch, train.Len()))
	switch t.Schedule {
	case "onecycle":
		cfg.Schedule = trainer.OneCycle{Max: lr, Length: steps}
	case "cosine":
		cfg.Schedule = trainer.Cosine{Length: steps}
	}
	if t.Augment {
		// A mirrored digit or letter is another one, or none.
		switch t.Data {
		case "embedded_mnist", "mnist", "kmnist", "svhn":
			cfg.Augment = datasets.Augment{Pad: 2}
		default:
			cfg.Augment = datasets.Augment{Pad: 4, Flip: true}
		}
	}
	return cfg, nil
}
