package trainer

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/weights"
	"gorgonia.org/tensor"
)

// moment is where a run is: all that is no tensor.
type moment struct {
	Version    int    `json:"version"`
	Epochs     int    `json:"epochs"` // finished
	Step       int    `json:"step"`   // batches of the epoch under way
	Steps      int    `json:"steps"`  // in all
	ParamSteps uint64 `json:"param_steps"`
	// Sums over the steps of the epoch under way.
	Sums    sums     `json:"sums"`
	Seconds float64  `json:"seconds"`
	History History  `json:"history"`
	Solver  solverAt `json:"solver"`
	Updates int      `json:"ema_updates,omitempty"`
	// LRFactor is left out where nobody set one.
	LRFactor float64 `json:"lr_factor,omitempty"`
	// What must be the same for the run to go on as if it had not stopped.
	Batch   int `json:"batch"`
	Batches int `json:"batches"` // an epoch
	// Accumulate is left out where every batch is a step.
	Accumulate int    `json:"accumulate,omitempty"`
	Seed       uint64 `json:"seed"`
}

// solverAt is a solver's memory without its tensors.
type solverAt struct {
	Optimizer string   `json:"optimizer"`
	LR        float64  `json:"lr"`
	Names     []string `json:"names"`
	Updates   []int    `json:"updates"`
}

// sums is a tally as it is stored.
type sums struct {
	Steps  int        `json:"steps"`
	Images int        `json:"images"`
	Right  int        `json:"right"`
	Of     int        `json:"of"`
	Loss   float64    `json:"loss"`
	Parts  []PartLoss `json:"parts,omitempty"`
}

// MetadataKey is where a checkpoint holds what is no tensor, as JSON.
const MetadataKey = "stheno.run"

const checkpointVersion = 1

// Names of tensors in a checkpoint that are neither parameters nor buffers begin
// with these.
const (
	solverPrefix    = "solver/"
	averagePrefix   = "ema/"
	lookaheadPrefix = "lookahead/"
	bestPrefix      = "best/"
)

// Checkpoint is the run's whole state after its last step, for Config.Resume: in a
// hook's functions, where the run is under way. Parameters and buffers have their
// own names; the solver's memory, averages, slow and best weights have prefixes; the
// metadata hold the place in the run and the history.
//
// The parameters' tensors share the run's memory: write or copy them before the
// hook returns.
func (r *Run) Checkpoint() (*weights.File, error) {
	f := r.fit
	if f == nil {
		return nil, errors.New("checkpoint: the run is not under way")
	}
	out := &weights.File{Metadata: map[string]string{"format": "pt"}}
	add := func(prefix, name string, d *tensor.Dense) error {
		t, err := weights.FromDense(prefix+name, d)
		out.Tensors = append(out.Tensors, t)
		return err
	}
	for i, q := range f.cfg.Params.All() {
		if err := add("", q.Name, q.Value); err != nil {
			return nil, err
		}
		if f.lookahead != nil {
			if err := add(lookaheadPrefix, q.Name, f.lookahead.slow[i]); err != nil {
				return nil, err
			}
		}
	}
	m := f.at
	if f.average != nil {
		m.Updates = f.average.updates
		for _, q := range f.average.params.All() {
			if err := add(averagePrefix, q.Name, q.Value); err != nil {
				return nil, err
			}
		}
	}
	if err := f.keptTensors(add); err != nil {
		return nil, err
	}
	state := r.Solver.State()
	m.Solver = solverAt{Optimizer: state.Optimizer, LR: state.LR}
	for _, p := range state.Parameters {
		m.Solver.Names = append(m.Solver.Names, p.Name)
		m.Solver.Updates = append(m.Solver.Updates, p.Updates)
		for kind, d := range p.Tensors {
			if err := add(solverPrefix+kind+"/", p.Name, d); err != nil {
				return nil, err
			}
		}
	}
	m.Version, m.Steps, m.ParamSteps = checkpointVersion, r.Steps, f.cfg.Params.Steps()
	m.History = r.History[:m.Epochs:m.Epochs]
	m.Batch, m.Batches, m.Seed = f.cfg.Batch, f.loader.Batches(), f.cfg.Seed
	if f.sum != nil {
		m.Accumulate = f.cfg.Accumulate
	}
	m.LRFactor = f.pace.factor
	text, err := json.Marshal(m)
	if err != nil {
		return nil, errors.Wrap(err, "checkpoint")
	}
	out.Metadata[MetadataKey] = string(text)
	return out, nil
}

// restore makes the run go on from a checkpoint.
func (f *fit) restore(file *weights.File) error {
	text, ok := file.Metadata[MetadataKey]
	if !ok {
		return errors.Errorf("the file is no checkpoint of a run: no %q in its metadata", MetadataKey)
	}
	var m moment
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return errors.Wrap(err, "metadata")
	}
	if err := f.checkMoment(m); err != nil {
		return err
	}
	parts := map[string][]weights.Tensor{}
	for _, t := range file.Tensors {
		prefix := ""
		for _, p := range []string{solverPrefix, averagePrefix, lookaheadPrefix, bestPrefix} {
			if strings.HasPrefix(t.Name, p) {
				prefix = p
			}
		}
		t.Name = strings.TrimPrefix(t.Name, prefix)
		parts[prefix] = append(parts[prefix], t)
	}
	if err := f.restoreSolver(m.Solver, parts[solverPrefix]); err != nil {
		return err
	}
	if f.average != nil {
		if err := weights.Load(f.average.params, parts[averagePrefix]); err != nil {
			return errors.WithMessage(err, "EMA")
		}
		f.average.updates = m.Updates
	}
	if f.lookahead != nil {
		slow := map[string]weights.Tensor{}
		for _, t := range parts[lookaheadPrefix] {
			slow[t.Name] = t
		}
		for i, q := range f.cfg.Params.All() {
			if err := slow[q.Name].CopyTo(f.lookahead.slow[i]); err != nil {
				return errors.WithMessage(err, "Lookahead")
			}
		}
	}
	if err := f.restoreKept(parts[bestPrefix], m.History); err != nil {
		return err
	}
	if err := weights.Load(f.cfg.Params, parts[""]); err != nil {
		return err
	}
	f.cfg.Params.SetSteps(m.ParamSteps)
	f.run.History, f.run.Steps, f.at = m.History, m.Steps, m
	f.pace.factor = m.LRFactor
	return nil
}

