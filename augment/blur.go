package augment

import "math"

// sharpness blends with the picture smoothed by (1 1 1, 1 5 1, 1 1 1)/13: a factor of 0 is smooth, 1
// the picture, more is sharper. The outermost pixels stay.
func (p *Picture) sharpness(factor float64) {
	h, w := p.Shape.Height, p.Shape.Width
	if h < 3 || w < 3 {
		return
	}
	out := p.room(len(p.Pixels))
	copy(out, p.Pixels)
	f := float32(factor)
	for c := range p.Shape.Channels {
		from, to := p.plane(c), out[c*h*w:]
		for y := 1; y < h-1; y++ {
			up, in, down := from[(y-1)*w:][:w], from[y*w:][:w], from[(y+1)*w:][:w]
			row := to[y*w:][:w]
			// Sums of three columns move along the row.
			a := int32(up[0]) + int32(in[0]) + int32(down[0])
			b := int32(up[1]) + int32(in[1]) + int32(down[1])
			for x := 1; x < w-1; x++ {
				d := int32(up[x+1]) + int32(in[x+1]) + int32(down[x+1])
				sum := a + b + d + 4*int32(in[x])
				row[x] = blend((2*sum+13)/26, int32(in[x]), f)
				a, b = b, d
			}
		}
	}
	p.adopt(h, w)
}

// blur convolves with a Gaussian of a deviation in pixels, size pixels wide (odd), the picture
// reflected at its edges, and rounds.
func (p *Picture) blur(size int, sigma float64) {
	h, w := p.Shape.Height, p.Shape.Width
	half := size / 2
	p.kernel = grown(p.kernel, size)
	var sum float64
	for i := range p.kernel {
		x := float64(i-half) / sigma
		v := math.Exp(-0.5 * x * x)
		p.kernel[i], sum = float32(v), sum+v
	}
	for i := range p.kernel {
		p.kernel[i] /= float32(sum)
	}
	p.blurred = grown(p.blurred, (h+1)*w) // the last row is for sums
	out := p.room(len(p.Pixels))
	for c := range p.Shape.Channels {
		from, to := p.plane(c), out[c*h*w:]
		for y := range h {
			row, dst := from[y*w:][:w], p.blurred[y*w:][:w]
			for x := range dst {
				var v float32
				if x >= half && x+half < w {
					for k, u := range row[x-half : x+half+1] {
						v += float32(p.kernel[k] * float32(u))
					}
				} else {
					for k, weight := range p.kernel {
						v += float32(weight * float32(row[reflected(x+k-half, w)]))
					}
				}
				dst[x] = v
			}
		}
		sums := p.blurred[h*w:][:w]
		for y := range h {
			clear(sums)
			for k, weight := range p.kernel {
				row := p.blurred[reflected(y+k-half, h)*w:][:w]
				for x, v := range row {
					sums[x] += float32(weight * v)
				}
			}
			for x, v := range sums {
				to[y*w+x] = uint8(min(max(math.RoundToEven(float64(v)), 0), 255))
			}
		}
	}
	p.adopt(h, w)
}
