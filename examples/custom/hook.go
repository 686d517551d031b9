package main

import (
	"fmt"
	"io"

	"github.com/stheno-ml/stheno/trainer"
)

// Until is a hook: it writes a line an evaluation, with the largest norm of the
// gradients since the last, and ends training when the test accuracy is high
// enough.
func Until(accuracy float64, out io.Writer) trainer.Hook {
	largest := 0.0
	return trainer.Hook{
		Name: "until",
		OnStep: func(_ *trainer.Run, p trainer.Progress) error {
			parameters, err := trainer.ParametersOf(p.Program)
			if err != nil {
				return err
			}
			norm, err := trainer.ClipGradNorm(parameters, 0) // 0 only measures
			largest = max(largest, norm)
			return err
		},
		OnEpoch: func(_ *trainer.Run, e trainer.Epoch) error {
			if !e.Evaluated { // see Config.EvalEvery
				return nil
			}
			fmt.Fprintf(out, "epoch %d: loss %.3f, gradients up to %.3f, test accuracy %.0f %%\n",
				e.Epoch, e.TrainLoss, largest, 100*e.TestAccuracy)
			largest = 0
			if e.TestAccuracy >= accuracy {
				return trainer.ErrStop // no error: the run ends well
			}
			return nil
		},
	}
}
