package augment

// table is a new value for each of a byte's.
type table [256]uint8

func (t *table) apply(plane []uint8) {
	for i, v := range plane {
		plane[i] = t[v]
	}
}

// blend is a + factor * (b - a), the fraction cut off, clamped.
func blend(a, b int32, factor float32) uint8 {
	v := float32(a) + float32(factor*float32(b-a))
	return uint8(min(max(v, 0), 255))
}

// brightness blends with black: a factor of 0 is black, 1 the picture.
func (p *Picture) brightness(factor float64) { p.towards(0, factor) }

// contrast blends with the picture's mean grey.
func (p *Picture) contrast(factor float64) {
	area := p.area()
	var sum int64
	if p.Shape.Channels == 1 {
		for _, v := range p.Pixels {
			sum += int64(v)
		}
	} else {
		r, g, b := p.plane(0), p.plane(1), p.plane(2)
		for i := range r {
			sum += int64(grey(r[i], g[i], b[i]))
		}
	}
	p.towards(int32(float64(sum)/float64(area)+0.5), factor)
}

// towards blends with one grey.
func (p *Picture) towards(v int32, factor float64) {
	var t table
	for i := range t {
		t[i] = blend(v, int32(i), float32(factor))
	}
	t.apply(p.Pixels)
}

// saturation blends with the grey picture.
func (p *Picture) saturation(factor float64) {
	if p.Shape.Channels == 1 {
		return
	}
	r, g, b := p.plane(0), p.plane(1), p.plane(2)
	g, b = g[:len(r)], b[:len(r)]
	f := float32(factor)
	for i := range r {
		v := grey(r[i], g[i], b[i])
		r[i], g[i], b[i] = blend(v, int32(r[i]), f), blend(v, int32(g[i]), f), blend(v, int32(b[i]), f)
	}
}

// grey is imaging.Luma in whole numbers, 16 bits behind the point.
func grey(r, g, b uint8) int32 {
	return (int32(r)*19595 + int32(g)*38470 + int32(b)*7471 + 1<<15) >> 16
}

// autoContrast stretches each channel to all levels from 0 to 255.
func (p *Picture) autoContrast() {
	for c := range p.Shape.Channels {
		plane := p.plane(c)
		lo, hi := plane[0], plane[0]
		for _, v := range plane {
			lo, hi = min(lo, v), max(hi, v)
		}
		if hi <= lo {
			continue
		}
		scale := 255 / (float64(hi) - float64(lo))
		offset := float64(-float64(lo) * scale)
		var t table
		for i := range t {
			t[i] = uint8(min(max(float64(float64(i)*scale)+offset, 0), 255))
		}
		t.apply(plane)
	}
}

// equalize makes the levels of each channel about equally frequent.
func (p *Picture) equalize() {
	for c := range p.Shape.Channels {
		plane, count := p.plane(c), &p.counts
		*count = [256]int32{}
		for _, v := range plane {
			count[v]++
		}
		last, levels := 0, 0
		for i, n := range count {
			if n > 0 {
				last, levels = i, levels+1
			}
		}
		step := (int32(len(plane)) - count[last]) / 255
		if levels <= 1 || step == 0 {
			continue
		}
		var t table
		n := step / 2
		for i := range t {
			t[i] = uint8(min(n/step, 255))
			n += count[i]
		}
		t.apply(plane)
	}
}

// posterize keeps so many bits of each pixel.
func (p *Picture) posterize(bits int) {
	mask := ^uint8(1<<(8-bits) - 1)
	for i, v := range p.Pixels {
		p.Pixels[i] = v & mask
	}
}

// solarize inverts the pixels that are not below a threshold.
func (p *Picture) solarize(threshold float64) {
	var t table
	for i := range t {
		t[i] = uint8(i)
		if float64(i) >= threshold {
			t[i] = uint8(255 - i)
		}
	}
	t.apply(p.Pixels)
}

// invert makes black white.
func (p *Picture) invert() { p.solarize(0) }
