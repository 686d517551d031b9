package trainer

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// EvaluateConfig says how to evaluate a network.
type EvaluateConfig struct {
	Params *graph.Params // of the trained network; needed
	Batch  int           // images a run; 0 means 128, never more than there are
	// Loss to be measured; nil means what is usual for the targets, see
	// Config.Loss. It is averaged over images in batches: a loss that is no mean
	// over its images, such as one with class weights, depends on the batch.
	Loss graph.Loss
	// AUC also measures the areas under the receiver operating characteristics,
	// which keeps the outputs of all images until the end.
	AUC bool
	// TestTime averages outputs over changed copies of each image. The loss is
	// then that of the mean, and must be the usual one.
	TestTime TestTime
}

// Evaluate runs the network in inference mode over all images and measures what
// their kind of targets allows. It stops with the context's error when that is
// done.
func Evaluate(ctx context.Context, net graph.Block, data datasets.Source, cfg EvaluateConfig) (*Evaluation, error) {
	var out *Evaluation
	err := guard("evaluate", func() error {
		if ctx == nil {
			return errors.New("the context is nil, want for instance context.Background()")
		}
		e, err := newEvaluator(net, data, cfg)
		if err != nil {
			return err
		}
		defer e.close()
		out, err = e.run(ctx)
		return err
	})
	return out, errors.WithMessage(err, "evaluate")
}

// evaluator keeps inference programs from one evaluation to the next.
type evaluator struct {
	kind   graph.TargetKind
	loader *datasets.Loader
	full   *graph.Program
	// last is for a smaller last batch; nil where there is none, or where full
	// serves: a loss that the program computes is over all its images.
	last *graph.Program
	loss graph.Loss // nil: measured from the outputs
	auc  bool

	views   []view // of TestTime; none: the image alone
	changed []float32
	mean    []float32
}

func newEvaluator(net graph.Block, data datasets.Source, cfg EvaluateConfig) (_ *evaluator, err error) {
	switch {
	case isNil(net):
		return nil, errors.New("the network is nil")
	case cfg.Params == nil:
		return nil, errors.New("Params is nil, want those of the trained network")
	case isNil(data) || data.Len() == 0:
		return nil, errors.New("there are no images")
	case cfg.Batch < 0:
		return nil, errors.Errorf("Batch is %d, want at least 0", cfg.Batch)
	}
	if cfg.Batch == 0 {
		cfg.Batch = defaultBatch
	}
	if err := cfg.TestTime.check(); err != nil {
		return nil, err
	}
	e := &evaluator{loss: cfg.Loss, auc: cfg.AUC, views: cfg.TestTime.views()}
	if e.views != nil && e.loss != nil {
		return nil, errors.Errorf("TestTime wants the usual loss for the targets, Loss is a %T", e.loss)
	}
	if e.loss != nil {
		if _, err := trainingLoss(e.loss, data); err != nil {
			return nil, err
		}
	}
	e.kind, _ = datasets.TargetOf(data)
	if e.loader, err = datasets.NewLoader(data, datasets.LoaderConfig{Batch: min(cfg.Batch, data.Len()), Prefetch: 1}); err != nil {
		return nil, err
	}
	batch := e.loader.Config().Batch
	if e.full, err = e.build(net, cfg.Params, batch); err != nil {
		return nil, err
	}
	if rest := data.Len() % batch; e.loss != nil && rest > 0 {
		if e.last, err = e.build(net, cfg.Params, rest); err != nil {
			e.close()
			return nil, errors.WithMessagef(err, "last batch of %d", rest)
		}
	}
	return e, nil
}

