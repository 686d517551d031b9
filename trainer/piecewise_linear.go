package trainer

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// PiecewiseLinear goes from point to point in straight lines, at places that are
// shares of the run, so that a run of another length keeps the shape:
//
//	base * (f0 + (f1-f0) * (at-t0) / (t1-t0))   between the points t0 and t1
//
// with a point's time t = round(At*Length). Before the first point and after the
// last the rate stays what it is there. Of points that fall on the same time the
// last one counts.
//
// It is the schedule of the short runs since fast.ai's and Page's entries to
// DAWNBench (2018): up in a straight line, down in another.
type PiecewiseLinear struct {
	Points []RatePoint // at least 1, at most 1000, At rising
	Length int         // Fit fills in that of its run for 0
}

// RatePoint says that the rate is Factor times the base rate after that share of
// the run.
type RatePoint struct {
	At     float64 // 0 to 1
	Factor float64 // at least 0
}

// Check names the field that makes no sense.
func (s PiecewiseLinear) Check() error {
	if s.Length < 1 {
		return errors.Errorf("PiecewiseLinear.Length is %d, want at least 1", s.Length)
	}
	if n := len(s.Points); n < 1 || n > 1000 {
		return errors.Errorf("PiecewiseLinear.Points: %d, want 1 to 1000", n)
	}
	before := math.Inf(-1)
	for i, p := range s.Points {
		switch {
		case !(p.At >= 0 && p.At <= 1):
			return errors.Errorf("PiecewiseLinear.Points[%d].At is %v, want 0 to 1", i, p.At)
		case p.At <= before:
			return errors.Errorf("PiecewiseLinear.Points[%d].At is %v, want more than the point's before it, %v", i, p.At, before)
		case !(p.Factor >= 0) || math.IsInf(p.Factor, 1):
			return errors.Errorf("PiecewiseLinear.Points[%d].Factor is %v, want a number of at least 0", i, p.Factor)
		}
		before = p.At
	}
	return nil
}

// Over fills in an empty Length.
func (s PiecewiseLinear) Over(length int) (Schedule, error) {
	if s.Length == 0 {
		s.Length = length
	}
	return s, nil
}

// LR is the rate at a time.
func (s PiecewiseLinear) LR(base float64, at int) float64 {
	if s.Check() != nil {
		return math.NaN()
	}
	time := func(p RatePoint) int { return int(math.Round(p.At * float64(s.Length))) }
	next := 0
	for next < len(s.Points) && time(s.Points[next]) <= at {
		next++
	}
	switch next {
	case 0:
		return base * s.Points[0].Factor
	case len(s.Points):
		return base * s.Points[next-1].Factor
	}
	from, to := s.Points[next-1], s.Points[next]
	passed, whole := at-time(from), time(to)-time(from)
	return base * (from.Factor + (to.Factor-from.Factor)*float64(passed)/float64(whole))
}

// readPoints reads the words of a name such as 0%:0.2_23%:1_100%:0.07.
func readPoints(words []string) (Schedule, bool) {
	var s PiecewiseLinear
	for _, word := range words {
		at, factor, ok := strings.Cut(word, "%:")
		p := parameters{words: []string{at, factor}}
		s.Points = append(s.Points, RatePoint{At: p.number("") / 100, Factor: p.number("")})
		if !ok || !p.done() {
			return nil, false
		}
	}
	return s, len(s.Points) > 0
}

// String is the name that LookupSchedule reads.
func (s PiecewiseLinear) String() string {
	name := "piecewise"
	for _, p := range s.Points {
		name += fmt.Sprintf("_%s%%:%s", strconv.FormatFloat(100*p.At, 'g', -1, 64), strconv.FormatFloat(p.Factor, 'g', -1, 64))
	}
	return name
}
