package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// training is what the flags of 'demo train' say.
type training struct {
	network
	data, dataDir string
	limit         int
	epochs, batch int
	lr            float64
	optimizer     string
	schedule      string
	augment       bool
	seed          uint64
	json          bool
	out           string
}

func newTrain() *cobra.Command {
	var t training
	c := &cobra.Command{
		Use:   "train",
		Short: "Train a network and test it",
		Long: `Train trains a network on a dataset and tests it after every epoch.

The learning rate follows one cycle by default: it rises over the first third
of the steps to --lr and falls to nearly zero towards the end (Smith 2018).
Images are resized and greyscale is made RGB where the architecture wants it.`,
		Example: `  demo train
  demo train --arch cifar_resnet20 --data cifar10 --data-dir DIR --epochs 10 --augment
  demo train --arch googlenet --input 3x64x64 --limit 2000 --epochs 3
  demo train --arch lenet5 --activation leaky_relu:0.1 --optimizer sgd --lr 0.05 --out run1`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return t.run(c) },
	}
	f := c.Flags()
	t.flags(f, "lenet5")
	f.StringVar(&t.data, "data", "embedded_mnist", "dataset: embedded_mnist, mnist, cifar10 or synthetic")
	f.StringVar(&t.dataDir, "data-dir", "", "folder with the dataset's published files, for mnist and cifar10")
	f.IntVar(&t.limit, "limit", 0, "train on so many images only; 0 takes all")
	f.IntVar(&t.epochs, "epochs", 6, "passes over the training images")
	f.IntVar(&t.batch, "batch", 64, "images a step")
	f.Float64Var(&t.lr, "lr", 0, "highest learning rate (default 0.1 for sgd, 0.003 for the others)")
	f.StringVar(&t.optimizer, "optimizer", "adam", "sgd (momentum 0.9, weight decay 1e-4), adam, adamw, rmsprop or adagrad")
	f.StringVar(&t.schedule, "schedule", "onecycle", "learning rate: onecycle, cosine or constant")
	f.BoolVar(&t.augment, "augment", false, "random crops from 4 pixels of padding, and flips except for digits")
	f.Uint64Var(&t.seed, "seed", 1, "seed of the parameters, the order of the images and dropout")
	f.BoolVar(&t.json, "json", false, "print one JSON object a line instead of text")
	f.StringVar(&t.out, "out", "", "folder for the history (JSON), its plot (SVG) and the confusion matrix (SVG)")
	return c
}

func (t *training) run(c *cobra.Command) error {
	out := c.OutOrStdout()
	if t.epochs < 1 || t.batch < 1 || t.limit < 0 || t.lr < 0 {
		return errors.Errorf("--epochs is %d, --batch %d, --limit %d, --lr %g: want positive numbers", t.epochs, t.batch, t.limit, t.lr)
	}
	train, test, err := t.load()
	if err != nil {
		return err
	}
	t.classes = len(train.Classes())
	arch, net, size, err := t.build()
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
	if t.out != "" {
		if err := os.MkdirAll(t.out, 0o755); err != nil {
			return errors.Wrap(err, "--out")
		}
	}
	cfg.Params = graph.NewParams(t.seed)
	report := t.reporter(out, arch, train, test)
	cfg.Hooks = append(cfg.Hooks, report.hook())
	start := time.Now()
	run, err := trainer.Fit(c.Context(), net, trainer.Data{Train: train, Test: test}, cfg)
	if run == nil || err != nil {
		return err
	}
	if err := report.end(run, time.Since(start)); err != nil {
		return err
	}
	return t.save(out, run, arch)
}

// load returns the two halves of the chosen dataset.
func (t *training) load() (train, test *datasets.Dataset, err error) {
	if train, test, err = datasets.Lookup(t.data, t.dataDir); err != nil {
		return nil, nil, err
	}
	if t.limit > 0 && t.limit < train.Len() {
		train = train.Take(t.limit)
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

func (t *training) config(train *datasets.Dataset) (trainer.Config, error) {
	cfg := trainer.Config{Epochs: t.epochs, Batch: t.batch, Seed: t.seed, ScheduleBy: trainer.ByStep}
	lr := t.lr
	if lr == 0 {
		lr = 0.003
		if t.optimizer == "sgd" {
			lr = 0.1
		}
	}
	args := map[string]json.RawMessage{}
	set := func(key string, v any) { args[key], _ = json.Marshal(v) }
	set("lr", lr)
	if t.optimizer == "sgd" {
		set("momentum", 0.9)
		set("weight_decay", 1e-4)
	}
	var err error
	if cfg.Optimizer, err = trainer.LookupOptimizer(t.optimizer, args); err != nil {
		return cfg, err
	}
	steps := t.epochs * max(1, train.Len()/min(t.batch, train.Len()))
	switch t.schedule {
	case "onecycle":
		cfg.Schedule = trainer.OneCycle{Max: lr, Length: steps}
	case "cosine":
		cfg.Schedule = trainer.Cosine{Length: steps}
	case "constant":
	default:
		return cfg, errors.Errorf("--schedule is %q, want onecycle, cosine or constant", t.schedule)
	}
	if t.augment {
		cfg.Augment = datasets.Augment{Pad: 4, Flip: t.data == "cifar10"}
	}
	return cfg, nil
}

// save writes what --out asks for.
func (t *training) save(out io.Writer, run *trainer.Run, arch architectures.Architecture) error {
	if t.out == "" {
		return nil
	}
	content, err := json.MarshalIndent(run.History, "", "  ")
	if err != nil {
		return errors.Wrap(err, "--out")
	}
	if err := atomicfile.Write(filepath.Join(t.out, "history.json"), append(content, '\n')); err != nil {
		return err
	}
	r := plots.Run{Name: arch.Title}
	for _, e := range run.History {
		r.TrainLoss = append(r.TrainLoss, e.TrainLoss)
		r.TestLoss = append(r.TestLoss, e.TestLoss)
		r.TrainAccuracy = append(r.TrainAccuracy, e.TrainAccuracy)
		r.TestAccuracy = append(r.TestAccuracy, e.TestAccuracy)
	}
	figure, err := plots.History(arch.Title, r)
	if err != nil {
		return err
	}
	if err := figure.Save(filepath.Join(t.out, "history.svg")); err != nil {
		return err
	}
	if run.Test != nil && run.Test.Confusion != nil {
		if figure, err = plots.Confusion(run.Test.Confusion.Count, run.Data.Test.Classes()); err != nil {
			return err
		}
		if err := figure.Save(filepath.Join(t.out, "confusion.svg")); err != nil {
			return err
		}
	}
	if !t.json {
		fmt.Fprintln(out, "wrote history.json, history.svg and confusion.svg to", t.out)
	}
	return nil
}
