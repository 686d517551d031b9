package trainer

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// RunMemory is what a run will hold, in bytes, by the plans of its programs: not
// the images of a Dataset, nor what operations use for a moment.
type RunMemory struct {
	Parameters int64 // of the network, with buffers
	Training   int64 // values and gradients, with a batch of images
	Evaluation int64 // the same of the test data's programs
	Optimizer  int64 // what it remembers
	Copies     int64 // of EMA, Lookahead, EarlyStopping and Accumulate
	Batches    int64 // that the loaders prepare
}

// Total is the sum.
func (m RunMemory) Total() int64 {
	return m.Parameters + m.Training + m.Evaluation + m.Optimizer + m.Copies + m.Batches
}

// String is "1.2 GiB: 1.1 GiB for training, 97.5 MiB for ...".
func (m RunMemory) String() string {
	text := func(n int64) string { return size.Text(float64(n)) }
	return text(m.Total()) + ": " + text(m.Parameters) + " of parameters, " + text(m.Training) + " for training, " + text(m.Evaluation) +
		" for evaluation, " + text(m.Optimizer) + " of the optimizer's, " + text(m.Copies) + " of copies, " + text(m.Batches) + " of batches"
}

// MemoryOf plans the memory of a run of Fit without taking it. Errors are those of
// a network that can't be built and of settings that make no sense.
func MemoryOf(net graph.Block, data Data, cfg Config) (RunMemory, error) {
	var m RunMemory
	err := guard("memory", func() (err error) {
		w, err := newWeigher(net, data, cfg)
		if err == nil {
			m, err = w.weigh(w.cfg.Batch)
		}
		return err
	})
	return m, errors.WithMessage(err, "memory")
}

// weigher plans runs that differ in their batch alone, on one store of parameters.
type weigher struct {
	net   graph.Block
	data  Data
	cfg   Config
	state int // tensors of the optimizer's a parameter
	store *graph.Params
	same  bool // EvalBatch is Batch
}

func newWeigher(net graph.Block, data Data, cfg Config) (*weigher, error) {
	if isNil(net) {
		return nil, errors.New("the network is nil")
	}
	same := cfg.EvalBatch == 0
	cfg, err := cfg.fill(data)
	if err != nil {
		return nil, err
	}
	rule, err := ruleOf(cfg.Optimizer)
	if err != nil {
		return nil, err
	}
	store := graph.NewParams(0, graph.WithDtype(cfg.Params.Dtype()), graph.Uninitialized())
	return &weigher{net, data, cfg, len(rule.State), store, same}, nil
}

// weigh plans a run with batches of that size.
func (w *weigher) weigh(batch int) (RunMemory, error) {
	cfg, train := w.cfg, w.data.Train
	training := func(n int) (graph.Memory, error) {
		gc := graph.TrainingConfig(train.Shape().WithBatch(n)...)
		gc.Loss = cfg.Loss
		return graph.Plan(w.net, w.store, gc)
	}
	plan, err := training(batch)
	if err != nil {
		return RunMemory{}, err
	}
	width := int64(cfg.Params.Dtype().Size())
	learnable := int64(w.store.Count()) * width
	m := RunMemory{Parameters: plan.Params, Training: plan.Values + plan.Input, Optimizer: int64(w.state) * learnable}
	if rest := train.Len() % batch; cfg.KeepLast && rest > 0 {
		last, err := training(rest)
		if err != nil {
			return m, err
		}
		m.Training += last.Values + last.Input
	}
	copies := int64(0)
	if cfg.EMA != nil {
		copies++
	}
	if cfg.Lookahead != nil {
		copies++
	}
	if s := cfg.EarlyStopping; s != nil && s.RestoreBest {
		copies++
		if cfg.EMA != nil {
			copies++
		}
	}
	m.Copies = copies * m.Parameters
	if cfg.Accumulate > 1 {
		m.Copies += m.Parameters // gradients, and buffers as they were
	}
	m.Batches = batchesOf(train, batch, 4)
	if isNil(w.data.Test) {
		return m, nil
	}
	err = w.evaluation(&m, batch)
	return m, err
}

// evaluation adds what the test data need.
func (w *weigher) evaluation(m *RunMemory, batch int) error {
	test := w.data.Test
	if !w.same {
		batch = w.cfg.EvalBatch
	}
	batch = min(batch, test.Len())
	loss := testLoss(w.cfg.Loss, test)
	sizes := []int{batch}
	if rest := test.Len() % max(batch, 1); loss != nil && rest > 0 {
		sizes = append(sizes, rest)
	}
	for _, n := range sizes {
		gc := graph.InferenceConfig(test.Shape().WithBatch(n)...)
		gc.Loss = loss
		plan, err := graph.Plan(w.net, w.store, gc)
		if err != nil {
			return errors.WithMessage(err, "test data")
		}
		m.Evaluation += plan.Values + plan.Input
	}
	m.Batches += batchesOf(test, batch, 3)
	if w.cfg.TestTime.views() != nil {
		m.Batches += batchesOf(test, batch, 1)
	}
	return nil
}

// batchesOf is what so many batches of a loader take, with their targets.
func batchesOf(data datasets.Source, batch, buffers int) int64 {
	one, _ := data.Shape().Size()
	_, values := datasets.TargetOf(data)
	return 4 * int64(buffers) * int64(batch) * int64(one+max(values, len(data.Classes()))+2)
}
