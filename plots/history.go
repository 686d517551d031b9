package plots

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Run is the history of one training run, a value per epoch. What was not measured stays nil; NaN
// leaves a gap.
type Run struct {
	Name                        string    // told apart by it when there are several
	Epochs                      []float64 // default: 1, 2, 3, ...
	TrainLoss, TestLoss         []float64
	TrainAccuracy, TestAccuracy []float64 // 0..1
}

// History draws loss and accuracy by epoch side by side. Of one run, training and test have a
// colour each; of several, each run has a colour and its training lines are dashed, as in He et
// al. 2015 (arXiv:1512.03385), figure 6. Of a single epoch there is no line to draw: its values
// are bars.
// A panel without any values is left out; no values at all are an error.
func History(title string, runs ...Run) (*Figure, error) {
	if len(runs) == 0 {
		return nil, errors.Errorf("history %q: no runs", title)
	}
	for i, r := range runs {
		for name, values := range map[string][]float64{"training loss": r.TrainLoss, "test loss": r.TestLoss, "training accuracy": r.TrainAccuracy, "test accuracy": r.TestAccuracy} {
			if !anyFinite(values) {
				continue
			}
			if _, err := r.series(name, values); err != nil {
				return nil, errors.Wrapf(err, "history %q, run %d %q", title, i, r.Name)
			}
		}
	}
	if longestOf(runs) <= 1 {
		return historyBars(title, runs)
	}
	f := &Figure{title: title, height: 3.9 * vg.Inch}
	losses := axes{title: "loss", Plot: newAxes("epoch")}
	shares := axes{title: "accuracy", Plot: newAxes("epoch")}
	hasTrain, hasTest := false, false
	drawn := map[*plot.Plot]bool{}
	for i, r := range runs {
		train, test := runStyles(i, len(runs))
		for _, line := range []struct {
			to     *axes
			name   string
			values []float64
			train  bool
		}{
			{&losses, "training", r.TrainLoss, true}, {&losses, "test", r.TestLoss, false},
			{&shares, "training", r.TrainAccuracy, true}, {&shares, "test", r.TestAccuracy, false},
		} {
			if !anyFinite(line.values) {
				continue
			}
			style := test
			if line.train {
				style, hasTrain = train, true
			} else {
				hasTest = true
			}
			s, err := r.series(line.name, line.values)
			if err == nil {
				err = addLine(line.to.Plot, s, style, false)
			}
			if err != nil {
				return nil, errors.Wrapf(err, "history %q, run %d %q", title, i, r.Name)
			}
			drawn[line.to.Plot] = true
			// Of several runs, a name stands once: at the test's line, or the only one.
			if len(runs) > 1 {
				if s.Name = r.Name; line.train && anyFinite(r.test(line.to == &losses)) {
					s.Name = ""
				}
			}
			line.to.end(s, style, false)
		}
	}
	if drawn[losses.Plot] {
		losses.X.Tick.Marker = majorTicks{whole: true}
		finish(losses.Plot, false)
		f.panels = append(f.panels, losses)
	}
	if drawn[shares.Plot] {
		shares.X.Tick.Marker, shares.Y.Tick.Marker = majorTicks{whole: true}, percentTicks{}
		atMost := shares.Y.Max <= 1
		finish(shares.Plot, false)
		if atMost {
			shares.Y.Max = math.Min(shares.Y.Max, 1+0.02*(1-shares.Y.Min))
		}
		f.panels = append(f.panels, shares)
	}
	if len(f.panels) == 0 {
		return nil, errors.Errorf("history %q: no finite value in %d runs", title, len(runs))
	}
	f.settle()
	if len(runs) > 1 && hasTrain && hasTest {
		// What dashes say, whatever the run.
		train, test := runStyles(0, 2)
		train.Color, test.Color = frame, frame
		f.legend = append(f.legend, key{name: "training", line: train}, key{name: "test", line: test})
	}
	f.width = 1.4*vg.Inch + vg.Length(len(f.panels))*3.5*vg.Inch
	return f, nil
}

// runStyles are the lines of the i-th of n runs.
func runStyles(i, n int) (train, test draw.LineStyle) {
	if n == 1 {
		train, test = lineOf(0), lineOf(1)
		// The test's line is what one looks for: it is the whole one.
		train.Dashes, test.Dashes = dashed, nil
		return train, test
	}
	train, test = lineOf(i), lineOf(i)
	train.Dashes, train.Width = dashed, vg.Points(1.3)
	test.Dashes = nil
	return train, test
}

func (r Run) test(loss bool) []float64 {
	if loss {
		return r.TestLoss
	}
	return r.TestAccuracy
}

// longestOf is how many epochs any of the runs has.
func longestOf(runs []Run) (n int) {
	for _, r := range runs {
		for _, values := range [][]float64{r.TrainLoss, r.TestLoss, r.TrainAccuracy, r.TestAccuracy} {
			n = max(n, len(values))
		}
	}
	return n
}

func (r Run) series(name string, values []float64) (Series, error) {
	s := Series{Name: name, X: r.Epochs, Y: values}
	if s.X == nil {
		s.X = make([]float64, len(values))
		for i := range s.X {
			s.X[i] = float64(i + 1)
		}
	}
	if len(s.X) != len(values) {
		return s, errors.Errorf("%s has %d values, want %d, one per epoch", name, len(values), len(s.X))
	}
	return s, nil
}

func anyFinite(values []float64) bool {
	for _, v := range values {
		if finite(v) {
			return true
		}
	}
	return false
}
