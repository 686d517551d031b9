package augment

import "math"

// hue turns the colours by a factor of -0.5 to 0.5 of the whole circle, through 8-bit hue, saturation
// and value. A picture changes a little even where the factor is 0, by rounding.
func (p *Picture) hue(factor float64) {
	if p.Shape.Channels == 1 {
		return
	}
	turn := uint8(int32(factor * 255))
	r, g, b := p.plane(0), p.plane(1), p.plane(2)
	g, b = g[:len(r)], b[:len(r)]
	for i := range r {
		h, s, v := hsv(r[i], g[i], b[i])
		r[i], g[i], b[i] = rgb(h+turn, s, v)
	}
}

// hsv is Pillow's: hue, saturation and value of 0 to 255 each (Smith 1978).
func hsv(r, g, b uint8) (h, s, v uint8) {
	most, least := max(r, g, b), min(r, g, b)
	if most == least {
		return 0, 0, most
	}
	span := float32(most - least)
	rc, gc, bc := float32(most-r)/span, float32(most-g)/span, float32(most-b)/span
	var at float32
	switch most {
	case r:
		at = bc - gc
	case g:
		at = float32(2 + float64(rc) - float64(bc))
	default:
		at = float32(4 + float64(gc) - float64(rc))
	}
	turn, full := float32(math.Mod(float64(at)/6+1, 1)), span/float32(most)
	return uint8(min(int(float64(turn)*255), 255)), uint8(min(int(float64(full)*255), 255)), most
}

// rgb is the way back.
func rgb(h, s, v uint8) (r, g, b uint8) {
	if s == 0 {
		return v, v, v
	}
	fs := float64(float32(s) / 255)
	at := float64(h) * 6 / 255
	sector := math.Floor(at)
	f := float64(float32(at - sector))
	level := func(part float64) uint8 { return uint8(math.Round(float64(v) * part)) }
	p, q, t := level(1-fs), level(1-float64(fs*f)), level(1-float64(fs*(1-f)))
	switch int(sector) % 6 {
	case 0:
		return v, t, p
	case 1:
		return q, v, p
	case 2:
		return p, v, t
	case 3:
		return p, q, v
	case 4:
		return t, p, v
	}
	return v, p, q
}
