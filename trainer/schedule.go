package trainer

import (
	"math"

	"github.com/pkg/errors"
)

// Schedule gives the learning rate at a time of the run, counted from 0 in
// epochs or in steps (see Config.ScheduleBy). base is the configured rate: the
// optimizer's, or that of a group with its own. The values are PyTorch's.
//
// A schedule whose fields make no sense, such as the zero value of most, gives
// NaN, and Fit refuses it with the name of the field. One of your own needs
// nothing but LR. It may have one or more of these methods, which Fit uses:
//
//	Check() error                       // what is wrong with the fields
//	Over(length int) (Schedule, error)  // itself for a run of that length: fills in what depends on it
//	Unit() Unit                         // what it counts when Config.ScheduleBy doesn't say
//	Adapt(seen History, by Unit) Schedule // itself after those epochs, asked before each: a rate that follows results
type Schedule interface {
	LR(base float64, at int) float64
}

// Unit says what a schedule counts.
type Unit int

// A schedule counts what is usual for it, unless told otherwise: OneCycle
// steps, the others epochs.
const (
	ByDefault Unit = iota
	ByEpoch
	ByStep
)

// String is "epochs" or "steps".
func (u Unit) String() string {
	switch u {
	case ByDefault:
		return "default"
	case ByEpoch:
		return "epochs"
	case ByStep:
		return "steps"
	}
	return "unknown unit"
}

// ConstantRate keeps the base rate.
type ConstantRate struct{}

// LR is base.
func (ConstantRate) LR(base float64, _ int) float64 { return base }

// StepDecay multiplies the rate by Gamma once every Every:
// base * Gamma^floor(at/Every).
type StepDecay struct {
	Every int     // at least 1
	Gamma float64 // 0 means 0.1, negative means 0
}

// Check names the field that makes no sense.
func (s StepDecay) Check() error {
	if s.Every < 1 {
		return errors.Errorf("StepDecay.Every is %d, want at least 1", s.Every)
	}
	return checkSettings("StepDecay", setting{"Gamma", s.Gamma, anything})
}

// LR is the rate at a time.
func (s StepDecay) LR(base float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	return base * math.Pow(orDefault(s.Gamma, 0.1), float64(at/s.Every))
}

// MultiStep multiplies the rate by Gamma at each milestone. One given twice
// counts twice.
type MultiStep struct {
	Milestones []int   // at least one
	Gamma      float64 // 0 means 0.1, negative means 0
}

// Check names the field that makes no sense.
func (s MultiStep) Check() error {
	if len(s.Milestones) == 0 {
		return errors.New("MultiStep.Milestones is empty, want at least one")
	}
	for i, m := range s.Milestones {
		if m < 0 {
			return errors.Errorf("MultiStep.Milestones[%d] is %d, want at least 0", i, m)
		}
	}
	return checkSettings("MultiStep", setting{"Gamma", s.Gamma, anything})
}

// LR is the rate at a time.
func (s MultiStep) LR(base float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	passed := 0
	for _, m := range s.Milestones {
		if at >= m {
			passed++
		}
	}
	return base * math.Pow(orDefault(s.Gamma, 0.1), float64(passed))
}

// Exponential multiplies the rate by Gamma every time: base * Gamma^at.
type Exponential struct {
	Gamma float64 // more than 0
}

// Check names the field that makes no sense.
func (s Exponential) Check() error {
	if s.Gamma == 0 {
		return errors.New("Exponential.Gamma is 0, want more than 0")
	}
	return checkSettings("Exponential", setting{"Gamma", s.Gamma, 0})
}

// LR is the rate at a time.
func (s Exponential) LR(base float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	return base * math.Pow(s.Gamma, float64(at))
}

// Polynomial falls to 0 over Length: base * (1 - min(at, Length)/Length)^Power.
type Polynomial struct {
	Length int     // Fit fills in that of its run for 0
	Power  float64 // 0 means 1: a straight line; negative means 0
}

// Check names the field that makes no sense.
func (s Polynomial) Check() error {
	if s.Length < 1 {
		return errors.Errorf("Polynomial.Length is %d, want at least 1", s.Length)
	}
	return checkSettings("Polynomial", setting{"Power", s.Power, anything})
}

// Over fills in an empty Length.
func (s Polynomial) Over(length int) (Schedule, error) {
	if s.Length == 0 {
		s.Length = length
	}
	return s, nil
}

// LR is the rate at a time.
func (s Polynomial) LR(base float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	return base * math.Pow(1-float64(min(at, s.Length))/float64(s.Length), orDefault(s.Power, 1))
}

// Cosine falls from base to Min along half a cosine over Length. Past it the
// rate rises again, with the period 2*Length, as PyTorch's CosineAnnealingLR
// does:
//
//	Min + (base-Min) * (1 + cos(pi*at/Length)) / 2
//
// Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
// Restarts", 2016, arXiv:1608.03983 (without the restarts).
type Cosine struct {
	Length int     // Fit fills in that of its run for 0
	Min    float64 // default 0
}

// Check names the field that makes no sense.
func (s Cosine) Check() error {
	if s.Length < 1 {
		return errors.Errorf("Cosine.Length is %d, want at least 1", s.Length)
	}
	return checkSettings("Cosine", setting{"Min", s.Min, 0})
}

// Over fills in an empty Length.
func (s Cosine) Over(length int) (Schedule, error) {
	if s.Length == 0 {
		s.Length = length
	}
	return s, nil
}

// LR is the rate at a time.
func (s Cosine) LR(base float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	return s.Min + (base-s.Min)*(1+math.Cos(math.Pi*float64(at)/float64(s.Length)))/2
}

// LinearWarmup raises the rate in a straight line from base*Start to base*End
// over Length and stays there.
//
// Goyal et al., "Accurate, Large Minibatch SGD", 2017, arXiv:1706.02677.
type LinearWarmup struct {
	Start  float64 // 0 means 1/3, negative means 0
	End    float64 // 0 means 1, negative means 0
	Length int     // 0 means 5
}

// Check names the field that makes no sense.
func (s LinearWarmup) Check() error {
	if s.Length < 0 {
		return errors.Errorf("LinearWarmup.Length is %d, want at least 1", s.Length)
	}
	return checkSettings("LinearWarmup", setting{"Start", s.Start, anything}, setting{"End", s.End, anything})
}

// LR is the rate at a time.
func (s LinearWarmup) LR(base float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	length := s.Length
	if length == 0 {
		length = 5
	}
	start, end := orDefault(s.Start, 1.0/3), orDefault(s.End, 1)
	if at >= length { // exactly, without the rounding of what is below
		return base * end
	}
	return base * (start + (end-start)*float64(at)/float64(length))
}
