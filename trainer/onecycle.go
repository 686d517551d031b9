package trainer

import (
	"math"

	"github.com/pkg/errors"
)

// OneCycle rises from Max/Div to Max in the first PctStart of Length and falls
// to Max/Div/FinalDiv in the rest, along half cosines or straight lines. It
// ignores the base rate. It counts steps, unless Config.ScheduleBy says
// otherwise. A Length of 1 is one step at Max.
//
// Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks
// Using Large Learning Rates", 2017, arXiv:1708.07120; in the two phases that
// fast.ai and PyTorch made of it.
type OneCycle struct {
	Max      float64 // more than 0
	Length   int     // Fit fills in that of its run for 0, and refuses another
	PctStart float64 // share of the rise, up to 1; 0 means 0.3, negative means no rise
	Div      float64 // 0 means 25
	FinalDiv float64 // 0 means 1e4
	Linear   bool    // straight lines instead of cosines
}

// Check names the field that makes no sense.
func (s OneCycle) Check() error {
	switch {
	case s.Max == 0:
		return errors.New("OneCycle.Max is 0, want the highest learning rate")
	case s.Length < 1:
		return errors.Errorf("OneCycle.Length is %d, want at least 1", s.Length)
	case s.PctStart > 1:
		return errors.Errorf("OneCycle.PctStart is %v, want at most 1", s.PctStart)
	}
	return checkSettings("OneCycle", setting{"Max", s.Max, 0}, setting{"PctStart", s.PctStart, anything},
		setting{"Div", s.Div, 0}, setting{"FinalDiv", s.FinalDiv, 0})
}

// Over fills in an empty Length and refuses another: a run that is shorter ends
// before the rate came down, a longer one goes on at next to nothing.
func (s OneCycle) Over(length int) (Schedule, error) {
	if s.Length == 0 {
		s.Length = length
	}
	if s.Length != length {
		return nil, errors.Errorf("OneCycle.Length is %d, but it runs over %d", s.Length, length)
	}
	return s, nil
}

// Unit is ByStep.
func (OneCycle) Unit() Unit { return ByStep }

// LR is the rate at a time; past Length it is the last one.
func (s OneCycle) LR(_ float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	if s.Length == 1 {
		return s.Max
	}
	start := s.Max / orDefault(s.Div, 25)
	end := start / orDefault(s.FinalDiv, 1e4)
	last := float64(s.Length - 1)
	peak := orDefault(s.PctStart, 0.3)*float64(s.Length) - 1
	now := math.Min(float64(at), last)
	if now <= peak {
		if peak <= 0 {
			return s.Max
		}
		return s.between(start, s.Max, now/peak)
	}
	return s.between(s.Max, end, (now-peak)/(last-peak))
}

func (s OneCycle) between(from, to, share float64) float64 {
	if s.Linear {
		return from + (to-from)*share
	}
	return to + (from-to)/2*(1+math.Cos(math.Pi*share))
}
