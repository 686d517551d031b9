package imaging

import (
	"math"

	"github.com/pkg/errors"
)

// Normalization makes of a pixel p, scaled to 0..1, the value (p - Mean) / Std
// that a network sees. Mean and Std hold one number for all channels or one a
// channel; none stands for mean 0, deviation 1, so that the zero value leaves
// pixels as they are.
type Normalization struct {
	Mean []float32 `json:"mean"`
	Std  []float32 `json:"std"`
}

// Check refuses numbers that are neither one nor one a channel, are not finite,
// and deviations that are not positive.
func (n Normalization) Check(channels int) error {
	for _, part := range []struct {
		name   string
		values []float32
	}{{"means", n.Mean}, {"deviations", n.Std}} {
		if k := len(part.values); k > 1 && k != channels {
			return errors.Errorf("normalisation has %d %s, want 1 or %d, one a channel", k, part.name, channels)
		}
	}
	for c := range max(len(n.Mean), len(n.Std)) {
		mean, std := n.At(c)
		if m, s := float64(mean), float64(std); !(s > 0) || math.IsInf(s, 0) || math.IsNaN(m) || math.IsInf(m, 0) {
			return errors.Errorf("normalisation of channel %d is mean %g, deviation %g, want finite values and a positive deviation", c, m, s)
		}
	}
	return nil
}

// At is the mean and the deviation of one channel, NaN where there are numbers
// for other channels only.
func (n Normalization) At(channel int) (mean, std float32) {
	return at(n.Mean, channel, 0), at(n.Std, channel, 1)
}

func at(values []float32, channel int, none float32) float32 {
	switch len(values) {
	case 0:
		return none
	case 1:
		return values[0]
	}
	if channel < 0 || channel >= len(values) {
		return float32(math.NaN())
	}
	return values[channel]
}

// Expand returns the same with one number a channel, after a Check.
func (n Normalization) Expand(channels int) (Normalization, error) {
	if channels < 1 {
		return Normalization{}, errors.Errorf("normalisation of %d channels, want at least 1", channels)
	}
	if err := n.Check(channels); err != nil {
		return Normalization{}, err
	}
	out := Normalization{Mean: make([]float32, channels), Std: make([]float32, channels)}
	for c := range channels {
		out.Mean[c], out.Std[c] = n.At(c)
	}
	return out, nil
}

// Luma returns the weights of red, green and blue in a grey value (ITU-R
// BT.601): 0.299, 0.587 and 0.114.
func Luma() [3]float32 { return [3]float32{0.299, 0.587, 0.114} }

// Gray is the normalisation for images that were made grey from red, green and
// blue: the sums of both weighted by Luma, which for the deviation supposes that
// the channels vary together.
func (n Normalization) Gray() (Normalization, error) {
	if err := n.Check(3); err != nil {
		return Normalization{}, err
	}
	out := Normalization{Mean: []float32{0}, Std: []float32{0}}
	for c, v := range Luma() {
		mean, std := n.At(c)
		out.Mean[0] += v * mean
		out.Std[0] += v * std
	}
	return out, nil
}

// Apply normalises an image in place: shape.Size() pixels from 0 to 1, channel
// by channel.
func (n Normalization) Apply(image []float32, shape Shape) error {
	want, err := shape.Size()
	if err != nil {
		return err
	}
	if len(image) != want {
		return errors.Errorf("normalisation: the image has %d values, want %v = %d", len(image), shape, want)
	}
	if err := n.Check(shape.Channels); err != nil {
		return err
	}
	plane := shape.Height * shape.Width
	for c := range shape.Channels {
		mean, std := n.At(c)
		inverse := 1 / std
		for i, v := range image[c*plane : (c+1)*plane] {
			image[c*plane+i] = (v - mean) * inverse
		}
	}
	return nil
}
