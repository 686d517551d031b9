package plots

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
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
// al. 2015 (arXiv:1512.03385), figure 6.
// A panel without any values is left out; no values at all are an error.
func History(title string, runs ...Run) (*Figure, error) {
	if len(runs) == 0 {
		return nil, errors.Errorf("history %q: no runs", title)
	}
	f := &Figure{title: title, height: 3.9 * vg.Inch}
	loss, accuracy := newAxes("epoch"), newAxes("epoch")
	drawn := map[*plot.Plot]bool{}
	hasTrain, hasTest := false, false
	for i, r := range runs {
		train, test := lineOf(2*i), lineOf(2*i+1)
		if len(runs) > 1 {
			train, test = lineOf(i), lineOf(i)
			train.Dashes, train.Width = dashed, vg.Points(1.2)
			test.Dashes = nil
			f.legend = append(f.legend, key{name: r.Name, line: test})
		}
		for _, line := range []struct {
			p      *plot.Plot
			name   string
			values []float64
			train  bool
		}{
			{loss, "training loss", r.TrainLoss, true}, {loss, "test loss", r.TestLoss, false},
			{accuracy, "training accuracy", r.TrainAccuracy, true}, {accuracy, "test accuracy", r.TestAccuracy, false},
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
				err = addLine(line.p, s, style, false)
			}
			if err != nil {
				return nil, errors.Wrapf(err, "history %q, run %d %q", title, i, r.Name)
			}
			drawn[line.p] = true
		}
		if i == len(runs)-1 {
			if len(runs) > 1 {
				train.Color, test.Color = frame, frame
			}
			if hasTrain {
				f.legend = append(f.legend, key{name: "training", line: train})
			}
			if hasTest {
				f.legend = append(f.legend, key{name: "test", line: test})
			}
		}
	}
	if drawn[loss] {
		loss.X.Tick.Marker = majorTicks{whole: true}
		finish(loss, false)
		f.panels = append(f.panels, axes{"loss", loss})
	}
	if drawn[accuracy] {
		accuracy.X.Tick.Marker, accuracy.Y.Tick.Marker = majorTicks{whole: true}, percentTicks{}
		atMost := accuracy.Y.Max <= 1
		finish(accuracy, false)
		if atMost {
			accuracy.Y.Max = math.Min(accuracy.Y.Max, 1+0.02*(1-accuracy.Y.Min))
		}
		f.panels = append(f.panels, axes{"accuracy", accuracy})
	}
	if len(f.panels) == 0 {
		return nil, errors.Errorf("history %q: no finite value in %d runs", title, len(runs))
	}
	f.width = 1.2*vg.Inch + vg.Length(len(f.panels))*3.7*vg.Inch
	return f, nil
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
