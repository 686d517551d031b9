package trainer

import (
	"context"
	"slices"
	"time"

	"github.com/pkg/errors"
)

func (f *fit) epochs(ctx context.Context) error {
	if f.at.Step == 0 && f.over() {
		return f.finished(ctx)
	}
	if f.at.Step == 0 && f.stopsAfter(f.run.History) {
		if err := f.finished(ctx); err != nil {
			return err
		}
		return ErrStop
	}
	for e := f.at.Epochs; e < f.cfg.Epochs; e++ {
		if err := f.pace.adapt(f.run.History); err != nil {
			return err
		}
		record, err := f.epoch(ctx, e)
		stopped := errors.Is(err, ErrStop)
		if err == nil && f.over() || stopped {
			if slow := f.endLookahead(); slow != nil {
				return slow
			}
		}
		if err == nil || stopped {
			// The last update of an epoch is not followed by a loss that would
			// show what it did.
			if bad := f.checkParameters(record); bad != nil {
				err, stopped = bad, false
			}
		}
		if err != nil && !stopped {
			if record.Steps > 0 {
				f.run.History = append(f.run.History, record)
			}
			return err
		}
		last := stopped || e == f.cfg.Epochs-1 || f.over() || f.stopsAfter(append(slices.Clip(f.run.History), record))
		if f.eval != nil && (last || (e+1)%f.cfg.EvalEvery == 0) {
			test, evalErr := f.eval.run(ctx)
			if evalErr != nil {
				f.run.History = append(f.run.History, record)
				return f.placed(evalErr, e, record.Steps)
			}
			f.run.Test = test
			record.Evaluated, record.TestLoss, record.TestAccuracy = true, test.Loss, test.Accuracy
		}
		f.run.History = append(f.run.History, record)
		if !record.Partial {
			f.at = moment{Epochs: e + 1}
		}
		if f.watchStopping() {
			err = ErrStop
		}
		if hooks := f.callHooks("OnEpoch", func(h Hook) func() error {
			if h.OnEpoch == nil {
				return nil
			}
			return func() error { return h.OnEpoch(f.run, record) }
		}); hooks != nil {
			err = hooks
		}
		if err != nil || f.over() {
			return err
		}
	}
	return nil
}

// finished is for a run that goes on from its own end: there is nothing to train,
// but the hooks have files to write, and who reads Run.Test finds it.
func (f *fit) finished(ctx context.Context) (err error) {
	if f.eval != nil && (f.stopping == nil || f.stopping.kept == nil) { // restoreBest evaluates as well
		f.run.Test, err = f.eval.run(ctx)
	}
	return err
}

// total is the number of steps of the whole run.
func (f *fit) total() int {
	n := f.cfg.Epochs * f.cfg.stepsOf(f.loader.Batches())
	if f.cfg.MaxSteps > 0 {
		n = min(n, f.cfg.MaxSteps)
	}
	return n
}

// over tells whether all steps are done.
func (f *fit) over() bool { return f.run.Steps >= f.total() }

// epoch does one epoch's steps. On an error the record is of those done.
func (f *fit) epoch(ctx context.Context, e int) (Epoch, error) {
	var (
		sum   = f.at.Sums.tally()
		step  tally // of the batches of the step under way
		err   error
		start = time.Now().Add(-time.Duration(f.at.Seconds * float64(time.Second)))
		wait  time.Duration // for data
	)
	f.idle = 0
	elapsed := func() float64 { return (time.Since(start) - f.idle).Seconds() }
	record := func() Epoch {
		r := sum.epoch()
		r.Epoch, r.Kind, r.LR, r.Seconds, r.DataWait = e+1, f.kind, f.run.Solver.LearningRate(), elapsed(), wait.Seconds()
		if r.Seconds > 0 {
			r.ImagesPerSecond = float64(r.Images) / r.Seconds
		}
		r.Partial = r.Steps < f.cfg.stepsOf(f.loader.Batches())
		return r
	}
	if f.over() { // the checkpoint was after the last step
		return record(), nil
	}
	defer f.sum.undo() // of a step that does not come about
	asked := time.Now()
	for batch, failed := range f.loader.EpochFrom(e, f.at.Step) {
		wait += time.Since(asked)
		if failed != nil {
			err = failed
			break
		}
		if err = ctx.Err(); err != nil {
			err = f.placed(err, e, f.cfg.stepsOf(batch.Index+1))
			break
		}
		s := f.full
		if batch.N < f.cfg.Batch {
			s = f.last
		}
		var r result
		if r, err = f.step(ctx, s, batch, e); err != nil {
			err = f.placed(err, e, f.cfg.stepsOf(batch.Index+1))
			break
		}
		step.add(batch.N, r, s.program.Parts())
		if !f.completes(batch.Index) {
			asked = time.Now()
			continue
		}
		images := step.images
		if f.sum != nil {
			r = step.result()
		}
		sum.addStep(&step)
		f.run.Steps++
		if err = f.averageStep(); err != nil {
			break
		}
		f.at = moment{Epochs: e, Step: batch.Index + 1, Sums: sum.stored(), Seconds: elapsed()}
		if err = f.afterStep(s, batch.Index, images, e, r, record); err != nil || f.over() {
			break
		}
		asked = time.Now()
	}
	return record(), err
}

func (f *fit) afterStep(s *stepper, batch, images, e int, r result, mean func() Epoch) error {
	var p Progress
	return f.callHooks("OnStep", func(h Hook) func() error {
		if h.OnStep == nil {
			return nil
		}
		if p.Program == nil {
			p = Progress{
				Epoch: e + 1, Epochs: f.cfg.Epochs, Step: f.cfg.stepsOf(batch + 1), Steps: f.cfg.stepsOf(f.loader.Batches()), Total: f.run.Steps,
				Images: images, Loss: r.loss, Accuracy: share(r.right, r.of), LR: f.run.Solver.LearningRate(),
				Program: s.program, Mean: mean(),
			}
		}
		return func() error { return h.OnStep(f.run, p) }
	})
}

// placed puts the time into an error.
func (f *fit) placed(err error, epoch, step int) error {
	var bad *NonFiniteError
	if errors.As(err, &bad) {
		bad.Epoch, bad.Step, bad.LR = epoch+1, step, f.run.Solver.LearningRate()
		return bad
	}
	return errors.WithMessagef(err, "epoch %d, step %d", epoch+1, step)
}
