package trainer

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// LRRange says which learning rates FindLR tries. The zero value tries 1e-7 to 10
// in 100 steps.
type LRRange struct {
	Min   float64 // first rate; 0 means 1e-7
	Max   float64 // last rate; 0 means 10
	Steps int     // at least 2; 0 means 100
	// Smoothing is the share of a step's weight that its neighbours have in the
	// smoothed loss, theirs again of theirs, and so on: the weight is
	// Smoothing^distance on both sides. 0 means 0.7, negative means none.
	Smoothing float64
	// Diverged ends the search when the mean loss of the last steps is above so
	// many times its lowest. 0 means 4, negative means never.
	Diverged float64
}

func (r LRRange) fill() (LRRange, error) {
	if r.Min == 0 {
		r.Min = 1e-7
	}
	if r.Max == 0 {
		r.Max = 10
	}
	if r.Steps == 0 {
		r.Steps = 100
	}
	if err := checkSettings("find lr", setting{"Min", r.Min, 0}, setting{"Max", r.Max, 0}, setting{"Smoothing", r.Smoothing, anything},
		setting{"Diverged", r.Diverged, anything}); err != nil {
		return r, err
	}
	switch {
	case !(r.Min < r.Max) || r.Max > math.MaxFloat32:
		return r, errors.Errorf("find lr: rates from %v to %v, want one below the other, up to %v", r.Min, r.Max, math.MaxFloat32)
	case r.Steps < 2:
		return r, errors.Errorf("find lr: Steps is %d, want at least 2", r.Steps)
	case r.Smoothing >= 1:
		return r, errors.Errorf("find lr: Smoothing is %v, want less than 1", r.Smoothing)
	}
	r.Smoothing, r.Diverged = orDefault(r.Smoothing, 0.7), orDefault(r.Diverged, 4)
	return r, size.Fit("find lr: losses", r.Steps, 3*8)
}

// LRCurve is what FindLR found: a loss for each rate, in the order of the steps.
type LRCurve struct {
	LR   []float64
	Loss []float64 // of the batch, before its step
	// Smoothed is the loss averaged over neighbouring steps, what exploded cut off.
	Smoothed []float64
	Diverged bool // the search ended before its last step

	// Steepest is the rate at which the smoothed loss falls fastest over the
	// logarithm of the rate, before its lowest point: a rate that learns well.
	// Lowest is the rate at that point, which is already too much; a tenth of it is
	// the other usual choice. Both are 0 when the loss never falls.
	Steepest, Lowest float64
}

// FindLR trains a copy of the parameters with a rate that rises exponentially from
// step to step,
//
//	lr(i) = Min * (Max/Min)^(i/(Steps-1))
//
// and watches the loss: it stays, falls, and at last rises again. Groups with a
// base rate of their own rise in proportion. What Config says of network, data,
// loss, batches and optimizer holds; its schedule, lengths, averages, early
// stopping, hooks and Resume don't. Nothing of the caller's is changed.
//
// Smith 2015, "Cyclical Learning Rates for Training Neural Networks",
// arXiv:1506.01186, section 3.3; the suggestions are fast.ai's.
func FindLR(ctx context.Context, net graph.Block, data Data, cfg Config, r LRRange) (*LRCurve, error) {
	r, err := r.fill()
	if err != nil {
		return nil, err
	}
	if cfg.Optimizer == nil {
		cfg.Optimizer = Adam{}
	}
	rule, err := ruleOf(cfg.Optimizer)
	if err != nil {
		return nil, errors.WithMessage(err, "find lr")
	}
	if cfg.Params == nil {
		cfg.Params = graph.NewParams(cfg.Seed)
	} else if cfg.Params, err = cfg.Params.Clone(); err != nil {
		return nil, errors.WithMessage(err, "find lr")
	}
	data.Test = nil
	cfg.Schedule, cfg.ScheduleBy = rising{r, rule.LR}, ByStep
	cfg.Epochs, cfg.MaxSteps = r.Steps, r.Steps // an epoch has a step at least
	cfg.EMA, cfg.Lookahead, cfg.EarlyStopping, cfg.Resume, cfg.TestTime = nil, nil, nil, nil, TestTime{}
	curve := &LRCurve{}
	mean, lowest := 0.0, math.Inf(1)
	cfg.Hooks = []Hook{{Name: "find lr", OnStep: func(_ *Run, p Progress) error {
		curve.LR, curve.Loss = append(curve.LR, p.LR), append(curve.Loss, p.Loss)
		mean = r.Smoothing*mean + (1-r.Smoothing)*p.Loss
		now := mean / (1 - math.Pow(r.Smoothing, float64(len(curve.LR))))
		lowest = min(lowest, now)
		if r.Diverged > 0 && now > r.Diverged*lowest {
			curve.Diverged = true
			return ErrStop
		}
		return nil
	}}}
	_, err = Fit(ctx, net, data, cfg)
	var bad *NonFiniteError
	switch {
	case errors.As(err, &bad) && len(curve.LR) > 0:
		curve.Diverged = true
	case err != nil:
		return nil, errors.WithMessage(err, "find lr")
	}
	curve.read(r.Smoothing)
	return curve, nil
}

// rising is the schedule of a search.
type rising struct {
	r    LRRange
	base float64 // of the optimizer, whose rate it replaces
}

// Check finds nothing wrong: fill did.
func (s rising) Check() error { return nil }

// LR is the rate of a step.
func (s rising) LR(base float64, at int) float64 {
	at = min(at, s.r.Steps-1)
	return base / s.base * s.r.Min * math.Pow(s.r.Max/s.r.Min, float64(at)/float64(s.r.Steps-1))
}

// read smooths the losses and finds what they suggest.
func (c *LRCurve) read(smoothing float64) {
	n := len(c.Loss)
	c.Smoothed = smoothed(capped(c.Loss), smoothing)
	low := 0
	for i, v := range c.Smoothed {
		if v < c.Smoothed[low] {
			low = i
		}
	}
	if low == 0 {
		return
	}
	steepest, at := 0.0, -1
	for i := range low + 1 {
		before, after := max(i-1, 0), min(i+1, n-1)
		slope := (c.Smoothed[after] - c.Smoothed[before]) / math.Log(c.LR[after]/c.LR[before])
		if slope < steepest {
			steepest, at = slope, i
		}
	}
	if at >= 0 {
		c.Steepest, c.Lowest = c.LR[at], c.LR[low]
	}
}

// capped bounds losses that explode by as much above where they began as the
// lowest is below it: smoothed as they are, a single one would hide the fall before
// it.
func capped(losses []float64) []float64 {
	begun := slices.Clone(losses[:(len(losses)+3)/4])
	slices.Sort(begun)
	start := begun[len(begun)/2]
	most := start + (start - slices.Min(losses))
	if most <= start {
		return losses
	}
	out := slices.Clone(losses)
	for i, v := range out {
		out[i] = min(v, most)
	}
	return out
}

// smoothed is the mean of all values with weights share^distance. Unlike a mean of
// past values it does not lag behind, which would make every rate seem better
// than it is.
func smoothed(values []float64, share float64) []float64 {
	n := len(values)
	out := make([]float64, n)
	// From the left and, without the value itself, from the right.
	sum, weight := 0.0, 0.0
	weights := make([]float64, n)
	for i, v := range values {
		sum, weight = share*sum+v, share*weight+1
		out[i], weights[i] = sum, weight
	}
	sum, weight = 0, 0
	for i := n - 1; i >= 0; i-- {
		out[i] = (out[i] + sum) / (weights[i] + weight)
		sum, weight = share*(sum+values[i]), share*(weight+1)
	}
	return out
}
