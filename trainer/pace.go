package trainer

import (
	"math"

	"github.com/pkg/errors"
)

// pace is a schedule made ready for one run.
type pace struct {
	schedule Schedule // nil: the rate stays as it is
	given    Schedule // the same before it was adapted to what happened
	unit     Unit     // ByEpoch or ByStep
	factor   float64  // of every rate, by Run.SetLRFactor; 0 means 1
}

// newPace checks a schedule and fits it to a run of so many epochs with so many
// steps each.
func newPace(s Schedule, unit Unit, epochs, steps int) (pace, error) {
	if unit < ByDefault || unit > ByStep {
		return pace{}, errors.Errorf("ScheduleBy is %d, want ByDefault, ByEpoch or ByStep", int(unit))
	}
	if s == nil {
		return pace{}, nil
	}
	if isNil(s) {
		return pace{}, errors.Errorf("Schedule is a nil %T", s)
	}
	if unit == ByDefault {
		if err := guard("schedule", func() error { unit = unitOf(s); return nil }); err != nil {
			return pace{}, err
		}
		if unit != ByEpoch && unit != ByStep {
			return pace{}, errors.New("Schedule joins one that counts epochs and one that counts steps: set ScheduleBy")
		}
	}
	length := epochs
	if unit == ByStep {
		length *= steps
	}
	s, err := over(s, length)
	if err != nil {
		return pace{}, errors.WithMessagef(err, "Schedule over %d %s", length, unit)
	}
	if isNil(s) {
		return pace{}, errors.Errorf("Schedule over %d %s is nil", length, unit)
	}
	if err := checkSchedule(s); err != nil {
		return pace{}, errors.WithMessage(err, "Schedule")
	}
	return pace{schedule: s, given: s, unit: unit}, nil
}

// adapt makes the schedule follow the epochs that were seen.
func (p *pace) adapt(seen History) (err error) {
	p.schedule, err = adapted(p.given, seen, p.unit)
	return err
}

// rate is the learning rate of a step, whose base rate is given. It refuses what
// no optimizer can work with.
func (p pace) rate(base float64, epoch, step int) (lr float64, err error) {
	if p.factor != 0 {
		defer func() { lr *= p.factor }()
	}
	if p.schedule == nil {
		return base, nil
	}
	at := epoch
	if p.unit == ByStep {
		at = step
	}
	if err = guard("schedule", func() error { lr = p.schedule.LR(base, at); return nil }); err != nil {
		return 0, err
	}
	if math.IsNaN(lr) || math.IsInf(lr, 0) || lr < 0 {
		return 0, errors.Errorf("schedule %T: the learning rate at %d %s is %v, want a finite number of at least 0", p.schedule, at, p.unit, lr)
	}
	return lr, nil
}

// takesBase tells whether the schedule depends on the base rate at all: OneCycle
// does not.
func (p pace) takesBase(base float64, epochs, steps int) (bool, error) {
	for i := range 5 {
		epoch, step := (epochs-1)*i/4, (epochs*steps-1)*i/4
		a, err := p.rate(base, epoch, step)
		if err != nil {
			return false, err
		}
		b, err := p.rate(2*base, epoch, step)
		if err != nil || a != b {
			return true, err
		}
	}
	return false, nil
}
