package trainer

import (
	"fmt"
	"io"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/table"
)

// ErrStop, returned by a hook, ends training after the current step or epoch
// as if it had been the last. Fit returns no error then.
var ErrStop = errors.New("training stopped by a hook")

// Hook attaches something to the loop: a progress bar, checkpoints, plots. A
// nil function is skipped. Hooks run in the order of Config.Hooks, on the
// loop's goroutine. An error other than ErrStop ends the run with it, as does a
// panic; both name the hook.
type Hook struct {
	Name    string // for errors
	OnStart func(*Run) error
	OnStep  func(*Run, Progress) error
	OnEpoch func(*Run, Epoch) error
	// OnEnd runs however training ended, so that what OnStart opened can be
	// closed: for every hook whose turn to start came, even if it failed.
	OnEnd func(*Run) error
}

// Progress is where the loop is after a step.
type Progress struct {
	Epoch, Epochs int // from 1
	Step, Steps   int // in this epoch, from 1: updates, each of Config.Accumulate batches
	Total         int // steps since the first epoch
	Images        int // in this step
	Loss          float64
	Accuracy      float64 // of this step's images; 0 for targets of real values
	LR            float64
	// Program has the values of the step's last batch: logits, parts of the loss,
	// gradients.
	Program *graph.Program
	// Mean has the epoch's means so far.
	Mean Epoch
}

// name tells which hook an error comes from.
func (h Hook) name(i int) string {
	if h.Name != "" {
		return "hook " + h.Name
	}
	return fmt.Sprintf("hook %d of Config.Hooks", i)
}

// callHooks calls one function of every hook. ErrStop lets the others have
// their turn, another error does not.
func (f *fit) callHooks(function string, pick func(Hook) func() error) error {
	var stop error
	for i, h := range f.cfg.Hooks {
		call := pick(h)
		if call == nil {
			continue
		}
		err := guard(function, call)
		switch {
		case err == nil:
		case errors.Is(err, ErrStop):
			stop = ErrStop
		default:
			return errors.WithMessage(err, h.name(i))
		}
	}
	return stop
}

// start calls the hooks' OnStart and counts them.
func (f *fit) start() error {
	return f.callHooks("OnStart", func(h Hook) func() error {
		f.started++
		if h.OnStart == nil {
			return nil
		}
		return func() error { return h.OnStart(f.run) }
	})
}

// end calls the OnEnd of every hook that was started, once, whatever the others
// do, and returns their first error.
func (f *fit) end() error {
	var first error
	for i := range f.started {
		h := f.cfg.Hooks[i]
		if h.OnEnd == nil {
			continue
		}
		if err := guard("OnEnd", func() error { return h.OnEnd(f.run) }); err != nil && first == nil && !errors.Is(err, ErrStop) {
			first = errors.WithMessage(err, h.name(i))
		}
	}
	f.started = 0
	return first
}

// LogTo writes one line an epoch.
func LogTo(w io.Writer) Hook {
	return Hook{
		Name: "log",
		OnStart: func(*Run) error {
			if isNil(w) {
				return errors.New("the writer is nil")
			}
			return nil
		},
		OnEpoch: func(_ *Run, e Epoch) error {
			_, err := fmt.Fprintln(w, e)
			return err
		},
	}
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
	if e.HasAccuracy() {
		s += ", accuracy " + table.Percent(e.TrainAccuracy)
	}
	if e.Evaluated {
		s += fmt.Sprintf("; test loss %.4f", e.TestLoss)
		if e.HasAccuracy() {
			s += ", accuracy " + table.Percent(e.TestAccuracy)
		}
	}
	return s + fmt.Sprintf("; lr %.4g, %.1f s, %.0f images/s", e.LR, e.Seconds, e.ImagesPerSecond)
}
