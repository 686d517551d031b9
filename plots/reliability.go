package plots

import (
	"image/color"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ReliabilityBin is what the predictions with probabilities from Low to High have.
type ReliabilityBin struct {
	Low, High            float64 // 0..1
	Images               int
	Confidence, Accuracy float64 // mean probability, and share that is right; 0..1
}

// Reliability draws how often a network is right against how sure it is: a bar a bin for the share
// of right predictions, and what lacks to the mean probability, or is beyond it, in another colour.
// On the dashed line a network is as sure as it may be. Bins without images have no bar.
// It refuses bins that are not within 0..1 and rising, numbers out of range, and no images at all.
//
// Guo, Pleiss, Sun and Weinberger 2017, On Calibration of Modern Neural Networks, arXiv:1706.04599,
// figure 1.
func Reliability(title string, bins []ReliabilityBin) (*Figure, error) {
	images := 0
	for i, b := range bins {
		inside := func(v float64) bool { return v >= 0 && v <= 1 }
		if !inside(b.Low) || !inside(b.High) || !(b.Low < b.High) || i > 0 && b.Low < bins[i-1].High {
			return nil, errors.Errorf("reliability %q: bin %d is %g to %g, want it within 0 to 1 and above the one before", title, i, b.Low, b.High)
		}
		if b.Images < 0 || b.Images > 0 && (!inside(b.Confidence) || !inside(b.Accuracy)) {
			return nil, errors.Errorf("reliability %q: bin %d has %d images, confidence %g and accuracy %g, want shares of 0 to 1", title, i, b.Images, b.Confidence, b.Accuracy)
		}
		if b.Images > 0 {
			images++
		}
	}
	if images == 0 {
		return nil, errors.Errorf("reliability %q: no images in %d bins", title, len(bins))
	}
	p := newAxes("probability of the predicted class")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.X.Tick.Marker, p.Y.Tick.Marker = percentTicks{}, percentTicks{}
	line := draw.LineStyle{Color: ink, Width: vg.Points(1), Dashes: dashed}
	gap := color.RGBA{0xf0, 0xb8, 0x8c, 0xff}
	p.Add(reliabilityBars{bins, palette[0], gap}, &plotter.Line{XYs: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}, LineStyle: line})
	f := one(title, "accuracy", p, []key{{name: "right", fill: palette[0]}, {name: "distance to the mean probability", fill: gap}, {name: "as sure as right", line: line}})
	f.width, f.height = 4.6*vg.Inch, 4.6*vg.Inch
	return f, nil
}

type reliabilityBars struct {
	bins       []ReliabilityBin
	right, gap color.RGBA
}

func (r reliabilityBars) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, b := range r.bins {
		if b.Images == 0 {
			continue
		}
		air := 0.04 * (b.High - b.Low)
		left, right := tx(b.Low+air), tx(b.High-air)
		c.FillPolygon(r.right, box(left, ty(0), right, ty(b.Accuracy)))
		low, high := min(b.Accuracy, b.Confidence), max(b.Accuracy, b.Confidence)
		if b.Accuracy < b.Confidence {
			c.FillPolygon(r.gap, box(left, ty(low), right, ty(high)))
		} else {
			// Beyond the mean probability: a frame, so that the bar is still seen.
			edge := draw.LineStyle{Color: r.gap, Width: vg.Points(2)}
			c.StrokeLine2(edge, left, ty(low), right, ty(low))
		}
	}
}
