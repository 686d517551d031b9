package drawing

import "slices"

// Layout works in coordinates along the flow, f, and across it, c. The trunk is
// the line c = 0. Drawing from top to bottom f is y and c is x, drawing from left
// to right it is the other way round.

// at is a point along and across the flow.
type at struct{ f, c float64 }

// panel is a piece of a picture with one way in, at f = 0 and c = 0, and one out,
// at f = exit and c = 0.
type panel struct {
	long        float64 // along the flow
	exit        float64 // where the trunk ends; what hangs beside it may be longer
	left, right float64 // how far it reaches across on both sides of the trunk
	boxes       []placed
	frames      []frame
	wires       []route
	first       bool // it begins with a box: what leads there is an arrow
}

// placed is a box whose upper or left edge is at f and whose middle is at c.
type placed struct {
	box        *box
	at         at
	long, wide float64
}

// frame is the border of an open block.
type frame struct {
	scope            *scope
	f0, f1, c0, c1   float64
	titleF0, titleC0 float64
}

// route is a line from one thing to another.
type route struct {
	points []at
	arrow  bool
	smooth bool // bends of any angle, widely rounded
}

// take puts q into the panel, its origin at (f, c).
func (p *panel) take(q panel, f, c float64) {
	for _, b := range q.boxes {
		b.at.f, b.at.c = b.at.f+f, b.at.c+c
		p.boxes = append(p.boxes, b)
	}
	for _, r := range q.frames {
		r.f0, r.f1, r.titleF0 = r.f0+f, r.f1+f, r.titleF0+f
		r.c0, r.c1, r.titleC0 = r.c0+c, r.c1+c, r.titleC0+c
		p.frames = append(p.frames, r)
	}
	for _, w := range q.wires {
		w.points = slices.Clone(w.points)
		for i := range w.points {
			w.points[i].f += f
			w.points[i].c += c
		}
		p.wires = append(p.wires, w)
	}
	p.left, p.right = max(p.left, q.left-c), max(p.right, q.right+c)
	p.long = max(p.long, f+q.long)
}

func (p *panel) wire(arrow bool, points ...at) {
	var out []at
	for _, q := range points {
		if n := len(out); n > 0 && out[n-1] == q {
			continue
		}
		out = append(out, q)
	}
	if len(out) > 1 {
		p.wires = append(p.wires, route{points: out, arrow: arrow})
	}
}

// Distances, in points.
const (
	gap      = 15.0 // between things on the trunk
	forkGap  = 20.0 // between a thing and branches beside each other
	between  = 12.0 // between branches
	framePad = 10.0
)

// room is what stands beside the trunk.
type room struct {
	left, right float64
	taken       bool // on the right, by a dead end before this one
}

// beside is what stands between f0 and f1.
func (p *panel) beside(f0, f1 float64) (r room) {
	add := func(a, b, c0, c1 float64) {
		if b > f0-8 && a < f1+8 {
			r.left, r.right = max(r.left, -c0), max(r.right, c1)
			r.taken = r.taken || c0 > 0 && a < f0 && b > f1
		}
	}
	for _, b := range p.boxes {
		add(b.at.f, b.at.f+b.long, b.at.c-b.wide/2, b.at.c+b.wide/2)
	}
	for _, x := range p.frames {
		add(x.f0, x.f1, x.c0, x.c1)
	}
	for _, w := range p.wires {
		for i := 1; i < len(w.points); i++ {
			x, y := w.points[i-1], w.points[i]
			add(min(x.f, y.f), max(x.f, y.f), min(x.c, y.c), max(x.c, y.c))
		}
	}
	return r
}
