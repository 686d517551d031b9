package datasets

import (
	"math"
	"slices"

	"github.com/pkg/errors"
)

// taps makes one visible row (or column) out of stored ones: the sum of weights[k] times row
// start+k. No weights mean a black row. Resizing and padding are both lists of taps, and a list
// applied to a list is a list again, so views can be stacked without a copy of the pixels.
type taps struct {
	start   int
	weights []float32
}

// resizeTaps maps n rows to m by linear interpolation with half-pixel centres, the edge repeated;
// when it shrinks, the triangle widens with the scale so that no pixel is skipped.
func resizeTaps(n, m int) []taps {
	out := make([]taps, m)
	scale := float64(n) / float64(m)
	support := max(scale, 1)
	for i := range out {
		centre := (float64(i)+0.5)*scale - 0.5
		lo := max(0, int(math.Ceil(centre-support)))
		hi := min(n-1, int(math.Floor(centre+support)))
		w := make([]float64, 0, hi-lo+1)
		var sum float64
		for j := lo; j <= hi; j++ {
			v := max(0, 1-math.Abs(float64(j)-centre)/support)
			w = append(w, v)
			sum += v
		}
		// Weights of exactly zero sit at the triangle's feet: leave them out.
		for len(w) > 1 && w[0] == 0 {
			w, lo = w[1:], lo+1
		}
		for len(w) > 1 && w[len(w)-1] == 0 {
			w = w[:len(w)-1]
		}
		out[i] = taps{start: lo, weights: make([]float32, len(w))}
		for k, v := range w {
			out[i].weights[k] = float32(v / sum)
		}
	}
	return out
}

// padTaps maps n rows to n + 2*pad, black at both ends; a negative pad cuts rows away.
func padTaps(n, pad int) []taps {
	out := make([]taps, n+2*pad)
	for i := range out {
		if j := i - pad; j >= 0 && j < n {
			out[i] = taps{start: j, weights: []float32{1}}
		}
	}
	return out
}

// after composes: outer reads the rows that inner makes. A nil inner changes nothing.
func after(outer, inner []taps) []taps {
	if inner == nil {
		return outer
	}
	out := make([]taps, len(outer))
	for i, o := range outer {
		lo, hi := math.MaxInt, 0
		for k := range o.weights {
			if in := inner[o.start+k]; len(in.weights) > 0 {
				lo, hi = min(lo, in.start), max(hi, in.start+len(in.weights))
			}
		}
		if lo >= hi {
			continue // black
		}
		out[i] = taps{start: lo, weights: make([]float32, hi-lo)}
		for k, v := range o.weights {
			in := inner[o.start+k]
			for t, u := range in.weights {
				out[i].weights[in.start+t-lo] += v * u
			}
		}
	}
	return out
}

// Resize returns the images scaled to h x w when they are read, by bilinear interpolation
// (half-pixel centres; antialiased when shrinking, as torchvision's Resize does).
func (d *Dataset) Resize(h, w int) (*Dataset, error) {
	if h < 1 || w < 1 {
		return nil, errors.Errorf("%s: cannot resize to %dx%d, want at least 1x1", d.Name, h, w)
	}
	_, h0, w0 := d.Shape()
	out := *d
	if h != h0 {
		out.rows = after(resizeTaps(h0, h), d.rows)
	}
	if w != w0 {
		out.cols = after(resizeTaps(w0, w), d.cols)
	}
	return &out, nil
}

// Pad returns the images with n black pixels more on each side: MNIST's 28x28 become LeNet-5's
// 32x32 by Pad(2). A negative n cuts pixels away.
func (d *Dataset) Pad(n int) (*Dataset, error) {
	_, h, w := d.Shape()
	if h+2*n < 1 || w+2*n < 1 {
		return nil, errors.Errorf("%s: padding %d leaves nothing of %dx%d images", d.Name, n, h, w)
	}
	out := *d
	if n != 0 {
		out.rows, out.cols = after(padTaps(h, n), d.rows), after(padTaps(w, n), d.cols)
	}
	return &out, nil
}

// luma holds the weights of red, green and blue in a grey value (ITU-R BT.601).
var luma = [3]float32{0.299, 0.587, 0.114}

// Channels returns the images with n channels: a grey image is repeated in each of the n, a
// colour image becomes grey (n = 1) by 0.299 R + 0.587 G + 0.114 B. Mean and standard deviation
// follow; for colour to grey they are the same weighted sums, which for the deviation supposes
// that the channels vary together. Other changes are refused.
func (d *Dataset) Channels(n int) (*Dataset, error) {
	out := *d
	switch {
	case n == d.channels:
	case n >= 1 && d.channels == 1:
		out.mean, out.std = slices.Repeat(d.mean, n), slices.Repeat(d.std, n)
		if d.mix == nil {
			out.mix = []float32{1}
		}
	case n == 1 && d.channels == 3:
		out.mean, out.std = []float32{0}, []float32{0}
		for k, v := range luma {
			out.mean[0] += v * d.mean[k]
			out.std[0] += v * d.std[k]
		}
		if d.mix == nil {
			out.mix = luma[:]
		}
	default:
		return nil, errors.Errorf("%s: cannot turn %d channels into %d, only 1 into any number and 3 into 1", d.Name, d.channels, n)
	}
	out.channels = n
	return &out, nil
}

// Normalize returns the images with other constants: a pixel p of 0 to 255 is read as
// (p/255 - mean) / std, with one mean and one std per channel.
func (d *Dataset) Normalize(mean, std []float32) (*Dataset, error) {
	if len(mean) != d.channels || len(std) != d.channels {
		return nil, errors.Errorf("%s: normalisation has %d means and %d deviations, want %d of each, one per channel",
			d.Name, len(mean), len(std), d.channels)
	}
	for c := range mean {
		if m, s := float64(mean[c]), float64(std[c]); !(s > 0) || math.IsInf(s, 0) || math.IsNaN(m) || math.IsInf(m, 0) {
			return nil, errors.Errorf("%s: normalisation of channel %d is mean %g, deviation %g, want finite values and a positive deviation",
				d.Name, c, m, s)
		}
	}
	out := *d
	out.mean, out.std = slices.Clone(mean), slices.Clone(std)
	return &out, nil
}

// Normalization returns the constants in use, one mean and one standard deviation per channel.
func (d *Dataset) Normalization() (mean, std []float32) {
	return slices.Clone(d.mean), slices.Clone(d.std)
}
