package main

import (
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/trainer"
)

func newEval() *cobra.Command {
	var from chosen
	var picture string
	var batch int
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
			if batch < 1 || from.limit < 0 {
				return errors.Errorf("--batch is %d and --limit %d, want at least 1 and 0", batch, from.limit)
			}
			if from.run != "" && from.file != "" {
				return errors.New("--run and --weights exclude each other")
			}
			s, err := from.open(c)
			if err != nil {
				return err
			}
			views := trainer.TestTime{Mirror: mirror || shift > 0, Shift: shift}
			if s.recipe.TestTime != nil && !c.Flags().Changed("mirror") && !c.Flags().Changed("shift") {
				views = *s.recipe.TestTime
			}
			e, err := trainer.Evaluate(c.Context(), s.net, s.data.Test, trainer.EvaluateConfig{Params: s.params, Batch: batch, TestTime: views, AUC: true})
			if err != nil {
				return err
			}
			if picture != "" {
				if err := drawReliability(picture, "Reliability of "+s.description.Architecture+" on "+datasets.NameOf(s.data.Test), e); err != nil {
					return err
				}
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(evaluated(e))
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s on %s: test accuracy %.2f %%, test loss %.4f, %s\n%s\n",
				s.description.Architecture, datasets.NameOf(s.data.Test), 100*e.Accuracy, e.Loss, count(e.Images, "image"), furtherScores(e))
			return err
		},
	}
	from.flags(c, "test on the first so many images only; 0 takes all")
	f := c.Flags()
	f.StringVar(&from.run, "run", "", "folder of a run (default the newest below "+runsFolder+")")
	f.IntVar(&batch, "batch", 128, "images a step")
	f.BoolVar(&mirror, "mirror", false, "average over each image and its mirror image (default as in the run)")
	f.IntVar(&shift, "shift", 0, "average over shifts of so many pixels, too")
	f.StringVarP(&picture, "output", "o", "", "picture of how often the network is right against how sure it is: a .svg, .png or .pdf file")
	f.BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}
