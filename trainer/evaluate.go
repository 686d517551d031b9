package trainer

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// Evaluation is how a network does on a dataset.
type Evaluation struct {
	Images   int
	Loss     float64 // mean cross-entropy, without label smoothing and auxiliary heads
	Accuracy float64
	// TopFive is the share of images whose label is among the five largest
	// outputs; with five classes or fewer it is 1.
	TopFive   float64
	Confusion *Confusion
}

// Evaluate runs the network in inference mode over all images, batch images at
// a time (0 means 128). It stops with the context's error when that is done.
func Evaluate(ctx context.Context, net graph.Block, params *graph.Params, data datasets.Source, batch int) (*Evaluation, error) {
	e, err := newEvaluator(net, params, data, batch)
	if err != nil {
		return nil, err
	}
	defer e.program.Close()
	return e.run(ctx)
}

// evaluator keeps an inference program from one evaluation to the next.
type evaluator struct {
	program *graph.Program
	loader  *datasets.Loader
}

func newEvaluator(net graph.Block, params *graph.Params, data datasets.Source, batch int) (*evaluator, error) {
	if isNil(data) || data.Len() == 0 {
		return nil, errors.New("evaluate: the dataset has no images")
	}
	if batch <= 0 {
		batch = defaultBatch
	}
	loader, err := datasets.NewLoader(data, datasets.LoaderConfig{Batch: min(batch, data.Len()), Prefetch: 1})
	if err != nil {
		return nil, err
	}
	program, err := graph.Build(net, params, graph.InferenceConfig(data.Shape().WithBatch(loader.Config().Batch)...))
	if err != nil {
		return nil, err
	}
	if err := checkClasses(program, data); err != nil {
		return nil, err
	}
	return &evaluator{program, loader}, nil
}

// checkClasses refuses data with more classes than the network has outputs.
func checkClasses(p *graph.Program, data datasets.Source) error {
	if n := len(data.Classes()); p.Classes() < n {
		return errors.Errorf("the network has %d outputs, %s has %d classes", p.Classes(), datasets.NameOf(data), n)
	}
	return nil
}

func (e *evaluator) run(ctx context.Context) (*Evaluation, error) {
	data := e.loader.Source()
	out := &Evaluation{Images: data.Len(), Confusion: NewConfusion(e.program.Classes(), data.Classes())}
	first, five := 0, 0
	for b, err := range e.loader.Epoch(0) {
		if err != nil {
			return nil, errors.WithMessage(err, "evaluate")
		}
		if err := ctx.Err(); err != nil {
			return nil, errors.Wrap(err, "evaluate")
		}
		// In inference an image's result does not depend on its neighbours,
		// so the empty rows of a last batch are computed and left out.
		images, _ := b.Full()
		logits, err := e.program.Run(ctx, images)
		if err != nil {
			return nil, err
		}
		r, err := rowsOf(logits, b.Target.Labels)
		if err != nil {
			return nil, err
		}
		for i, l := range b.Target.Labels {
			rank := r.rank(i, l)
			if rank == 0 {
				first++
			}
			if rank < 5 {
				five++
			}
			out.Confusion.Count[l][r.best(i)]++
			out.Loss += r.loss(i, l)
		}
	}
	n := float64(out.Images)
	out.Loss, out.Accuracy, out.TopFive = out.Loss/n, float64(first)/n, float64(five)/n
	if math.IsNaN(out.Loss) || math.IsInf(out.Loss, 0) {
		return nil, nonFinite(ctx, e.program, out.Loss)
	}
	return out, nil
}
