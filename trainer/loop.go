package trainer

import (
	"context"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
)

func (f *fit) epochs(ctx context.Context) error {
	for e := f.cfg.StartEpoch; e < f.cfg.Epochs; e++ {
		record, err := f.epoch(ctx, e)
		stopped := errors.Is(err, ErrStop)
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
		last := stopped || e == f.cfg.Epochs-1
		if f.eval != nil && (last || (e+1)%f.cfg.EvalEvery == 0) {
			test, evalErr := f.eval.run(ctx)
			if evalErr != nil {
				f.run.History = append(f.run.History, record)
				return f.place(evalErr, e, record.Steps)
			}
			f.run.Test = test
			record.Evaluated, record.TestLoss, record.TestAccuracy = true, test.Loss, test.Accuracy
		}
		f.run.History = append(f.run.History, record)
		if hooks := f.callHooks("OnEpoch", func(h Hook) func() error {
			if h.OnEpoch == nil {
				return nil
			}
			return func() error { return h.OnEpoch(f.run, record) }
		}); hooks != nil {
			err = hooks
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// epoch does one epoch's steps. On an error the record is of those done.
func (f *fit) epoch(ctx context.Context, e int) (Epoch, error) {
	var (
		sum   tally
		err   error
		start = time.Now()
	)
	record := func() Epoch {
		r := sum.epoch()
		r.Epoch, r.Kind, r.LR, r.Seconds = e+1, f.kind, f.run.Solver.LearningRate(), time.Since(start).Seconds()
		if r.Seconds > 0 {
			r.ImagesPerSecond = float64(r.Images) / r.Seconds
		}
		r.Partial = r.Steps < f.loader.Batches()
		return r
	}
	for batch, failed := range f.loader.Epoch(e) {
		if failed != nil {
			err = failed
			break
		}
		if err = ctx.Err(); err != nil {
			err = f.place(err, e, batch.Index+1)
			break
		}
		s := f.full
		if batch.N < f.cfg.Batch {
			s = f.last
		}
		var r result
		if r, err = f.step(ctx, s, batch, e); err != nil {
			err = f.place(err, e, batch.Index+1)
			break
		}
		sum.add(batch.N, r, s.program.Parts())
		f.run.Steps++
		if err = f.afterStep(s, batch, e, r, record); err != nil {
			break
		}
	}
	return record(), err
}

func (f *fit) afterStep(s *stepper, b datasets.Batch, e int, r result, mean func() Epoch) error {
	var p Progress
	return f.callHooks("OnStep", func(h Hook) func() error {
		if h.OnStep == nil {
			return nil
		}
		if p.Program == nil {
			p = Progress{
				Epoch: e + 1, Epochs: f.cfg.Epochs, Step: b.Index + 1, Steps: f.loader.Batches(), Total: f.run.Steps,
				Images: b.N, Loss: r.loss, Accuracy: share(r.right, r.of), LR: f.run.Solver.LearningRate(),
				Program: s.program, Mean: mean(),
			}
		}
		return func() error { return h.OnStep(f.run, p) }
	})
}

// place puts the time into an error.
func (f *fit) place(err error, epoch, step int) error {
	var bad *NonFiniteError
	if errors.As(err, &bad) {
		bad.Epoch, bad.Step, bad.LR = epoch+1, step, f.run.Solver.LearningRate()
		return bad
	}
	return errors.WithMessagef(err, "epoch %d, step %d", epoch+1, step)
}
