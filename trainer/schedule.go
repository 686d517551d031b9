package trainer

import "math"

// Schedule gives the learning rate at a step, counted from 0. Whether a step
// is an epoch or a mini-batch is up to who calls it (see Config.ScheduleBy).
// base is the optimizer's configured rate. The values are PyTorch's.
type Schedule interface {
	LR(base float64, step int) float64
}

// ConstantRate keeps the base rate.
type ConstantRate struct{}

// LR is base.
func (ConstantRate) LR(base float64, _ int) float64 { return base }

// StepDecay multiplies the rate by Gamma at every Every-th step:
// base * Gamma^floor(step/Every).
type StepDecay struct {
	Every int
	Gamma float64 // 0 means 0.1
}

// LR is the rate at a step.
func (s StepDecay) LR(base float64, step int) float64 {
	return base * math.Pow(orDefault(s.Gamma, 0.1), float64(step/max(s.Every, 1)))
}

// MultiStep multiplies the rate by Gamma at each milestone. One given twice
// counts twice.
type MultiStep struct {
	Milestones []int
	Gamma      float64 // 0 means 0.1
}

// LR is the rate at a step.
func (s MultiStep) LR(base float64, step int) float64 {
	passed := 0
	for _, m := range s.Milestones {
		if step >= m {
			passed++
		}
	}
	return base * math.Pow(orDefault(s.Gamma, 0.1), float64(passed))
}

// Exponential multiplies the rate by Gamma at every step: base * Gamma^step.
type Exponential struct {
	Gamma float64
}

// LR is the rate at a step.
func (s Exponential) LR(base float64, step int) float64 {
	return base * math.Pow(s.Gamma, float64(step))
}

// Polynomial falls to 0 over Length: base * (1 - min(step, Length)/Length)^Power.
type Polynomial struct {
	Length int
	Power  float64 // 0 means 1: a straight line
}

// LR is the rate at a step.
func (s Polynomial) LR(base float64, step int) float64 {
	return base * math.Pow(1-ratio(min(step, s.Length), s.Length), orDefault(s.Power, 1))
}

// Cosine falls from base to Min along half a cosine over Length. Past it
// it rises again, with the period 2*Length, as PyTorch's CosineAnnealingLR does:
//
//	Min + (base-Min) * (1 + cos(pi*step/Length)) / 2
//
// Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
// Restarts", 2016, arXiv:1608.03983 (without the restarts).
type Cosine struct {
	Length int
	Min    float64
}

// LR is the rate at a step.
func (s Cosine) LR(base float64, step int) float64 {
	return s.Min + (base-s.Min)*(1+math.Cos(math.Pi*ratio(step, s.Length)))/2
}

// LinearWarmup raises the rate in a straight line from base*Start to base*End
// over Length and stays there.
//
// Goyal et al., "Accurate, Large Minibatch SGD", 2017, arXiv:1706.02677.
type LinearWarmup struct {
	Start  float64 // 0 means 1/3
	End    float64 // 0 means 1
	Length int     // 0 means 5
}

// LR is the rate at a step.
func (s LinearWarmup) LR(base float64, step int) float64 {
	length := s.Length
	if length == 0 {
		length = 5
	}
	start, end := orDefault(s.Start, 1.0/3), orDefault(s.End, 1)
	return base * (start + (end-start)*ratio(min(step, length), length))
}

// Then follows First over Length and then Next, which counts from 0:
// a warm-up before any other schedule.
type Then struct {
	First  Schedule
	Length int
	Next   Schedule
}

// LR is the rate at a step.
func (s Then) LR(base float64, step int) float64 {
	if step < s.Length {
		return s.First.LR(base, step)
	}
	return s.Next.LR(base, step-s.Length)
}

// ratio is step/total; a total of nothing is over from the start.
func ratio(step, total int) float64 {
	if total <= 0 {
		return 1
	}
	return float64(step) / float64(total)
}
