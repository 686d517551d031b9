package trainer

import (
	"math"

	"github.com/pkg/errors"
)

// ReduceOnPlateau multiplies the rate by Factor when what it watches has not
// become better for more than Patience epochs on which it was measured, and then
// lets Cooldown of them pass. Better than the best b so far is, for a loss (an
// accuracy has + in the place of -),
//
//	less than b * (1 - Threshold),   or with Absolute   less than b - Threshold
//
// It follows from the history of the run alone, so that a checkpoint holds all of
// it. With Then it comes after a warm-up, whose epochs it does not look at:
//
//	Then{First: LinearWarmup{Length: 5}, Length: 5, Next: ReduceOnPlateau{}}
//
// The defaults are those of PyTorch's ReduceLROnPlateau, which does the same.
type ReduceOnPlateau struct {
	Watch     Watch   `json:"watch,omitempty"`     // default the test loss
	Factor    float64 `json:"factor,omitempty"`    // more than 0, less than 1; 0 means 0.1
	Patience  int     `json:"patience,omitempty"`  // 0 means 10, negative means 0
	Threshold float64 `json:"threshold,omitempty"` // 0 means 1e-4, negative means 0
	Absolute  bool    `json:"absolute,omitempty"`  // whether Threshold is a difference, not a share
	Cooldown  int     `json:"cooldown,omitempty"`  // default 0
	Min       float64 `json:"min,omitempty"`       // least rate; default 0

	reduced int // times so far, see Adapt
}

// Check names the field that makes no sense.
func (s ReduceOnPlateau) Check() error {
	switch {
	case !(s.Factor >= 0 && s.Factor < 1):
		return errors.Errorf("ReduceOnPlateau.Factor is %v, want more than 0 and less than 1", s.Factor)
	case s.Cooldown < 0:
		return errors.Errorf("ReduceOnPlateau.Cooldown is %d, want at least 0", s.Cooldown)
	}
	return checkSettings("ReduceOnPlateau", setting{"Threshold", s.Threshold, anything}, setting{"Min", s.Min, 0})
}

// LR is the rate, which does not depend on the time: for the schedule as it is
// written, base.
func (s ReduceOnPlateau) LR(base float64, _ int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	if s.reduced == 0 {
		return base
	}
	// A base rate below Min stays where it is.
	return max(base*math.Pow(orDefault(s.Factor, 0.1), float64(s.reduced)), min(s.Min, base))
}

// Adapt is the schedule after those epochs.
func (s ReduceOnPlateau) Adapt(seen History, _ Unit) Schedule {
	patience, threshold := s.Patience, orDefault(s.Threshold, 1e-4)
	switch {
	case patience == 0:
		patience = 10
	case patience < 0:
		patience = 0
	}
	best, bad, cool := 0.0, 0, 0
	first := true
	s.reduced = 0
	for _, e := range seen {
		now, ok := s.Watch.of(e)
		if !ok {
			continue
		}
		if first || s.better(now, best, threshold) {
			best, bad, first = now, 0, false
		} else {
			bad++
		}
		if cool > 0 {
			cool--
			bad = 0
		}
		if bad > patience {
			s.reduced++
			bad, cool = 0, s.Cooldown
		}
	}
	return s
}

func (s ReduceOnPlateau) better(now, best, threshold float64) bool {
	if !s.Absolute {
		threshold *= best
	}
	if s.Watch.rises() {
		return now > best+threshold
	}
	return now < best-threshold
}

// adapted is a schedule after the epochs that were seen: itself, unless it has
// Adapt.
func adapted(s Schedule, seen History, by Unit) (_ Schedule, err error) {
	a, ok := s.(interface{ Adapt(History, Unit) Schedule })
	if !ok || isNil(s) {
		return s, nil
	}
	if err = guard("schedule", func() error { s = a.Adapt(seen, by); return nil }); err == nil && isNil(s) {
		err = errors.Errorf("schedule %T: Adapt gave none", a)
	}
	return s, err
}

// watched lists what a schedule watches.
func watched(s Schedule) []Watch {
	switch s := s.(type) {
	case ReduceOnPlateau:
		return []Watch{s.Watch}
	case *ReduceOnPlateau:
		return []Watch{s.Watch}
	case Then:
		return append(watched(s.First), watched(s.Next)...)
	}
	return nil
}
