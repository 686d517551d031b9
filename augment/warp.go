package augment

import "math"

// matrix says from where pixel (x, y) of the new picture comes:
//
//	x' = m[0]*x + m[1]*y + m[2]    y' = m[3]*x + m[4]*y + m[5]
//
// on coordinates whose pixel centres are at halves.
type matrix [6]float64

// affine is the inverse of: shear, scale and rotate (degrees, clockwise) around a centre, then
// translate by (tx, ty) pixels.
func affine(angle, tx, ty, scale, shearX, shearY, cx, cy float64) matrix {
	rot, sx, sy := radians(angle), radians(shearX), radians(shearY)
	a := math.Cos(rot-sy) / math.Cos(sy)
	b := float64(-math.Cos(rot-sy)*math.Tan(sx)/math.Cos(sy)) - math.Sin(rot)
	c := math.Sin(rot-sy) / math.Cos(sy)
	d := float64(-math.Sin(rot-sy)*math.Tan(sx)/math.Cos(sy)) + math.Cos(rot)
	m := matrix{d / scale, -b / scale, 0, -c / scale, a / scale, 0}
	m[2] = float64(m[0]*(-cx-tx)) + float64(m[1]*(-cy-ty)) + cx
	m[5] = float64(m[3]*(-cx-tx)) + float64(m[4]*(-cy-ty)) + cy
	return m
}

// rotation is the inverse of a turn by an angle (degrees, counter-clockwise) around the middle.
func rotation(angle float64, height, width int) matrix {
	angle = -radians(angle)
	cx, cy := float64(width)/2, float64(height)/2
	round := func(v float64) float64 { return math.RoundToEven(v*1e15) / 1e15 }
	m := matrix{round(math.Cos(angle)), round(math.Sin(angle)), 0, round(-math.Sin(angle)), round(math.Cos(angle)), 0}
	m[2] = float64(m[0]*-cx) + float64(m[1]*-cy) + cx
	m[5] = float64(m[3]*-cx) + float64(m[4]*-cy) + cy
	return m
}

func radians(degrees float64) float64 { return degrees * (math.Pi / 180) }

// warp resamples the picture through a matrix in its own frame. What lies outside becomes fill.
func (p *Picture) warp(m matrix, bilinear bool, fill [3]uint8) {
	out := p.room(len(p.Pixels))
	if bilinear {
		p.warpBilinear(out, m, fill)
	} else {
		p.warpNearest(out, m, fill)
	}
	p.adopt(p.Shape.Height, p.Shape.Width)
}

// warpNearest takes the pixel that a coordinate falls into. Coordinates are of 16 bits behind the
// point, as Pillow has them.
func (p *Picture) warpNearest(out []uint8, m matrix, fill [3]uint8) {
	h, w := p.Shape.Height, p.Shape.Width
	if m[1] == 0 && m[3] == 0 {
		p.scaleNearest(out, m, fill)
		return
	}
	fix := func(v float64) int64 { return int64(math.Floor(float64(v*65536) + 0.5)) }
	x0, y0 := fix(m[2]+float64(m[0]*0.5)+float64(m[1]*0.5)), fix(m[5]+float64(m[3]*0.5)+float64(m[4]*0.5))
	dxx, dxy, dyx, dyy := fix(m[0]), fix(m[1]), fix(m[3]), fix(m[4])
	p.index = grown(p.index, w)
	for y := range h {
		xx, yy := x0, y0
		for x := range p.index {
			at := int32(-1)
			if sx, sy := xx>>16, yy>>16; uint64(sx) < uint64(w) && uint64(sy) < uint64(h) {
				at = int32(int(sy)*w + int(sx))
			}
			p.index[x] = at
			xx, yy = xx+dxx, yy+dyx
		}
		p.gather(out, y, fill)
		x0, y0 = x0+dxy, y0+dyy
	}
}

