package trainer

import (
	"math"

	"github.com/pkg/errors"
)

// Then follows First over Length and then Next, which counts from 0: a warm-up
// before any other schedule.
type Then struct {
	First  Schedule
	Length int // at least 1
	Next   Schedule
}

// Check names the field that makes no sense.
func (s Then) Check() error {
	switch {
	case isNil(s.First):
		return errors.New("Then.First is nil, want a schedule")
	case isNil(s.Next):
		return errors.New("Then.Next is nil, want a schedule")
	case s.Length < 1:
		return errors.Errorf("Then.Length is %d, want at least 1", s.Length)
	}
	if err := checkSchedule(s.First); err != nil {
		return errors.WithMessage(err, "Then.First")
	}
	return errors.WithMessage(checkSchedule(s.Next), "Then.Next")
}

// Over fills in what is empty in First for Length and in Next for the rest.
func (s Then) Over(length int) (Schedule, error) {
	var err error
	if s.First, err = over(s.First, s.Length); err != nil {
		return nil, errors.WithMessage(err, "Then.First")
	}
	if s.Next, err = over(s.Next, length-s.Length); err != nil {
		return nil, errors.WithMessage(err, "Then.Next")
	}
	return s, nil
}

// Adapt adapts the one of the two that is in use after those epochs. Next sees
// none of those that began with First.
func (s Then) Adapt(seen History, by Unit) Schedule {
	first, at := 0, 0 // epochs that began with First, and the time that it is after them
	for first < len(seen) && at < s.Length {
		if by == ByStep {
			at += seen[first].Steps
		} else {
			at++
		}
		first++
	}
	var err error
	if at < s.Length {
		s.First, err = adapted(s.First, seen, by)
	} else {
		s.Next, err = adapted(s.Next, seen[first:], by)
	}
	if err != nil {
		return nil
	}
	return s
}

// Unit is what both schedules count, ByDefault if they count different things.
func (s Then) Unit() Unit {
	if first := unitOf(s.First); first == unitOf(s.Next) {
		return first
	}
	return ByDefault
}

// LR is the rate at a time.
func (s Then) LR(base float64, at int) float64 {
	switch {
	case isNil(s.First) || isNil(s.Next) || s.Length < 1:
		return math.NaN()
	case at < s.Length:
		return s.First.LR(base, at)
	}
	return s.Next.LR(base, at-s.Length)
}

// checkSchedule calls Check where a schedule has it.
func checkSchedule(s Schedule) error {
	if c, ok := s.(interface{ Check() error }); ok {
		return guard("schedule", c.Check)
	}
	return nil
}

// over is a schedule for a run of that length.
func over(s Schedule, length int) (Schedule, error) {
	if isNil(s) || length < 1 {
		return s, nil
	}
	o, ok := s.(interface {
		Over(length int) (Schedule, error)
	})
	if !ok {
		return s, nil
	}
	err := guard("schedule", func() (err error) {
		s, err = o.Over(length)
		return err
	})
	return s, err
}

// unitOf is what a schedule counts by default.
func unitOf(s Schedule) Unit {
	if u, ok := s.(interface{ Unit() Unit }); ok && !isNil(s) {
		return u.Unit()
	}
	return ByEpoch
}