func (e *evaluator) build(net graph.Block, params *graph.Params, batch int) (*graph.Program, error) {
	data := e.loader.Source()
	gc := graph.InferenceConfig(data.Shape().WithBatch(batch)...)
	gc.Loss = e.loss
	p, err := graph.Build(net, params, gc)
	if err != nil {
		return nil, err
	}
	if err := checkOutput(p, e.loader); err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

func (e *evaluator) close() {
	_ = e.full.Close()
	if e.last != nil {
		_ = e.last.Close()
	}
}

// checkOutput refuses data whose targets the network has no outputs for.
func checkOutput(p *graph.Program, loader *datasets.Loader) error {
	kind, values := loader.Target()
	data := loader.Source()
	switch classes := len(data.Classes()); {
	case kind == graph.RealValues: // checked with the first batch
	case kind == graph.ClassLabels && p.Classes() < classes:
		return errors.Errorf("the network has %d outputs, %s has %d classes", p.Classes(), datasets.NameOf(data), classes)
	case kind != graph.ClassLabels && p.Classes() != values:
		return errors.Errorf("the network has %d outputs, a target of %s has %d values", p.Classes(), datasets.NameOf(data), values)
	}
	return nil
}

func (e *evaluator) run(ctx context.Context) (*Evaluation, error) {
	s := newScore(e.kind, e.full.Classes(), e.loader.Source().Classes())
	s.auc = e.auc
	for b, err := range e.loader.Epoch(0) {
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, errors.WithStack(err)
		}
		p, loss, err := e.infer(ctx, b)
		if err != nil {
			return nil, err
		}
		output, err := e.output(ctx, p, b)
		if err != nil {
			return nil, err
		}
		if e.loss == nil {
			if loss, err = usualLossOf(output, b.Target, b.N); err != nil {
				return nil, err
			}
		}
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			return nil, nonFinite(ctx, p, loss)
		}
		if err := s.add(output, b.Target, b.N, loss); err != nil {
			return nil, err
		}
	}
	return s.evaluation(), nil
}

// infer runs a batch and returns the program that did, with the loss if it
// computes one.
func (e *evaluator) infer(ctx context.Context, b datasets.Batch) (*graph.Program, float64, error) {
	if e.loss == nil {
		// In inference an image's result does not depend on its neighbours,
		// so the empty rows of a last batch are computed and left out.
		images, _ := b.Full()
		_, err := e.full.Run(ctx, images)
		return e.full, 0, err
	}
	p := e.full
	if b.N < e.loader.Config().Batch {
		p = e.last
	}
	loss, err := p.Loss(ctx, b.Images, b.Target)
	return p, loss, err
}

// output is the network's output for a batch that was just run, or with views the
// mean of its outputs for them.
func (e *evaluator) output(ctx context.Context, p *graph.Program, b datasets.Batch) (*tensor.Dense, error) {
	y, err := p.Logits()
	if err != nil || e.views == nil {
		return y, err
	}
	if y.Dtype() != tensor.Float32 {
		return nil, errors.Errorf("TestTime wants float32, the network computes in %v", y.Dtype())
	}
	images, _ := b.Full()
	if e.changed == nil {
		e.changed, e.mean = make([]float32, len(images)), make([]float32, len(y.Float32s()))
	}
	clear(e.mean)
	for i, v := range e.views {
		if i > 0 { // the first is the image itself
			v.apply(images, e.changed, e.loader.Source().Shape())
			if _, err := p.Run(ctx, e.changed); err != nil {
				return nil, err
			}
		}
		for k, o := range y.Float32s() {
			e.mean[k] += float32(v.part) * o
		}
	}
	return tensor.New(tensor.WithShape(y.Shape()...), tensor.WithBacking(e.mean)), nil
}

// testLoss is what a run that trains on a loss measures on its test data: the
// same, but cross-entropies without smoothing and weights, so that runs that
// differ in those compare; and the usual one where the targets differ. nil is the
// usual one.
func testLoss(training graph.Loss, test datasets.Source) graph.Loss {
	if kind, _ := datasets.TargetOf(test); kind != training.TargetKind() {
		return nil
	}
	switch training.(type) {
	case graph.CrossEntropy, graph.SoftCrossEntropy, graph.BinaryCrossEntropy, graph.MeanSquared:
		return nil
	}
	return training
}
