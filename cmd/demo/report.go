package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/trainer"
	"golang.org/x/term"
)

// reporter tells what happens during training: a progress bar on a terminal,
// a line an epoch otherwise, JSON on request.
type reporter struct {
	out   io.Writer
	json  bool
	intro string
	bar   *progressbar.ProgressBar
	live  bool
}

func (t *training) reporter(out io.Writer, a architectures.Architecture, train, test *datasets.Dataset) *reporter {
	r := &reporter{out: out, json: t.json}
	if f, ok := out.(*os.File); ok && !t.json {
		r.live = term.IsTerminal(int(f.Fd()))
	}
	r.intro = fmt.Sprintf("training %s on %s: %d images of %v, %d classes; testing on %d", a.Title, train.Name(), train.Len(), train.Shape(), len(train.Classes()), test.Len())
	return r
}

func (r *reporter) hook() trainer.Hook {
	return trainer.Hook{
		Name: "report",
		OnStart: func(*trainer.Run) error {
			if !r.json {
				fmt.Fprintln(r.out, r.intro)
			}
			return nil
		},
		OnStep:  r.step,
		OnEpoch: r.epoch,
		OnEnd: func(*trainer.Run) error {
			r.clear()
			return nil
		},
	}
}

func (r *reporter) step(_ *trainer.Run, p trainer.Progress) error {
	if !r.live {
		return nil
	}
	if r.bar == nil {
		r.bar = progressbar.NewOptions(p.Steps,
			progressbar.OptionSetWriter(r.out), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	}
	r.bar.Describe(fmt.Sprintf("epoch %d/%d  loss %.4f", p.Epoch, p.Epochs, p.Mean.TrainLoss))
	return r.bar.Set(p.Step)
}

func (r *reporter) clear() {
	if r.bar != nil {
		_ = r.bar.Clear()
		r.bar = nil
	}
}

func (r *reporter) epoch(_ *trainer.Run, e trainer.Epoch) error {
	r.clear()
	if r.json {
		return json.NewEncoder(r.out).Encode(e)
	}
	_, err := fmt.Fprintln(r.out, e)
	return err
}

// end prints the result: the last JSON line, or a sentence.
func (r *reporter) end(run *trainer.Run, took time.Duration) error {
	last := run.History.Last()
	if r.json {
		return json.NewEncoder(r.out).Encode(struct {
			TestAccuracy float64 `json:"test_accuracy"`
			TestLoss     float64 `json:"test_loss"`
			Epochs       int     `json:"epochs"`
			Seconds      float64 `json:"seconds"`
			Parameters   int     `json:"parameters"`
		}{last.TestAccuracy, last.TestLoss, last.Epoch, took.Seconds(), run.Params.Count()})
	}
	_, err := fmt.Fprintf(r.out, "test accuracy %.2f %%, test loss %.4f after %d epochs in %.1f s\n",
		100*last.TestAccuracy, last.TestLoss, last.Epoch, took.Seconds())
	return err
}
