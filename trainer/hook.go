package trainer

import (
	"fmt"
	"io"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
)

// ErrStop, returned by a hook, ends training after the current step or epoch
// as if it had been the last. Fit returns no error then.
var ErrStop = errors.New("training stopped by a hook")

// Hook attaches something to the loop: a progress bar, checkpoints, plots. A
// nil function is skipped. Hooks run in the order of Config.Hooks, on the
// loop's goroutine. An error other than ErrStop ends the run with it.
type Hook struct {
	Name    string // for errors
	OnStart func(*Run) error
	OnStep  func(*Run, Progress) error
	OnEpoch func(*Run, Epoch) error
	// OnEnd runs however training ended, so that what OnStart opened can be
	// closed.
	OnEnd func(*Run) error
}

// Progress is where the loop is after a step.
type Progress struct {
	Epoch, Epochs int // from 1
	Step, Steps   int // in this epoch, from 1
	Total         int // steps since the first epoch
	Images        int // in this step
	Loss          float64
	Accuracy      float64 // of this step's images
	LR            float64
	// Program has the step's values: logits, parts of the loss, gradients.
	Program *graph.Program
	// Mean has the epoch's means so far.
	Mean Epoch
}

// call runs one function of every hook. All hooks are called; of several
// errors the first that is not ErrStop counts.
func (c Config) call(f func(Hook) error) error {
	var stop error
	for _, h := range c.Hooks {
		err := f(h)
		switch {
		case err == nil:
		case errors.Is(err, ErrStop):
			stop = ErrStop
		case h.Name != "":
			return errors.WithMessage(err, h.Name)
		default:
			return err
		}
	}
	return stop
}

// EarlyStopping ends training when the test loss has not fallen below its
// minimum for that many evaluations.
func EarlyStopping(patience int) Hook {
	best, since := 0.0, -1
	return Hook{Name: "early stopping", OnEpoch: func(_ *Run, e Epoch) error {
		switch {
		case !e.Evaluated:
		case since < 0 || e.TestLoss < best:
			best, since = e.TestLoss, 0
		default:
			if since++; since >= patience {
				return ErrStop
			}
		}
		return nil
	}}
}

// LogTo writes one line an epoch.
func LogTo(w io.Writer) Hook {
	return Hook{Name: "log", OnEpoch: func(_ *Run, e Epoch) error {
		_, err := fmt.Fprintln(w, e)
		return err
	}}
}

// String is the epoch on one line.
func (e Epoch) String() string {
	s := fmt.Sprintf("epoch %d: loss %.4f", e.Epoch, e.TrainLoss)
	for i, p := range e.Parts {
		sep := ", "
		if i == 0 {
			sep = " ("
		}
		s += fmt.Sprintf("%s%s %.4f", sep, p.Name, p.Loss)
	}
	if e.Parts != nil {
		s += ")"
	}
	s += ", accuracy " + percent(e.TrainAccuracy)
	if e.Evaluated {
		s += fmt.Sprintf("; test loss %.4f, accuracy %s", e.TestLoss, percent(e.TestAccuracy))
	}
	return s + fmt.Sprintf("; lr %.4g, %.1f s, %.0f images/s", e.LR, e.Seconds, e.ImagesPerSecond)
}
