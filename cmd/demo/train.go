package main

import (
	"os"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/live"
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/trainer"
)

// training is what the flags of 'demo train' say.
type training struct {
	recipes.Record
	json   bool
	quiet  bool
	out    string
	fresh  bool // out was made for this run
	resume string
	config string
	show   string         // file for --show-augment
	serve  string         // address of the live page; empty: none
	batch  batchSize      // --batch, as it was given
	hooks  []trainer.Hook // besides those of the report and the folder
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

Pictures of your own are --data folder: --data-dir has a sub-folder for each class,
or train and val with those; --table names a CSV file with the columns file and
label instead. What is not set aside to test on is drawn: --test-share.

Settings come from the flags that are given, then from --config, a JSON file of the
form of a run's config.json, then from --recipe, then from the defaults below. What
has no flag, such as groups of parameters, a file can say; {"recipe": "mnist",
"epochs": 3} begins at a recipe. The recipes are

` + recipeTable() + `
The run is kept in a folder: settings, history, TensorBoard events, checkpoints and
the trained network, for 'demo predict' and 'demo eval'. Ctrl-C stops training after
the step under way and saves it; --resume goes on as if it had never stopped.`,
		Example: `  demo train
  demo train --recipe cifar10-resnet20 --data-dir DIR
  demo train --arch googlenet --input 3x64x64 --limit 2000 --epochs 3
  demo train --arch lenet5 --activation leaky_relu:0.1 --optimizer sgd --lr 0.05 --out run1
  demo train --recipe folder --data-dir pictures
  demo train --recipe cifar10-resnet20 --policy trivial --show-augment first.png
  demo train --config run1/config.json --seed 2
  demo train --recipe mnist --serve
  demo train --resume run1`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return t.run(c) },
	}
	f := c.Flags()
	t.settingFlags(f)
	f.StringVar(&t.out, "out", "", "folder of the run (default a fresh one below "+runsFolder+"; "+noFolder+" keeps nothing)")
	f.StringVar(&t.CheckpointEvery, "checkpoint-every", "", "steps (500) or time (90s) between checkpoints within an epoch (default 10m); there is one at the end of every epoch")
	f.StringVar(&t.show, "show-augment", "", "draw the first batch as the network would see it into this file (.png or .svg), and don't train")
	f.StringVar(&t.serve, "serve", "", "show training on a page in the browser, with buttons to pause and stop it, at this `address`")
	f.Lookup("serve").NoOptDefVal = usualAddress
	f.StringVar(&t.resume, "resume", "", "folder of a stopped run to go on with, by its own settings")
	f.BoolVar(&t.json, "json", false, "print one JSON object a line instead of text")
	f.BoolVarP(&t.quiet, "quiet", "q", false, "print the result only")
	return c
}

// settingFlags are those of a recipe's settings.
func (t *training) settingFlags(f *pflag.FlagSet) {
	networkFlags(f, &t.Arch, &t.Activation, &t.Input, "lenet5")
	f.StringVar(&t.Data, "data", "embedded_mnist", "data set: "+strings.Join(recipes.DataNames(), ", "))
	f.StringVar(&t.DataDir, "data-dir", "", "folder with the data set's published files (default where 'demo data fetch' puts them), or with pictures of your own")
	f.StringVar(&t.Table, "table", "", "CSV file that lists the pictures of --data folder, with the columns file and label")
	f.Float64Var(&t.TestShare, "test-share", 0, "share of each class to test on, where --data folder has no val or test (default 0.2)")
	f.StringVar(&t.Broken, "broken", "", "pictures of --data folder that can't be read: skip, naming each, or refuse (default skip)")
	f.IntVar(&t.Limit, "limit", 0, "train on the first so many images only and test on at most as many; 0 takes all")
	f.IntVar(&t.Epochs, "epochs", 6, "passes over the training images")
	t.Batch, t.batch = 64, batchSize{images: &t.Batch}
	f.Var(&t.batch, "batch", "images a step; auto takes as many, a power of two up to 1024, as half of the free memory holds")
	f.IntVar(&t.Accumulate, "accumulate", 0, "batches whose mean gradient makes one step (default 1)")
	f.Float64Var(&t.LR, "lr", 0, "highest learning rate (default 0.1 for sgd, 1 for lars, 0.02 for muon, 0.003 for the others)")
	f.StringVar(&t.Optimizer, "optimizer", "adam", strings.Join(trainer.OptimizerNames(), ", ")+", in any case; sgd and lars have Nesterov momentum 0.9")
	f.StringVar(&t.Schedule, "schedule", "onecycle", "learning rate: onecycle, cosine, constant, plateau, or as trainer.LookupSchedule reads it, such as step_10_0.5")
	f.BoolVar(&t.Augment, "augment", false, "random crops from 4 pixels of padding and flips; for digits and letters from 2 pixels, without flips")
	f.StringVar(&t.Policy, "policy", "", "change each training image in one of many ways: trivial, rand or auto (TrivialAugment, RandAugment, AutoAugment)")
	f.Var(t.alpha(func(m *datasets.Mix) *float64 { return &m.Mixup }), "mixup", "blend training images by mixup with this alpha, such as 0.2")
	f.Var(t.alpha(func(m *datasets.Mix) *float64 { return &m.CutMix }), "cutmix", "blend training images by CutMix with this alpha, such as 1; with --mixup a batch takes one of both")
	f.Uint64Var(&t.Seed, "seed", 1, "seed of the parameters, the order of the images and dropout")
	f.Float64Var(&t.WeightDecay, "weight-decay", 0, "weight decay (default 1e-4 for sgd and lars, 1e-2 for adamw and lamb, 0.1 for muon, none for the others)")
	f.Float64Var(&t.LabelSmoothing, "label-smoothing", 0, "share of the target that is spread over all classes, in [0, 1)")
	f.Float64Var(&t.StochasticDepth, "stochastic-depth", 0, "probability that training skips the last unit of a residual network, less for earlier ones, in [0, 1)")
	f.Float64Var(&t.LayerDecay, "layer-decay", 0, "learning rate of each layer as a share of the next one's, such as 0.75 to fine-tune; 0 slows none down")
	f.Float64Var(&t.EMA, "ema", 0, "decay of averaged weights, which are then tested and kept, such as 0.999; 0 averages none")
	f.Float64Var(&t.ClipNorm, "clip-norm", 0, "largest common norm of the gradients; 0 does not limit it")
	f.Var(t.stopEarly(), "early-stopping", "end after so many tests without a lower loss, with the best weights")
	f.StringVar(&t.Name, "recipe", "", "settings that are known to work: "+strings.Join(recipes.Names(), ", "))
	f.StringVar(&t.config, "config", "", "file of settings, such as a run's config.json")
}

// check finds what is wrong with the settings before anything is loaded, and names
// the flag where there is one.
func (t *training) check(c *cobra.Command) error {
	if _, _, err := checkpointEvery(t.CheckpointEvery); err != nil {
		return err
	}
	if err := refuseIdle(c, t.Data, t.resume != ""); err != nil {
		return err
	}
	r, err := t.Check()
	if err == nil {
		t.Recipe = r
		return nil
	}
	field := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == ' ' || r == ':' })[0]
	if flag := strings.ReplaceAll(field, "_", "-"); c.Flags().Lookup(flag) != nil {
		return errors.New("--" + flag + strings.TrimPrefix(err.Error(), field))
	}
	return err
}

func (t *training) run(c *cobra.Command) error {
	if t.resume != "" {
		if err := t.readRun(c); err != nil {
			return err
		}
	} else if err := t.follow(c); err != nil {
		return err
	}
	return t.train(c)
}

// train does what the settings say.
func (t *training) train(c *cobra.Command) error {
	out := c.OutOrStdout()
	if err := t.check(c); err != nil {
		return err
	}
	if t.show != "" {
		return t.showBatch(c)
	}
	if err := t.checkFolder(); err != nil {
		return err
	}
	if t.fresh {
		defer os.Remove(t.out) // if nothing came into it
	}
	p, err := t.Prepare(c.Context())
	if err != nil {
		return err
	}
	tellBroken(c, p.Data.Broken)
	if err := t.chooseBatch(out, &p); err != nil {
		return err
	}
	report := t.reporter(out, p)
	p.Config.Hooks = append(t.hooks, report.hook())
	page, err := t.openPage(c, p)
	if err != nil {
		return err
	}
	if page != nil {
		defer page.Close()
		p.Config.Hooks = append(p.Config.Hooks, page.Hook(c.Context()))
	}
	dir, err := t.open(c, &p)
	if err != nil {
		return err
	}
	if dir != nil {
		defer dir.Close()
		report.folder = dir.Path()
		p.Config.Hooks = append(p.Config.Hooks, dir.Hook())
	}
	start := time.Now()
	run, err := trainer.Fit(c.Context(), p.Network, trainer.Data{Train: p.Data.Train, Test: p.Data.Test}, p.Config)
	if run == nil {
		return err
	}
	// Whatever ended training: what there is gets told and kept.
	kept := report.end(run, time.Since(start))
	if kept == nil {
		kept = t.save(out, dir, run, p.Architecture)
	}
	if errors.Is(err, live.ErrStopped) {
		err = nil
	}
	if page != nil && c.Context().Err() == nil && err == nil && kept == nil {
		kept = linger(c, page, run)
	}
	switch {
	case err == nil:
		return kept
	case kept != nil:
		return errors.WithMessagef(err, "%v; then", kept)
	}
	return err
}
