package trainer

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/tensor"
)

// EMA keeps an exponential moving average of parameters and buffers, which is
// often better than the last weights: after every Every-th step, the t-th time,
//
//	a = d*a + (1-d)*w,   d = min(Decay, (1+t)/(10+t))
//
// so that early on it follows fast. It starts at the first weights.
//
// Polyak and Juditsky 1992, "Acceleration of Stochastic Approximation by
// Averaging"; the warm-up of the decay is TensorFlow's.
type EMA struct {
	Decay float64 // in (0, 1); 0 means 0.999
	Every int     // steps between updates; 0 means 1
}

func (e *EMA) check() error {
	if e == nil {
		return nil
	}
	if !(e.Decay >= 0 && e.Decay < 1) {
		return errors.Errorf("EMA: Decay is %v, want at least 0 and less than 1", e.Decay)
	}
	if e.Every < 0 {
		return errors.Errorf("EMA: Every is %d, want at least 0", e.Every)
	}
	return nil
}

// Lookahead draws the weights back: after every Every-th step, at the share p of
// the run's steps that are done,
//
//	slow = d*slow + (1-d)*w,   w = slow,   d = Decay * p^Power
//
// over parameters and buffers, and at the run's end w = slow.
//
// Zhang et al. 2019, "Lookahead Optimizer: k steps forward, 1 step back",
// arXiv:1907.08610, whose alpha is 1-d; a d that grows: Jordan 2024,
// arXiv:2404.00498.
type Lookahead struct {
	Every int     `json:"every,omitempty"` // steps between updates; 0 means 5
	Decay float64 `json:"decay,omitempty"` // in [0, 1); 0 means 0.5
	Power float64 `json:"power,omitempty"` // 0 keeps d constant
}

func (l *Lookahead) check() error {
	switch {
	case l == nil:
		return nil
	case l.Every < 0:
		return errors.Errorf("Lookahead: Every is %d, want at least 0", l.Every)
	case !(l.Decay >= 0 && l.Decay < 1):
		return errors.Errorf("Lookahead: Decay is %v, want at least 0 and less than 1", l.Decay)
	case !(l.Power >= 0) || math.IsInf(l.Power, 0):
		return errors.Errorf("Lookahead: Power is %v, want a finite number of at least 0", l.Power)
	}
	return nil
}

// average is an EMA at work. Its weights are a store of their own, on which
// programs can be built.
type average struct {
	decay   float64
	every   int
	params  *graph.Params
	updates int
}

// lookahead is a Lookahead at work.
type lookahead struct {
	cfg  Lookahead
	slow []*tensor.Dense // in the order of the parameters
}

// startAverages makes the copies, once the network's parameters are there.
func (f *fit) startAverages() error {
	if e := f.cfg.EMA; e != nil {
		a := &average{decay: orDefault(e.Decay, 0.999), every: max(e.Every, 1)}
		a.params = graph.NewParams(0, graph.WithDtype(f.cfg.Params.Dtype()), graph.Uninitialized())
		// The store gets its tensors from the network itself.
		p, err := graph.Build(f.run.Net, a.params, graph.InferenceConfig(f.run.Data.Train.Shape().WithBatch(1)...))
		if err != nil {
			return errors.WithMessage(err, "EMA")
		}
		if err := p.Close(); err != nil {
			return errors.WithMessage(err, "EMA")
		}
		if err := a.each(f.cfg.Params, func(avg, w *tensor.Dense) error { return tensor.Copy(avg, w) }); err != nil {
			return err
		}
		f.average, f.run.Averaged = a, a.params
	}
	if l := f.cfg.Lookahead; l != nil {
		f.lookahead = &lookahead{cfg: Lookahead{Every: l.Every, Decay: orDefault(l.Decay, 0.5), Power: l.Power}}
		if f.lookahead.cfg.Every == 0 {
			f.lookahead.cfg.Every = 5
		}
		for _, q := range f.cfg.Params.All() {
			f.lookahead.slow = append(f.lookahead.slow, q.Value.Clone().(*tensor.Dense))
		}
	}
	return nil
}

// each pairs the averaged tensors with the network's.
func (a *average) each(params *graph.Params, f func(avg, w *tensor.Dense) error) error {
	for _, q := range a.params.All() {
		w := params.Get(q.Name)
		if w == nil {
			return errors.Errorf("EMA: the network has no %s in training", q.Name)
		}
		if err := f(q.Value, w.Value); err != nil {
			return errors.WithMessagef(err, "EMA: %s", q.Name)
		}
	}
	return nil
}

// averageStep updates both after a step.
func (f *fit) averageStep() error {
	if l := f.lookahead; l != nil && f.run.Steps%l.cfg.Every == 0 {
		d := l.cfg.Decay
		if l.cfg.Power > 0 {
			d *= math.Pow(math.Min(float64(f.run.Steps)/float64(f.total()), 1), l.cfg.Power)
		}
		for i, q := range f.cfg.Params.All() {
			blend(l.slow[i], q.Value, d)
			if err := tensor.Copy(q.Value, l.slow[i]); err != nil {
				return errors.Wrapf(err, "Lookahead: %s", q.Name)
			}
		}
	}
	if a := f.average; a != nil && f.run.Steps%a.every == 0 {
		a.updates++
		d := math.Min(a.decay, float64(1+a.updates)/float64(10+a.updates))
		return a.each(f.cfg.Params, func(avg, w *tensor.Dense) error { blend(avg, w, d); return nil })
	}
	return nil
}

// endLookahead leaves the slow weights in the network.
func (f *fit) endLookahead() error {
	if f.lookahead == nil {
		return nil
	}
	for i, q := range f.cfg.Params.All() {
		if err := tensor.Copy(q.Value, f.lookahead.slow[i]); err != nil {
			return errors.Wrapf(err, "Lookahead: %s", q.Name)
		}
	}
	return nil
}

// blend is slow = d*slow + (1-d)*w.
func blend(slow, w *tensor.Dense, d float64) {
	if slow.Dtype() == tensor.Float32 {
		blendElements(slow.Float32s(), w.Float32s(), float32(d))
	} else {
		blendElements(slow.Float64s(), w.Float64s(), d)
	}
}

func blendElements[T kernel.Float](slow, w []T, d T) {
	kernel.Parallel(len(slow), 1<<14, func(lo, hi int) {
		w := w[lo:hi]
		for i, s := range slow[lo:hi] {
			slow[lo+i] = w[i] + d*(s-w[i])
		}
	})
}
