package main

import (
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

func newEval() *cobra.Command {
	var run, file, arch, data, dataDir string
	var batch, limit int
	var mirror, asJSON bool
	var shift int
	c := &cobra.Command{
		Use:   "eval",
		Short: "Test a trained network on a dataset",
		Long: `Eval measures a trained network on the test half of a dataset: accuracy and
mean cross-entropy. The network comes from a run's folder or from a file of weights;
one without a description of its own, such as PyTorch's, needs --arch.`,
		Example: `  demo eval --run runs/digits
  demo eval --arch cifar_resnet20 --weights resnet20.safetensors --data cifar10 --data-dir DIR`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if batch < 1 || limit < 0 {
				return errors.Errorf("--batch is %d and --limit %d, want at least 1 and 0", batch, limit)
			}
			if run != "" && file != "" {
				return errors.New("--run and --weights exclude each other")
			}
			var settings settings
			if run == "" && file == "" {
				var err error
				if run, err = newestRun(runsFolder); err != nil {
					return err
				}
			}
			if run != "" {
				var err error
				if settings, err = readSettings(run); err != nil {
					return err
				}
				if file, err = weightsOf(run); err != nil {
					return err
				}
				if data == "" {
					data = settings.Data
				}
				if dataDir == "" {
					dataDir = settings.DataDir
				}
			}
			if data == "" {
				data = "embedded_mnist"
			}
			_, test, err := datasets.Lookup(data, dataDir)
			if err != nil {
				return err
			}
			if limit > 0 {
				test = test.Take(limit)
			}
			net, params, description, err := openWeights(file, arch, test)
			if err != nil {
				return err
			}
			if test, err = test.Prepare(description.Input, description.Normalization); err != nil {
				return err
			}
			e, err := trainer.Evaluate(c.Context(), net, test, trainer.EvaluateConfig{Params: params, Batch: batch,
				TestTime: trainer.TestTime{Mirror: mirror || shift > 0, Shift: shift}})
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(struct {
					TestAccuracy float64 `json:"test_accuracy"`
					TestLoss     float64 `json:"test_loss"`
					Images       int     `json:"images"`
				}{e.Accuracy, e.Loss, e.Images})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s on %s: test accuracy %.2f %%, test loss %.4f, %s\n",
				description.Architecture, test.Name(), 100*e.Accuracy, e.Loss, count(e.Images, "image"))
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&run, "run", "", "folder of a run (default the newest below "+runsFolder+")")
	f.StringVar(&file, "weights", "", "file of weights, instead of a run")
	f.StringVar(&arch, "arch", "", "architecture of --weights, where the file does not say it")
	f.StringVar(&data, "data", "", "dataset (default the run's)")
	f.StringVar(&dataDir, "data-dir", "", "folder with the dataset's published files (default the run's)")
	f.IntVar(&batch, "batch", 128, "images a step")
	f.IntVar(&limit, "limit", 0, "test on the first so many images only; 0 takes all")
	f.BoolVar(&mirror, "mirror", false, "average over each image and its mirror image")
	f.IntVar(&shift, "shift", 0, "average over shifts of so many pixels, too")
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// openWeights reads a file of weights into its architecture. A file without a
// description is taken for one of arch, trained on images as that wants them.
func openWeights(file, arch string, data *datasets.Dataset) (graph.Block, *graph.Params, classify.Description, error) {
	f, err := weights.ReadFile(file)
	if err != nil {
		return nil, nil, classify.Description{}, err
	}
	d, err := classify.DescriptionOf(f)
	if err != nil && arch == "" {
		return nil, nil, d, errors.WithMessage(err, file+" (or name --arch)")
	}
	if arch != "" {
		a, err := architectures.Lookup(arch)
		if err != nil {
			return nil, nil, d, err
		}
		d.Architecture = a.Name
		if len(d.Classes) == 0 {
			d.Classes, d.Input, d.Normalization = data.Classes(), a.Input, a.Normalization
		}
	}
	net, err := d.Network()
	if err != nil {
		return nil, nil, d, err
	}
	params := graph.NewParams(0, graph.Uninitialized())
	p, err := graph.Build(net, params, graph.InferenceConfig(d.Input.WithBatch(1)...))
	if err != nil {
		return nil, nil, d, err
	}
	if err := p.Close(); err != nil {
		return nil, nil, d, err
	}
	return net, params, d, errors.WithMessage(weights.Load(params, f.Tensors), file)
}
