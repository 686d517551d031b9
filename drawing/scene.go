package drawing

import "math"

// A scene is a finished picture: what is drawn where, in the order of painting.
// SVG and PNG are two ways to write it.
type scene struct {
	title         string
	width, height float64
	parts         []part
}

type point struct{ x, y float64 }

// rect is an upright rectangle.
type rect struct{ x, y, w, h float64 }

func (r rect) right() float64  { return r.x + r.w }
func (r rect) bottom() float64 { return r.y + r.h }
func (r rect) middle() point   { return point{r.x + r.w/2, r.y + r.h/2} }

// part is one thing in a scene.
type part struct {
	rect *shape
	wire *wire
	text *label
	open *group // begins a group
	end  bool   // ends the innermost group
}

// shape is a filled rectangle with round corners, or a polygon.
type shape struct {
	rect
	r       float64 // of the corners
	polygon []point // instead of the rectangle
	paint   paint
}

// wire is a line with round corners, with an arrow at its end.
type wire struct {
	points []point
	r      float64 // of the corners
	arrow  bool
	paint  paint
}

// label is one line of text.
type label struct {
	at     point // the line that it stands on
	anchor string
	size   float64
	bold   bool
	text   string
	paint  paint
}

// box is what the label covers.
func (l label) box() rect {
	w := textWidth(l.text, l.size, l.bold)
	x := l.at.x
	switch l.anchor {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	return rect{x, l.at.y - capHeight*l.size, w, l.size * (capHeight + 0.21)}
}

// group belongs together for whoever colours or folds the picture in a page.
type group struct {
	class string
	path  string // of the layer
	paths string // all paths that it stands for
	hover string
}

// center is the label whose text is centred in r's middle or at the height y.
func center(x, y, size float64, bold bool, text string, p paint) label {
	return label{at: point{x, y + capHeight*size/2}, anchor: "middle", size: size, bold: bold, text: text, paint: p}
}

func (s *scene) add(parts ...part) { s.parts = append(s.parts, parts...) }

func (s *scene) rectangle(r rect, radius float64, p paint) {
	s.add(part{rect: &shape{rect: r, r: radius, paint: p}})
}

func (s *scene) polygon(p paint, points ...point) {
	s.add(part{rect: &shape{polygon: points, paint: p}})
}

func (s *scene) write(l label) {
	if l.text != "" {
		s.add(part{text: &l})
	}
}

// corners replaces the corners of a line by quadratic curves: each is where the
// curve begins, the corner that bends it and where it ends.
func corners(points []point, r float64) (out [][3]point) {
	for i := 1; i+1 < len(points); i++ {
		a, b, c := points[i-1], points[i], points[i+1]
		d := min(r, distance(a, b)/2, distance(b, c)/2)
		out = append(out, [3]point{towards(b, a, d), b, towards(b, c, d)})
	}
	return out
}

func distance(a, b point) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }

// towards is the point that is d from a on the way to b.
func towards(a, b point, d float64) point {
	l := distance(a, b)
	if l == 0 {
		return a
	}
	return point{a.x + (b.x-a.x)*d/l, a.y + (b.y-a.y)*d/l}
}

// arrowhead is the triangle at the end of a line, and where the line stops.
func arrowhead(points []point) (tri [3]point, stop point) {
	const long, half = 5.5, 2.8
	n := len(points)
	tip, from := points[n-1], points[n-2]
	stop = towards(tip, from, long)
	dx, dy := (tip.x-stop.x)/long*half, (tip.y-stop.y)/long*half
	return [3]point{tip, {stop.x - dy, stop.y + dx}, {stop.x + dy, stop.y - dx}}, towards(tip, from, long-1)
}
