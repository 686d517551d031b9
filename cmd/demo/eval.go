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
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

func newEval() *cobra.Command {
	var run, file, arch, data, dataDir, picture string
	var batch, limit int
	var mirror, asJSON bool
	var shift int
	c := &cobra.Command{
		Use:   "eval",
		Short: "Test a trained network on a dataset",
		Long: `Eval measures a trained network on the test half of a dataset: accuracy,
mean cross-entropy, the expected calibration error (Guo et al. 2017), the Brier
score, and the mean over classes of the area under the ROC curve. The network comes from a run's folder or from a file of weights;
one without a description of its own, such as PyTorch's, needs --arch.`,
		Example: `  demo eval --run runs/digits
  demo eval --arch cifar_resnet20 --weights resnet20.safetensors --data cifar10 --data-dir DIR`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkPicture(picture); err != nil {
				return err
			}
			if batch < 1 || limit < 0 {
				return errors.Errorf("--batch is %d and --limit %d, want at least 1 and 0", batch, limit)
			}
			if run != "" && file != "" {
				return errors.New("--run and --weights exclude each other")
			}
			r := recipes.Default()
			if run == "" && file == "" {
				var err error
				if run, err = newestRun(runsFolder); err != nil {
					return err
				}
			}
			if run != "" {
				settings, err := readSettings(run)
				if err != nil {
					return err
				}
				if file, err = weightsOf(run); err != nil {
					return err
				}
				r = settings.Recipe
			}
			if data != "" && data != r.Data {
				r.Data, r.DataDir, r.Table, r.TestShare, r.Broken = data, "", "", 0, ""
			}
			if dataDir != "" {
				r.DataDir = dataDir
			}
			r.Limit = limit
			w, err := readWeights(file, arch)
			if err != nil {
				return err
			}
			d, err := r.LoadAs(c.Context(), w.description.Input, w.description.Normalization)
			if err != nil {
				return err
			}
			tellBroken(c, d.Broken)
			net, params, err := w.network(d.Test.Classes())
			if err != nil {
				return err
			}
			views := trainer.TestTime{Mirror: mirror || shift > 0, Shift: shift}
			if r.TestTime != nil && !c.Flags().Changed("mirror") && !c.Flags().Changed("shift") {
				views = *r.TestTime
			}
			e, err := trainer.Evaluate(c.Context(), net, d.Test, trainer.EvaluateConfig{Params: params, Batch: batch, TestTime: views, AUC: true})
			if err != nil {
				return err
			}
			if picture != "" {
				if err := drawReliability(picture, "Reliability of "+w.description.Architecture+" on "+datasets.NameOf(d.Test), e); err != nil {
					return err
				}
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(evaluated(e))
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s on %s: test accuracy %.2f %%, test loss %.4f, %s\n%s\n",
				w.description.Architecture, datasets.NameOf(d.Test), 100*e.Accuracy, e.Loss, count(e.Images, "image"), furtherScores(e))
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&run, "run", "", "folder of a run (default the newest below "+runsFolder+")")
	f.StringVar(&file, "weights", "", "file of weights, instead of a run")
	f.StringVar(&arch, "arch", "", "architecture of --weights, where the file does not say it")
	f.StringVar(&data, "data", "", "data set (default the run's)")
	f.StringVar(&dataDir, "data-dir", "", "folder with the dataset's published files (default the run's)")
	f.IntVar(&batch, "batch", 128, "images a step")
	f.IntVar(&limit, "limit", 0, "test on the first so many images only; 0 takes all")
	f.BoolVar(&mirror, "mirror", false, "average over each image and its mirror image (default as in the run)")
	f.IntVar(&shift, "shift", 0, "average over shifts of so many pixels, too")
	f.StringVarP(&picture, "output", "o", "", "picture of how often the network is right against how sure it is: a .svg, .png or .pdf file")
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// trained is a file of weights with what it says of its network.
type trained struct {
	path        string
	file        *weights.File
	description classify.Description
}

// readWeights reads a file of weights. One without a description is taken for one
// of arch, trained on images as that wants them.
func readWeights(path, arch string) (w trained, err error) {
	w.path = path
	if w.file, err = weights.ReadFile(path); err != nil {
		return w, err
	}
	if w.description, err = classify.DescriptionOf(w.file); err != nil && arch == "" {
		return w, errors.WithMessage(err, path+" (or name --arch)")
	}
	if arch == "" {
		return w, nil
	}
	a, err := architectures.Lookup(arch)
	if err != nil {
		return w, errors.WithMessage(err, "--arch")
	}
	d := &w.description
	d.Architecture = a.Name
	if len(d.Classes) == 0 {
		d.Input, d.Normalization = a.Input, a.Normalization
	}
	return w, nil
}

// network is the trained network, for these classes where the file names none.
func (w *trained) network(classes []string) (graph.Block, *graph.Params, error) {
	d := &w.description
	if len(d.Classes) == 0 {
		d.Classes = classes
	}
	net, err := d.Network()
	if err != nil {
		return nil, nil, err
	}
	params := graph.NewParams(0, graph.Uninitialized())
	p, err := graph.Build(net, params, graph.InferenceConfig(d.Input.WithBatch(1)...))
	if err != nil {
		return nil, nil, err
	}
	if err := p.Close(); err != nil {
		return nil, nil, err
	}
	return net, params, errors.WithMessage(weights.Load(params, w.file.Tensors), w.path)
}
