package trainer

import (
	"math"
	"time"

	"github.com/pkg/errors"
)

// SetLRFactor multiplies the learning rate by factor from the next step on, on top
// of what schedule and groups say: for who steers a run by hand, from a hook.
// Checkpoints keep it, and a resumed run goes on with it. 1 changes nothing, 0
// stops learning. A factor that is negative or not finite is an error.
func (r *Run) SetLRFactor(factor float64) error {
	switch {
	case r.fit == nil:
		return errors.New("learning rate: the run is not under way")
	case !(factor >= 0) || math.IsInf(factor, 0):
		return errors.Errorf("learning rate: the factor is %v, want a finite number of at least 0", factor)
	case factor == 0:
		factor = math.SmallestNonzeroFloat64 // 0 in the field says that nobody set one
	}
	r.fit.pace.factor = factor
	return nil
}

// LRFactor is what SetLRFactor set, 1 before.
func (r *Run) LRFactor() float64 {
	if r.fit == nil || r.fit.pace.factor == 0 {
		return 1
	}
	return r.fit.pace.factor
}

// Idle leaves a time that a hook spent waiting, for a person to look for instance,
// out of the epoch's Seconds and ImagesPerSecond.
func (r *Run) Idle(d time.Duration) {
	if r.fit != nil && d > 0 {
		r.fit.idle += d
	}
}
