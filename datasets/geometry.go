package datasets

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/size"
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
		lo, hi := span(o, inner)
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

// span returns the stored rows lo <= row < hi that one row of outer reads through inner.
func span(o taps, inner []taps) (lo, hi int) {
	lo = math.MaxInt
	for k := range o.weights {
		if in := inner[o.start+k]; len(in.weights) > 0 {
			lo, hi = min(lo, in.start), max(hi, in.start+len(in.weights))
		}
	}
	return lo, hi
}

// reshaped returns the view through further taps for rows and columns; nil leaves them alone. The
// caller has made sure that the taps fit into memory; those of a view of a view may not: a row
// can read a whole column.
func (d *Dataset) reshaped(rows, cols []taps) (*Dataset, error) {
	out := *d
	for _, side := range []struct {
		outer []taps
		all   *[]taps
	}{{rows, &out.rows}, {cols, &out.cols}} {
		if side.outer == nil {
			continue
		}
		if *side.all != nil {
			weights := 0
			for _, o := range side.outer {
				if lo, hi := span(o, *side.all); lo < hi {
					weights += hi - lo
				}
			}
			if err := size.Fit(d.name+": the weights of resized images", weights, 4); err != nil {
				return nil, err
			}
		}
		*side.all = after(side.outer, *side.all)
	}
	return &out, nil
}

// fits refuses to make views of that size that the memory can't hold: an image, and what its rows
// and columns are made of.
func (d *Dataset) fits(s Shape) error {
	if _, err := imageSize(d.name, s); err != nil {
		return err
	}
	n, err := size.Add(s.Height, s.Width)
	if err != nil {
		return errors.WithMessage(err, d.name)
	}
	const tap = 64 // bytes of one with its few weights
	return size.Fit(fmt.Sprintf("%s: the rows and columns of %v images", d.name, s), n, tap)
}

// Resize returns the images scaled to h x w when they are read, by bilinear interpolation
// (half-pixel centres; antialiased when shrinking, as torchvision's Resize does).
func (d *Dataset) Resize(h, w int) (*Dataset, error) {
	if h < 1 || w < 1 {
		return nil, errors.Errorf("%s: cannot resize to %dx%d, want at least 1x1", d.name, h, w)
	}
	from := d.Shape()
	if err := d.fits(Shape{Channels: d.channels, Height: h, Width: w}); err != nil {
		return nil, err
	}
	var rows, cols []taps
	if h != from.Height {
		rows = resizeTaps(from.Height, h)
	}
	if w != from.Width {
		cols = resizeTaps(from.Width, w)
	}
	return d.reshaped(rows, cols)
}

// Pad returns the images with n black pixels more on each side: MNIST's 28x28 become LeNet-5's
// 32x32 by Pad(2). A negative n cuts pixels away.
func (d *Dataset) Pad(n int) (*Dataset, error) {
	h, w := d.Shape().Height, d.Shape().Width
	switch {
	case n == 0:
		return d.reshaped(nil, nil)
	case n < 0 && (n <= -h || n <= -w || h+2*n < 1 || w+2*n < 1):
		return nil, errors.Errorf("%s: padding %d leaves nothing of %dx%d images", d.name, n, h, w)
	case n > 0:
		if _, err := size.Add(n, n, max(h, w)); err != nil {
			return nil, errors.WithMessagef(err, "%s: padding %d", d.name, n)
		}
		if err := d.fits(Shape{Channels: d.channels, Height: h + 2*n, Width: w + 2*n}); err != nil {
			return nil, err
		}
	}
	return d.reshaped(padTaps(h, n), padTaps(w, n))
}

// Channels returns the images with n channels: a grey image is repeated in each of the n, a
// colour image becomes grey (n = 1) by 0.299 R + 0.587 G + 0.114 B. Mean and standard deviation
// follow; for colour to grey they are the same weighted sums, which for the deviation supposes
// that the channels vary together. Other changes are refused.
func (d *Dataset) Channels(n int) (*Dataset, error) {
	out := *d
	switch {
	case n == d.channels:
	case n >= 1 && d.channels == 1:
		if d.mix == nil {
			out.mix = []float32{1}
		}
	case n == 1 && d.channels == 3:
		var err error
		if out.norm, err = d.norm.Gray(); err != nil {
			return nil, errors.WithMessage(err, d.name)
		}
		if d.mix == nil {
			luma := imaging.Luma()
			out.mix = luma[:]
		}
	default:
		return nil, errors.Errorf("%s: cannot turn %d channels into %d, only 1 into any number and 3 into 1", d.name, d.channels, n)
	}
	out.channels = n
	if _, err := imageSize(d.name, out.Shape()); err != nil {
		return nil, err
	}
	out.tabulate()
	return &out, nil
}

// Normalize returns the images with other constants: a pixel p of 0 to 255 is read as
// (p/255 - mean) / std.
func (d *Dataset) Normalize(n Normalization) (*Dataset, error) {
	if err := n.Check(d.channels); err != nil {
		return nil, errors.WithMessage(err, d.name)
	}
	out := *d
	out.norm = Normalization{Mean: slices.Clone(n.Mean), Std: slices.Clone(n.Std)}
	out.tabulate()
	return &out, nil
}

// Normalization returns the constants in use, one mean and one deviation per channel.
func (d *Dataset) Normalization() Normalization {
	out := Normalization{Mean: make([]float32, d.channels), Std: make([]float32, d.channels)}
	for c := range d.channels {
		out.Mean[c], out.Std[c] = d.norm.At(c)
	}
	return out
}

// Prepare returns the images as a network takes them: with its channels (see Channels), scaled to
// its size (see Resize) and normalised by its constants, those for colour turned into those for
// grey where the shape is grey (see imaging.Normalization.Gray).
//
//	train, err = train.Prepare(arch.Input, arch.Normalization)
func (d *Dataset) Prepare(shape Shape, n Normalization) (*Dataset, error) {
	if shape.Channels == 1 && max(len(n.Mean), len(n.Std)) == 3 {
		var err error
		if n, err = n.Gray(); err != nil {
			return nil, errors.WithMessage(err, d.name)
		}
	}
	out, err := d.Channels(shape.Channels)
	if err != nil {
		return nil, err
	}
	if out, err = out.Resize(shape.Height, shape.Width); err != nil {
		return nil, err
	}
	return out.Normalize(n)
}
