package trainer

import (
	"context"
	"slices"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// Fit trains a network by mini-batch gradient descent on the loss, auxiliary
// heads included at their weights, and evaluates it on the test data.
//
// The Run is nil only when training could not begin. When the context is done,
// Fit returns what there is, the epoch under way included, with the context's
// error; a step is never left half done. When the loss or a parameter becomes
// NaN or infinite, it returns a *NonFiniteError that names the place. A panic in
// a hook, a schedule or another part of the user's is an error that names it.
func Fit(ctx context.Context, net graph.Block, data Data, cfg Config) (*Run, error) {
	f := &fit{}
	defer f.close()
	if err := guard("fit", func() error { return f.open(ctx, net, data, cfg) }); err != nil {
		return nil, errors.WithMessage(err, "fit")
	}
	defer f.end() // also when a hook ended its goroutine
	err := f.start()
	if err == nil {
		err = guard("fit", func() error { return f.epochs(ctx) })
	}
	if err == nil || errors.Is(err, ErrStop) {
		if failed := guard("fit", func() error { return f.restoreBest(ctx) }); failed != nil {
			err = failed
		}
	}
	f.run.Stopped, f.run.Err = err != nil, err
	if end := f.end(); err == nil || errors.Is(err, ErrStop) {
		err = end
	}
	if errors.Is(err, ErrStop) {
		err = nil
	}
	f.run.fit = nil
	return f.run, err
}

// fit is the state of a run that its result does not need.
type fit struct {
	cfg     Config
	run     *Run
	kind    graph.TargetKind
	pace    pace
	loader  *datasets.Loader
	full    *stepper
	last    *stepper // for a smaller last batch; nil when there is none
	eval    *evaluator
	started int           // hooks whose OnStart was called
	idle    time.Duration // of the epoch under way, by Run.Idle

	average   *average   // of EMA; nil without
	lookahead *lookahead // nil without
	stopping  *stopping  // of EarlyStopping; nil without
	at        moment     // where the run is, after the last step

	sum *accumulation // of Accumulate; nil where every batch is a step
}

// open checks everything and builds what the run needs.
func (f *fit) open(ctx context.Context, net graph.Block, data Data, cfg Config) error {
	if ctx == nil {
		return errors.New("the context is nil, want for instance context.Background()")
	}
	if isNil(net) {
		return errors.New("the network is nil")
	}
	cfg, err := cfg.fill(data)
	if err != nil {
		return err
	}
	solver, err := NewSolver(cfg.Optimizer)
	if err != nil {
		return err
	}
	f.loader, err = datasets.NewLoader(data.Train, datasets.LoaderConfig{
		Batch: cfg.Batch, Shuffle: true, Seed: cfg.Seed, DropLast: !cfg.KeepLast, Augment: cfg.Augment, Mix: cfg.Mix, Prefetch: 2,
	})
	if err != nil {
		return err
	}
	steps := cfg.stepsOf(f.loader.Batches())
	if f.pace, err = newPace(cfg.Schedule, cfg.ScheduleBy, cfg.Epochs, steps); err != nil {
		return err
	}
	for _, w := range watched(f.pace.schedule) {
		if err := w.check(data); err != nil {
			return errors.WithMessage(err, "Schedule")
		}
	}
	if err := checkGroups(cfg.Groups, f.pace, cfg.Epochs, steps); err != nil {
		return err
	}
	cfg.Schedule, cfg.ScheduleBy = f.pace.schedule, f.pace.unit
	f.cfg, f.kind = cfg, cfg.Loss.TargetKind()
	if cfg.EarlyStopping != nil {
		f.stopping = &stopping{EarlyStopping: *cfg.EarlyStopping}
	}
	if cfg.Accumulate > 1 {
		f.sum = &accumulation{params: cfg.Params, grads: map[string]*tensor.Dense{}}
	}
	f.run = &Run{Net: net, Params: cfg.Params, Solver: solver, Config: cfg, Data: data, fit: f}
	if err := f.build(); err != nil {
		return err
	}
	if cfg.Resume != nil {
		return errors.WithMessage(f.restore(cfg.Resume), "Resume")
	}
	return nil
}

// build makes the programs.
func (f *fit) build() (err error) {
	if f.full, err = f.newStepper(f.cfg.Batch); err != nil {
		return err
	}
	if rest := f.run.Data.Train.Len() % f.cfg.Batch; f.cfg.KeepLast && rest > 0 {
		if f.last, err = f.newStepper(rest); err != nil {
			return errors.WithMessagef(err, "last batch of %d", rest)
		}
	}
	if f.cfg.Whiten != nil && f.cfg.Resume == nil {
		if err := f.cfg.Whiten.apply(f.cfg.Params, f.run.Data.Train); err != nil {
			return err
		}
	}
	if err := f.startAverages(); err != nil {
		return err
	}
	if !isNil(f.run.Data.Test) {
		test := EvaluateConfig{Params: f.run.Kept(), Batch: f.cfg.EvalBatch, Loss: testLoss(f.cfg.Loss, f.run.Data.Test), TestTime: f.cfg.TestTime}
		if f.eval, err = newEvaluator(f.run.Net, f.run.Data.Test, test); err != nil {
			return errors.WithMessage(err, "test data")
		}
	}
	// Patterns are held to the parameters before the first step, as far as they
	// are known: the store may have more of them than the network.
	var names []string
	for _, p := range f.cfg.Params.All() {
		if p.Learnable {
			names = append(names, p.Name)
		}
	}
	if _, err := assign(f.cfg.Groups, names); err != nil {
		return err
	}
	rule := f.run.Solver.rule
	for _, pattern := range rule.Patterns {
		if !slices.ContainsFunc(names, func(name string) bool { return matches(pattern, name) }) {
			return errors.Errorf("%s: no parameter of the network matches %q%s", rule.Kind, pattern, suggestion(pattern, names))
		}
	}
	return nil
}

func (f *fit) close() {
	for _, s := range []*stepper{f.full, f.last} {
		if s != nil {
			_ = s.program.Close()
		}
	}
	if f.eval != nil {
		f.eval.close()
	}
}
