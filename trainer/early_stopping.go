package trainer

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
	"gorgonia.org/tensor"
)

// EarlyStopping ends the run when what it watches has not become better for
// Patience epochs in a row on which it was measured. Better is less than the best
// so far by more than MinChange, or more for an accuracy. The defaults watch the
// test loss.
type EarlyStopping struct {
	Watch     Watch   `json:"watch,omitempty"`
	Patience  int     `json:"patience"`             // at least 1
	MinChange float64 `json:"min_change,omitempty"` // default 0
	// RestoreBest ends the run, early or not, with the weights and buffers after
	// its best epoch, and with what EMA made of them. Run.BestEpoch tells which it
	// was. It keeps a copy of them, in checkpoints as well.
	RestoreBest bool `json:"restore_best,omitempty"`
}

func (s *EarlyStopping) check(data Data) error {
	switch {
	case s == nil:
		return nil
	case s.Patience < 1:
		return errors.Errorf("EarlyStopping: Patience is %d epochs, want at least 1", s.Patience)
	case !(s.MinChange >= 0) || math.IsInf(s.MinChange, 0):
		return errors.Errorf("EarlyStopping: MinChange is %v, want a finite number of at least 0", s.MinChange)
	}
	return errors.WithMessage(s.Watch.check(data), "EarlyStopping")
}

// best is the number of the best epoch so far, 0 before the first, and whether
// the patience is at its end.
func (s *EarlyStopping) best(seen History) (epoch int, over bool) {
	best, since := 0.0, 0
	for _, e := range seen {
		now, ok := s.Watch.of(e)
		if !ok {
			continue
		}
		change := best - now
		if s.Watch.rises() {
			change = -change
		}
		if epoch == 0 || change > s.MinChange {
			best, epoch, since = now, e.Epoch, 0
		} else {
			since++
		}
	}
	return epoch, since >= s.Patience
}

// stopping is an EarlyStopping at work.
type stopping struct {
	EarlyStopping
	// The weights after the best epoch, nil before the first: parameters, then
	// those of EMA.
	kept  []*tensor.Dense
	test  *Evaluation // of the best epoch, if it was in this process
	epoch int
}

// keptFrom lists what RestoreBest keeps, in its order.
func (f *fit) keptFrom() (all []*graph.Param) {
	all = append(all, f.cfg.Params.All()...)
	if f.average != nil {
		all = append(all, f.average.params.All()...)
	}
	return all
}

// stopsAfter tells whether the patience is at its end after those epochs.
func (f *fit) stopsAfter(seen History) bool {
	if f.stopping == nil {
		return false
	}
	_, over := f.stopping.best(seen)
	return over
}

// watchStopping takes a look at the history after an epoch, and tells whether the
// run is to end.
func (f *fit) watchStopping() bool {
	if f.stopping == nil {
		return false
	}
	epoch, over := f.stopping.best(f.run.History)
	f.run.BestEpoch = epoch
	if f.stopping.RestoreBest && epoch > 0 && epoch == f.run.History.Last().Epoch {
		f.stopping.keep(f.keptFrom())
		f.stopping.test, f.stopping.epoch = f.run.Test, epoch
	}
	return over
}

func (s *stopping) keep(all []*graph.Param) {
	if s.kept == nil {
		for _, q := range all {
			s.kept = append(s.kept, q.Value.Clone().(*tensor.Dense))
		}
		return
	}
	for i, q := range all {
		copyElements(s.kept[i], q.Value)
	}
}

// keptTensors names what RestoreBest keeps for a checkpoint.
func (f *fit) keptTensors(add func(prefix, name string, d *tensor.Dense) error) error {
	if f.stopping == nil || f.stopping.kept == nil {
		return nil
	}
	for i, q := range f.keptFrom() {
		if err := add(f.keptPrefix(i), q.Name, f.stopping.kept[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *fit) keptPrefix(i int) string {
	if i < len(f.cfg.Params.All()) {
		return bestPrefix
	}
	return bestPrefix + averagePrefix
}

// restoreKept takes from a checkpoint what keptTensors put there.
func (f *fit) restoreKept(tensors []weights.Tensor, seen History) error {
	if f.stopping == nil {
		return nil
	}
	epoch, _ := f.stopping.best(seen)
	f.run.BestEpoch = epoch
	if !f.stopping.RestoreBest || epoch == 0 {
		return nil
	}
	byName := map[string]weights.Tensor{}
	for _, t := range tensors {
		byName[bestPrefix+t.Name] = t
	}
	all := f.keptFrom()
	f.stopping.keep(all)
	for i, q := range all {
		name := f.keptPrefix(i) + q.Name
		t, ok := byName[name]
		if !ok {
			return errors.Errorf("EarlyStopping: the checkpoint has no %s", name)
		}
		if err := t.CopyTo(f.stopping.kept[i]); err != nil {
			return errors.WithMessage(err, "EarlyStopping")
		}
	}
	return nil
}

// restoreBest puts the best weights back at the end of a run.
func (f *fit) restoreBest(ctx context.Context) (err error) {
	s := f.stopping
	if s == nil || !s.RestoreBest || s.kept == nil {
		return nil
	}
	for i, q := range f.keptFrom() {
		copyElements(q.Value, s.kept[i])
	}
	switch {
	case f.eval == nil:
	case s.test != nil && s.epoch == f.run.BestEpoch:
		f.run.Test = s.test
	default:
		f.run.Test, err = f.eval.run(ctx)
	}
	return err
}
