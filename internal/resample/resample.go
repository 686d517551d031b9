// Package resample scales planes of 8-bit pixels by linear interpolation: with half-pixel centres,
// antialiased where it shrinks, first along the rows, then along the columns, rounded after each. Each
// of the two passes is Pillow's to the bit.
package resample

import "math"

// fraction is the number of bits behind the point of a weight: 8 bits of pixel and 2 of sign and
// overflow are left of 32.
const fraction = 32 - 8 - 2

// Resizer scales planes of one size to another. Used again it allocates nothing once it has held the
// largest. Not for several goroutines at once.
type Resizer struct {
	fromHeight, fromWidth int
	height, width         int
	columns, lines        taps
	rows                  []uint8 // scaled along the rows only
	sums                  []int32 // of a row
}

// Set says from which size to which, all at least 1.
func (r *Resizer) Set(fromHeight, fromWidth, height, width int) {
	r.fromHeight, r.fromWidth, r.height, r.width = fromHeight, fromWidth, height, width
	if height != fromHeight {
		r.lines.set(fromHeight, height)
	}
	if width != fromWidth {
		r.columns.set(fromWidth, width)
	}
	r.sums = grown(r.sums, width)
}

// Plane writes the scaled plane to dst, height * width. The rows of src are stride apart.
func (r *Resizer) Plane(dst, src []uint8, stride int) {
	switch {
	case r.width == r.fromWidth && r.height == r.fromHeight:
		for y := range r.height {
			copy(dst[y*r.width:(y+1)*r.width], src[y*stride:])
		}
		return
	case r.height == r.fromHeight:
		r.along(dst, src, stride)
		return
	case r.width != r.fromWidth:
		r.rows = grown(r.rows, r.fromHeight*r.width)
		r.along(r.rows, src, stride)
		src, stride = r.rows, r.width
	}
	for y := range r.height {
		from, weights := r.lines.of(y)
		for x := range r.sums {
			r.sums[x] = 1 << (fraction - 1)
		}
		for k, u := range weights {
			row := src[(from+k)*stride:][:r.width]
			sums := r.sums[:len(row)]
			for x, v := range row {
				sums[x] += int32(v) * u
			}
		}
		out := dst[y*r.width:][:r.width]
		for x, sum := range r.sums[:len(out)] {
			out[x] = level(sum)
		}
	}
}

// along scales the rows.
func (r *Resizer) along(dst, src []uint8, stride int) {
	for y := range r.fromHeight {
		in, out := src[y*stride:][:r.fromWidth], dst[y*r.width:][:r.width]
		for x := range out {
			from, weights := r.columns.of(x)
			sum := int32(1) << (fraction - 1)
			pixels := in[from:][:len(weights)]
			for k, v := range pixels {
				sum += int32(v) * weights[k]
			}
			out[x] = level(sum)
		}
	}
}

// level rounds a sum of weighted pixels. Weights are positive and add up to about one.
func level(sum int32) uint8 { return uint8(min(sum>>fraction, 255)) }

// taps are the weights by which n pixels become m, m lists one after the other.
type taps struct {
	from, count []int // first pixel of each, and how many
	weights     []int32
	longest     int // lists lie so far apart
}

// set calculates the weights, a triangle as wide as a new pixel where it shrinks, so that no pixel
// is skipped.
func (t *taps) set(n, m int) {
	scale := float64(n) / float64(m)
	support := max(scale, 1)
	narrow := 1 / support
	t.longest = int(math.Ceil(support))*2 + 1
	t.from, t.count, t.weights = grown(t.from, m), grown(t.count, m), grown(t.weights, m*t.longest)
	for i := range m {
		centre := (float64(i) + 0.5) * scale
		lo := max(0, int(centre-support+0.5))
		hi := min(n, int(centre+support+0.5))
		var sum float64
		for j := lo; j < hi; j++ {
			sum += triangle((float64(j) - centre + 0.5) * narrow)
		}
		t.from[i], t.count[i] = lo, hi-lo
		row := t.weights[i*t.longest:]
		for j := lo; j < hi; j++ {
			row[j-lo] = int32(0.5 + float64(triangle((float64(j)-centre+0.5)*narrow)/sum*(1<<fraction)))
		}
	}
}

func triangle(x float64) float64 { return max(0, 1-math.Abs(x)) }

// of is the i-th list.
func (t *taps) of(i int) (from int, weights []int32) {
	return t.from[i], t.weights[i*t.longest:][:t.count[i]]
}

// grown is the slice with n values, of the same memory where that is enough.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