// checkMoment refuses a checkpoint that this run can't go on from.
func (f *fit) checkMoment(m moment) error {
	batches := f.loader.Batches()
	switch {
	case m.Version != checkpointVersion:
		return errors.Errorf("the checkpoint has version %d, want %d", m.Version, checkpointVersion)
	case m.Epochs < 0 || m.Step < 0 || m.Step > batches || m.Steps < 0 || len(m.History) != m.Epochs || m.Sums.Steps > m.Step:
		return errors.Errorf("the checkpoint is after %d epochs and %d steps of the next, with a history of %d: that makes no sense for %d steps an epoch",
			m.Epochs, m.Step, len(m.History), batches)
	case m.Batch != f.cfg.Batch || m.Batches != batches:
		return errors.Errorf("the checkpoint is of a run with batches of %d, %d an epoch; this one has batches of %d, %d an epoch: the images would come in another order",
			m.Batch, m.Batches, f.cfg.Batch, batches)
	case max(m.Accumulate, 1) != max(f.cfg.Accumulate, 1):
		return errors.Errorf("the checkpoint is of a run with steps of %d batches, this one has %d", max(m.Accumulate, 1), max(f.cfg.Accumulate, 1))
	case m.Step > 0 && !f.completes(m.Step-1):
		return errors.Errorf("the checkpoint is %v: that is amid a step of %d", m, f.cfg.Accumulate)
	case m.Seed != f.cfg.Seed:
		return errors.Errorf("the checkpoint is of a run with seed %d, this one has %d", m.Seed, f.cfg.Seed)
	// One after the last step is gone on from: a run may be killed before it
	// wrote what comes at its end.
	case m.Epochs > f.cfg.Epochs || m.Epochs == f.cfg.Epochs && m.Step > 0 || m.Steps > f.total():
		return errors.Errorf("the checkpoint is after %d epochs and %d steps, beyond the end of a run of %d epochs and %d steps", m.Epochs, m.Steps, f.cfg.Epochs, f.total())
	case m.Sums.Steps < 0 || m.Sums.Images < 0 || m.Sums.Right < 0 || m.Sums.Of < 0 || m.Seconds < 0 || m.Updates < 0:
		return errors.Errorf("the checkpoint has a negative count: sums %+v, %g s, %d updates of averages", m.Sums, m.Seconds, m.Updates)
	case !(m.LRFactor >= 0) || math.IsInf(m.LRFactor, 0):
		return errors.Errorf("the checkpoint's factor of the learning rate is %g, want a finite number of at least 0", m.LRFactor)
	case len(m.Solver.Names) != len(m.Solver.Updates):
		return errors.New("the checkpoint's solver has names without updates")
	}
	for i, e := range m.History {
		if e.Epoch != i+1 {
			return errors.Errorf("the checkpoint's history has epoch %d in place of epoch %d", e.Epoch, i+1)
		}
	}
	return nil
}

func (f *fit) restoreSolver(at solverAt, tensors []weights.Tensor) error {
	state := State{Optimizer: at.Optimizer, LR: at.LR}
	byName := map[string]weights.Tensor{}
	for _, t := range tensors {
		byName[t.Name] = t
	}
	for i, name := range at.Names {
		p := ParameterState{Name: name, Updates: at.Updates[i], Tensors: map[string]*tensor.Dense{}}
		var shape []int
		if q := f.cfg.Params.Get(name); q != nil {
			shape = q.Value.Shape()
		}
		rule, err := f.run.Solver.ruleFor(name, shape)
		if err != nil {
			return err
		}
		for _, kind := range rule.State {
			t, ok := byName[kind.Name+"/"+name]
			if !ok {
				return errors.Errorf("the checkpoint has no %s of %s", kind.Name, name)
			}
			d, err := denseOf(t)
			if err != nil {
				return err
			}
			p.Tensors[kind.Name] = d
		}
		state.Parameters = append(state.Parameters, p)
	}
	return f.run.Solver.SetState(state)
}

// denseOf makes a tensor of one in a file.
func denseOf(t weights.Tensor) (*tensor.Dense, error) {
	dtype := tensor.Float32
	if t.Dtype == weights.Float64 {
		dtype = tensor.Float64
	}
	for _, n := range t.Shape {
		if n < 1 {
			return nil, errors.Errorf("%s has shape %v", t.Name, t.Shape)
		}
	}
	d := tensor.New(tensor.Of(dtype), tensor.WithShape(t.Shape...))
	return d, t.CopyTo(d)
}

// String says where it is: "after 3 epochs and 17 of 390 batches".
func (m moment) String() string {
	return fmt.Sprintf("after %d epochs and %d of %d batches", m.Epochs, m.Step, m.Batches)
}

func (t *tally) stored() sums {
	return sums{t.steps, t.images, t.right, t.of, t.loss, append([]PartLoss(nil), t.parts...)}
}

func (s sums) tally() tally {
	return tally{s.Steps, s.Images, s.Right, s.Of, s.Loss, append([]PartLoss(nil), s.Parts...)}
}
