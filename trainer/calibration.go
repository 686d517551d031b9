package trainer

import (
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/internal/table"
)

// calibrationBins is what Guo et al. and most after them take.
const calibrationBins = 15

// Calibration compares how sure a network is with how often it is right: the
// images are parted by the probability p of the class that was predicted into
// fifteen bins of equal width, ((m-1)/15, m/15].
//
// Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural
// Networks", arXiv:1706.04599, section 2.
type Calibration struct {
	Bins []CalibrationBin
}

// CalibrationBin is what the images of one bin have.
type CalibrationBin struct {
	Low, High  float64 // probabilities above Low, up to High
	Images     int
	Confidence float64 // mean probability of the predicted class; 0 without images
	Accuracy   float64 // share of right predictions; 0 without images
}

// Error is the expected calibration error: the mean over all images of the
// difference |accuracy - confidence| of their bins. That of nil, as for other
// targets than classes, is 0.
func (c *Calibration) Error() float64 {
	if c == nil {
		return 0
	}
	all, sum := 0, 0.0
	for _, b := range c.Bins {
		all += b.Images
		sum += float64(b.Images) * math.Abs(b.Accuracy-b.Confidence)
	}
	return sum / math.Max(float64(all), 1)
}

// MaxError is the largest difference of a bin with images.
func (c *Calibration) MaxError() float64 {
	most := 0.0
	for _, b := range c.Bins {
		if b.Images > 0 {
			most = math.Max(most, math.Abs(b.Accuracy-b.Confidence))
		}
	}
	return most
}

func (c *Calibration) table() table.Table {
	t := table.Table{Head: []string{"probability", "images", "confidence", "accuracy"}}
	for _, b := range c.Bins {
		row := []string{fmt.Sprintf("%.3f to %.3f", b.Low, b.High), fmt.Sprint(b.Images), "", ""}
		if b.Images > 0 {
			row[2], row[3] = table.Percent(b.Confidence), table.Percent(b.Accuracy)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// String is the reliability table as aligned text.
func (c *Calibration) String() string { return c.table().Text() }

// Markdown is the reliability table as a Markdown table.
func (c *Calibration) Markdown() string { return c.table().Markdown() }

// HTML is the reliability table for notebooks and pages.
func (c *Calibration) HTML() string { return c.table().HTML() }

// sureness adds up a Calibration.
type sureness struct {
	images, right [calibrationBins]int
	confidence    [calibrationBins]float64
}

// add counts an image by the probability of its predicted class.
func (s *sureness) add(p float64, right bool) {
	m := 0
	if p > 0 { // not NaN
		m = min(max(int(math.Ceil(p*calibrationBins))-1, 0), calibrationBins-1)
	}
	s.images[m]++
	s.confidence[m] += p
	if right {
		s.right[m]++
	}
}

func (s *sureness) calibration() *Calibration {
	c := &Calibration{Bins: make([]CalibrationBin, calibrationBins)}
	for m := range c.Bins {
		n := s.images[m]
		c.Bins[m] = CalibrationBin{Low: float64(m) / calibrationBins, High: float64(m+1) / calibrationBins, Images: n,
			Confidence: s.confidence[m] / float64(max(n, 1)), Accuracy: share(s.right[m], n)}
	}
	return c
}
