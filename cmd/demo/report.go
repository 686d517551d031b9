package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/runs"
	"github.com/stheno-ml/stheno/trainer"
)

// reporter tells what happens during training: a bar and a line an epoch, or
// JSON on request.
type reporter struct {
	out      io.Writer
	json     bool
	quiet    bool
	intro    string
	tests    int    // images
	every    int    // epochs between tests
	folder   string // of the run; empty: none
	progress *progress
}

func (t *training) reporter(out io.Writer, p recipes.Prepared) *reporter {
	train, test := p.Data.Train, p.Data.Test
	intro := fmt.Sprintf("training %s on %s: %s of %v, %s; testing on %d", p.Architecture.Title, datasets.NameOf(train),
		count(train.Len(), "image"), train.Shape(), classes(len(train.Classes())), test.Len())
	r := &reporter{out: out, json: t.json, quiet: t.quiet, intro: intro, tests: test.Len(), every: max(1, p.Config.EvalEvery), progress: newProgress(out)}
	r.progress.most = p.Config.MaxSteps
	return r
}

// testing is on how many images the network is tested after an epoch.
func (r *reporter) testing(p trainer.Progress) int {
	if p.Epoch%r.every == 0 || p.Epoch == p.Epochs || p.Total == r.progress.most {
		return r.tests
	}
	return 0
}

func classes(n int) string {
	if n == 1 {
		return "1 class"
	}
	return fmt.Sprintf("%d classes", n)
}

func (r *reporter) hook() trainer.Hook {
	return trainer.Hook{
		Name: "report",
		OnStart: func(*trainer.Run) error {
			if r.json || r.quiet {
				return nil
			}
			_, err := fmt.Fprintln(r.out, r.intro)
			return err
		},
		OnStep: func(_ *trainer.Run, p trainer.Progress) error {
			if r.json || r.quiet {
				return nil
			}
			return r.progress.step(p, r.testing(p))
		},
		OnEpoch: func(_ *trainer.Run, e trainer.Epoch) error {
			if r.quiet {
				return nil
			}
			if r.json {
				return json.NewEncoder(r.out).Encode(e)
			}
			r.progress.clear()
			_, err := fmt.Fprintln(r.out, e)
			return err
		},
		OnEnd: func(*trainer.Run) error {
			r.progress.clear()
			return nil
		},
	}
}

// end prints the result: the last JSON line, or a sentence. Of a run that was
// stopped it is what there is.
func (r *reporter) end(run *trainer.Run, took time.Duration) error {
	last := run.History.Last()
	tested := trainer.Epoch{} // the last epoch that was
	for _, e := range run.History {
		if e.Evaluated {
			tested = e
		}
	}
	if r.json {
		result := struct {
			TestAccuracy *float64 `json:"test_accuracy"` // null: never tested
			TestLoss     *float64 `json:"test_loss"`
			Epochs       int      `json:"epochs"`
			Seconds      float64  `json:"seconds"`
			Parameters   int      `json:"parameters"`
			Stopped      bool     `json:"stopped,omitempty"`
			Run          string   `json:"run,omitempty"`        // folder
			Checkpoint   string   `json:"checkpoint,omitempty"` // newest
			Weights      string   `json:"weights_sha256"`       // of names, shapes and elements
		}{Run: r.folder, Epochs: last.Epoch, Seconds: took.Seconds(), Parameters: run.Params.Count(), Stopped: run.Stopped}
		if tested.Evaluated {
			result.TestAccuracy, result.TestLoss = &tested.TestAccuracy, &tested.TestLoss
		}
		if r.folder != "" {
			steps, err := runs.Checkpoints(r.folder).Steps()
			if err != nil {
				return err
			}
			if len(steps) > 0 {
				result.Checkpoint = runs.Checkpoints(r.folder).Path(steps[len(steps)-1])
			}
		}
		var err error
		if result.Weights, err = checkpoint.ParamsChecksum(run.Kept()); err != nil {
			return err
		}
		return json.NewEncoder(r.out).Encode(result)
	}
	text := ""
	if run.Stopped {
		text = "stopped before the first step"
		if last.Epoch > 0 {
			text = fmt.Sprintf("stopped in epoch %d after %s", last.Epoch, count(last.Steps, "step"))
		}
		if tested.Evaluated {
			text += "; "
		}
	}
	if tested.Evaluated {
		text += fmt.Sprintf("test accuracy %.2f %%, test loss %.4f after %s", 100*tested.TestAccuracy, tested.TestLoss, count(tested.Epoch, "epoch"))
	}
	_, err := fmt.Fprintf(r.out, "%s in %.1f s\n", text, took.Seconds())
	return err
}