// scaleNearest is warpNearest where rows stay rows.
func (p *Picture) scaleNearest(out []uint8, m matrix, fill [3]uint8) {
	h, w := p.Shape.Height, p.Shape.Width
	p.index = grown(p.index, 2*w)
	columns := p.index[w:]
	xo, yo := m[2]+float64(m[0]*0.5), m[5]+float64(m[4]*0.5)
	for x := range columns {
		columns[x] = -1
		if xo >= 0 && xo < float64(w) {
			columns[x] = int32(xo)
		}
		xo += m[0]
	}
	p.index = p.index[:w]
	for y := range h {
		inside := yo >= 0 && yo < float64(h)
		for x, at := range columns {
			if inside && at >= 0 {
				at += int32(int(yo) * w)
			} else {
				at = -1
			}
			p.index[x] = at
		}
		p.gather(out, y, fill)
		yo += m[4]
	}
}

// gather writes row y of the new picture from where the index says.
func (p *Picture) gather(out []uint8, y int, fill [3]uint8) {
	w, area := p.Shape.Width, p.area()
	for c := range p.Shape.Channels {
		from, to := p.plane(c), out[c*area+y*w:][:w]
		for x, at := range p.index {
			if at < 0 {
				to[x] = fill[c]
			} else {
				to[x] = from[at]
			}
		}
	}
}

// warpBilinear mixes the four pixels around a coordinate, the edge repeated, and cuts the fraction
// off, as Pillow does.
func (p *Picture) warpBilinear(out []uint8, m matrix, fill [3]uint8) {
	h, w, area := p.Shape.Height, p.Shape.Width, p.area()
	for y := range h {
		yin := float64(y) + 0.5
		for x := range w {
			xin := float64(x) + 0.5
			sx := float64(m[0]*xin) + float64(m[1]*yin) + m[2]
			sy := float64(m[3]*xin) + float64(m[4]*yin) + m[5]
			at := y*w + x
			if !(sx >= 0 && sx < float64(w) && sy >= 0 && sy < float64(h)) {
				for c := range p.Shape.Channels {
					out[c*area+at] = fill[c]
				}
				continue
			}
			sx, sy = sx-0.5, sy-0.5
			fx, fy := math.Floor(sx), math.Floor(sy)
			dx, dy := sx-fx, sy-fy
			ix, iy := int(fx), int(fy)
			left, right := max(ix, 0), min(ix+1, w-1)
			up, down := max(iy, 0)*w, min(iy+1, h-1)*w
			for c := range p.Shape.Channels {
				plane := p.Pixels[c*area : (c+1)*area]
				v1 := mixed(float64(plane[up+left]), float64(plane[up+right]), dx)
				v2 := mixed(float64(plane[down+left]), float64(plane[down+right]), dx)
				out[c*area+at] = uint8(mixed(v1, v2, dy))
			}
		}
	}
}

func mixed(a, b, part float64) float64 { return a + float64((b-a)*part) }

// rotate turns the picture counter-clockwise around its middle in its own frame.
func (p *Picture) rotate(angle float64, bilinear bool, fill [3]uint8) {
	turn := math.Mod(angle, 360)
	if turn < 0 {
		turn += 360
	}
	h, w := p.Shape.Height, p.Shape.Width
	switch {
	case turn == 0:
	case turn == 180:
		for c := range p.Shape.Channels {
			plane := p.plane(c)
			for i, j := 0, len(plane)-1; i < j; i, j = i+1, j-1 {
				plane[i], plane[j] = plane[j], plane[i]
			}
		}
	case h == w && (turn == 90 || turn == 270):
		out := p.room(len(p.Pixels))
		for c := range p.Shape.Channels {
			from, to := p.plane(c), out[c*h*w:]
			for y := range h {
				for x := range w {
					if turn == 90 {
						to[(w-1-x)*w+y] = from[y*w+x]
					} else {
						to[x*w+h-1-y] = from[y*w+x]
					}
				}
			}
		}
		p.adopt(h, w)
	default:
		p.warp(rotation(turn, h, w), bilinear, fill)
	}
}
