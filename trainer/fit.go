package trainer

import (
	"context"
	"math"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// Fit trains a network to classify images by mini-batch gradient descent on
// the cross-entropy, auxiliary heads included at their weights, and evaluates
// it on the test data.
//
// The Run is nil only when training could not begin. When the context is done,
// Fit returns what there is with the context's error; a step is never left
// half done. When the loss becomes NaN or infinite, it returns a
// *NonFiniteError that names the layer.
func Fit(ctx context.Context, net graph.Block, data Data, cfg Config) (*Run, error) {
	f, err := newFit(net, data, cfg)
	if f != nil {
		defer f.close()
	}
	if err != nil {
		return nil, err
	}
	err = f.cfg.call(func(h Hook) error {
		if h.OnStart == nil {
			return nil
		}
		return h.OnStart(f.run)
	})
	if err == nil {
		err = f.epochs(ctx)
	}
	if err != nil {
		f.run.Stopped = true
	}
	end := f.cfg.call(func(h Hook) error {
		if h.OnEnd == nil {
			return nil
		}
		return h.OnEnd(f.run)
	})
	if err == nil || errors.Is(err, ErrStop) {
		err = end
	}
	if errors.Is(err, ErrStop) {
		err = nil
	}
	return f.run, err
}

// fit is the state of a run that its result does not need.
type fit struct {
	cfg    Config
	run    *Run
	pace   pace
	loader *datasets.Loader
	full   *stepper
	last   *stepper // for a smaller last batch; nil when there is none
	eval   *evaluator
}

// stepper is a training program with its parameters as the optimizer wants
// them, known from the first step on.
type stepper struct {
	program    *graph.Program
	parameters []Parameter
}

func newFit(net graph.Block, data Data, cfg Config) (*fit, error) {
	cfg, err := cfg.fill(data)
	if err != nil {
		return nil, err
	}
	solver, err := NewSolver(cfg.Optimizer)
	if err != nil {
		return nil, errors.WithMessage(err, "fit")
	}
	if cfg.State != nil {
		if err := solver.SetState(*cfg.State); err != nil {
			return nil, errors.WithMessage(err, "fit")
		}
	}
	f := &fit{cfg: cfg, run: &Run{Net: net, Params: cfg.Params, Solver: solver, Config: cfg, Data: data}}
	f.run.History = append(f.run.History, cfg.Earlier...)
	f.loader, err = datasets.NewLoader(data.Train, datasets.LoaderConfig{
		Batch: cfg.Batch, Shuffle: true, Seed: cfg.Seed, DropLast: !cfg.KeepLast, Augment: cfg.Augment, Prefetch: 2,
	})
	if err != nil {
		return f, err
	}
	if f.full, err = f.newStepper(cfg.Batch); err != nil {
		return f, err
	}
	if rest := data.Train.Len() % cfg.Batch; cfg.KeepLast && rest > 0 {
		if f.last, err = f.newStepper(rest); err != nil {
			return f, errors.WithMessagef(err, "last batch of %d", rest)
		}
	}
	if !isNil(data.Test) {
		if f.eval, err = newEvaluator(net, cfg.Params, data.Test, cfg.EvalBatch); err != nil {
			return f, errors.WithMessage(err, "evaluation")
		}
	}
	if f.pace, err = newPace(cfg.Schedule, cfg.ScheduleBy, cfg.Epochs, f.loader.Batches()); err != nil {
		return f, errors.WithMessage(err, "fit")
	}
	f.run.Steps = cfg.StartEpoch * f.loader.Batches()
	return f, nil
}

func (f *fit) newStepper(batch int) (*stepper, error) {
	gc := graph.TrainingConfig(f.run.Data.Train.Shape().WithBatch(batch)...)
	gc.Loss = graph.CrossEntropy{Smoothing: f.cfg.LabelSmoothing}
	program, err := graph.Build(f.run.Net, f.cfg.Params, gc)
	if err != nil {
		return nil, err
	}
	s := &stepper{program: program}
	if err := checkClasses(program, f.run.Data.Train); err != nil {
		program.Close()
		return nil, err
	}
	return s, nil
}

func (f *fit) close() {
	for _, s := range []*stepper{f.full, f.last} {
		if s != nil {
			s.program.Close()
		}
	}
	if f.eval != nil {
		f.eval.program.Close()
	}
}

func (f *fit) epochs(ctx context.Context) error {
	for e := f.cfg.StartEpoch; e < f.cfg.Epochs; e++ {
		record, err := f.epoch(ctx, e)
		stopped := errors.Is(err, ErrStop)
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
		hooks := f.cfg.call(func(h Hook) error {
			if h.OnEpoch == nil {
				return nil
			}
			return h.OnEpoch(f.run, record)
		})
		if hooks != nil {
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
		r.Epoch, r.LR, r.Seconds = e+1, f.run.Solver.LearningRate(), time.Since(start).Seconds()
		if r.Seconds > 0 {
			r.ImagesPerSecond = float64(r.Images) / r.Seconds
		}
		r.Partial = r.Steps < f.loader.Batches()
		return r
	}
	for batch, failed := range f.loader.Epoch(e) {
		i := batch.Index
		if failed != nil {
			err = errors.WithMessage(failed, "fit")
			break
		}
		if err = ctx.Err(); err != nil {
			err = errors.Wrapf(err, "epoch %d, step %d", e+1, i+1)
			break
		}
		if err = f.setRate(e); err != nil {
			err = f.place(err, e, i+1)
			break
		}
		s := f.full
		if batch.N < f.cfg.Batch {
			s = f.last
		}
		var loss float64
		var correct int
		if loss, correct, err = f.step(ctx, s, batch); err != nil {
			err = f.place(err, e, i+1)
			break
		}
		sum.add(batch.N, correct, loss, s.program.Parts())
		f.run.Steps++
		if err = f.afterStep(s, batch, e, i, loss, correct, record); err != nil {
			break
		}
	}
	return record(), err
}

func (f *fit) afterStep(s *stepper, b datasets.Batch, e, i int, loss float64, correct int, mean func() Epoch) error {
	var p Progress
	return f.cfg.call(func(h Hook) error {
		if h.OnStep == nil {
			return nil
		}
		if p.Program == nil {
			p = Progress{
				Epoch: e + 1, Epochs: f.cfg.Epochs, Step: i + 1, Steps: f.loader.Batches(), Total: f.run.Steps,
				Images: b.N, Loss: loss, Accuracy: share(correct, b.N), LR: f.run.Solver.LearningRate(),
				Program: s.program, Mean: mean(),
			}
		}
		return h.OnStep(f.run, p)
	})
}

// setRate sets the learning rate of the next step.
func (f *fit) setRate(epoch int) error {
	if f.pace.schedule == nil {
		return nil
	}
	lr, err := f.pace.rate(f.run.Solver.BaseLR(), epoch, f.run.Steps)
	if err == nil {
		f.run.Solver.SetLR(lr)
	}
	return err
}

// step runs one batch and updates the parameters, unless the loss is not
// finite: then they stay as they were.
func (f *fit) step(ctx context.Context, s *stepper, b datasets.Batch) (loss float64, correct int, err error) {
	f.cfg.Params.SetSteps(uint64(f.run.Steps))
	if loss, err = s.program.Step(ctx, b.Images, b.Target); err != nil {
		return 0, 0, err
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, 0, nonFinite(ctx, s.program, loss)
	}
	logits, err := s.program.Logits()
	if err != nil {
		return 0, 0, err
	}
	r, err := rowsOf(logits, b.Target.Labels)
	if err != nil {
		return 0, 0, err
	}
	if s.parameters, err = pair(s.program, s.parameters); err != nil {
		return 0, 0, err
	}
	for i := range s.parameters {
		p := &s.parameters[i]
		if f.cfg.NoDecay != nil && f.cfg.NoDecay(p.Name) {
			p.WeightDecay = -1
		}
	}
	if f.cfg.ClipNorm > 0 {
		if _, err := ClipGradNorm(s.parameters, f.cfg.ClipNorm); err != nil {
			return 0, 0, err
		}
	}
	return loss, r.correct(b.Target.Labels), f.run.Solver.Update(s.parameters)
}

// place puts the time into an error about values that are not finite.
func (f *fit) place(err error, epoch, step int) error {
	var bad *NonFiniteError
	if errors.As(err, &bad) {
		bad.Epoch, bad.Step, bad.LR = epoch+1, step, f.run.Solver.LearningRate()
		return bad
	}
	return errors.WithMessagef(err, "epoch %d, step %d", epoch+1, step)
}
