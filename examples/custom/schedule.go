package main

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/trainer"
)

// Trapezoid is a schedule: the rate rises in a straight line over the first
// tenth of the run, stays, and falls to 0 over the last third.
//
// A schedule needs LR alone. The other methods let Fit check it, fill in the
// run's length and count steps instead of epochs.
type Trapezoid struct {
	Length int // steps; Fit fills in that of its run for 0
}

// LR is the rate at a step, counted from 0.
func (s Trapezoid) LR(base float64, at int) float64 {
	part := (float64(at) + 1) / (float64(s.Length) + 1)
	return base * max(0, math.Min(1, math.Min(part*10, (1-part)*3)))
}

// Check says what is wrong with the fields.
func (s Trapezoid) Check() error {
	if s.Length < 1 {
		return errors.Errorf("Trapezoid: Length is %d, want at least 1", s.Length)
	}
	return nil
}

// Over is the schedule for a run of that length.
func (s Trapezoid) Over(length int) (trainer.Schedule, error) {
	if s.Length == 0 {
		s.Length = length
	}
	return s, nil
}

// Unit is what the schedule counts.
func (Trapezoid) Unit() trainer.Unit { return trainer.ByStep }

var _ trainer.Schedule = Trapezoid{}
