package trainer

import (
	"context"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// Run is a training run: in a hook the one under way, from Fit its result.
type Run struct {
	Net     graph.Block
	Params  *graph.Params // the trained parameters and buffers
	Solver  *Solver       // the optimizer at work, with its learning rate and state
	Config  Config        // with defaults filled in
	Data    Data
	History History
	// Test is the last evaluation on the test data, nil before the first.
	Test *Evaluation
	// Averaged are the averaged weights with Config.EMA, otherwise nil.
	Averaged *graph.Params
	// BestEpoch is the best so far, from 1, by what Config.EarlyStopping watches;
	// 0 without.
	BestEpoch int
	// Steps counts optimizer steps, those before Config.Resume included.
	Steps int
	// Stopped is set when training ended before its last epoch: by a hook, a
	// done context or an error.
	Stopped bool
	// Err is what ended training: nil after the last step, ErrStop by a hook,
	// otherwise the error that Fit returns. It is set before OnEnd.
	Err error

	fit *fit // at work on the run; nil afterwards
}

// Kept are the weights that the run tests and leaves: the averaged ones with
// Config.EMA, otherwise Params.
func (r *Run) Kept() *graph.Params {
	if r.Averaged != nil {
		return r.Averaged
	}
	return r.Params
}

// Evaluate measures the network as it is now on a dataset, as Fit does on its
// test data.
func (r *Run) Evaluate(ctx context.Context, data datasets.Source) (*Evaluation, error) {
	cfg := EvaluateConfig{Params: r.Params, Batch: r.Config.EvalBatch}
	if r.Config.Loss != nil && !isNil(data) {
		cfg.Loss = testLoss(r.Config.Loss, data)
	}
	return Evaluate(ctx, r.Net, data, cfg)
}

// Program compiles the network for inference on batches of that size. Several
// goroutines may do so at once, each for a program of its own.
func (r *Run) Program(batch int) (*graph.Program, error) {
	if isNil(r.Data.Train) {
		return nil, errors.New("program: the run has no training data to tell the size of the images")
	}
	return graph.Build(r.Net, r.Params, graph.InferenceConfig(r.Data.Train.Shape().WithBatch(batch)...))
}

// String is the history as aligned text.
func (r *Run) String() string { return r.History.String() }

// Markdown is the history as a Markdown table.
func (r *Run) Markdown() string { return r.History.Markdown() }

// HTML is the history as a table for notebooks and pages.
func (r *Run) HTML() string { return r.History.HTML() }
