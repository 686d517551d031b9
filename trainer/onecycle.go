package trainer

import "math"

// OneCycle rises from Max/Div to Max in the first PctStart of Length and
// falls to Max/Div/FinalDiv in the rest, along half cosines or straight lines.
// It ignores the base rate. Steps are meant to be mini-batches.
//
// Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks
// Using Large Learning Rates", 2017, arXiv:1708.07120; in the two phases that
// fast.ai and PyTorch made of it.
type OneCycle struct {
	Max      float64
	Length   int
	PctStart float64 // 0 means 0.3, negative means no rise
	Div      float64 // 0 means 25
	FinalDiv float64 // 0 means 1e4
	Linear   bool    // straight lines instead of cosines
}

// LR is the rate at a step; past Length it is the last one.
func (s OneCycle) LR(_ float64, step int) float64 {
	start := s.Max / orDefault(s.Div, 25)
	end := start / orDefault(s.FinalDiv, 1e4)
	last := float64(s.Length - 1)
	peak := orDefault(s.PctStart, 0.3)*float64(s.Length) - 1
	at := math.Min(float64(step), last)
	if at <= peak {
		if peak <= 0 {
			return s.Max
		}
		return s.between(start, s.Max, at/peak)
	}
	return s.between(s.Max, end, (at-peak)/(last-peak))
}

func (s OneCycle) between(from, to, share float64) float64 {
	if s.Linear {
		return from + (to-from)*share
	}
	return to + (from-to)/2*(1+math.Cos(math.Pi*share))
}
