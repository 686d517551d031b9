package drawing

import (
	"strconv"
	"strings"
)

func whole(n int) string { return strconv.Itoa(n) }

const margin = 14.0

// picture is a drawing in the making.
type picture struct {
	root    *scope
	title   string
	geo     geometry
	layered bool // without trunk and branches: an expression
	solid   bool // tensors to scale
	tongue  tongue
	legend  bool
}

// scene lays the picture out.
func (p *picture) scene() *scene {
	if p.solid {
		return p.scaled()
	}
	var l panel
	if p.layered {
		l = layFlat(p.root, p.geo)
	} else {
		l = layScope(p.root, p.geo, true)
	}
	s := &scene{title: p.title}
	top := margin
	if p.title != "" {
		top += 24
	}
	t := turner{p.geo.horizontal, margin, top + 2, l.left}
	w, h := l.left+l.right, l.long
	if p.geo.horizontal {
		w, h = h, w
	}
	keys := p.keys(l)
	long := 0.0
	for _, k := range keys {
		long += k.width()
	}
	s.width = max(w+2*margin+8, textWidth(p.title, 15, true)+2*margin, min(long, 380)+2*margin)
	legend := legendRows(keys, s.width-2*margin)
	s.height = top + h + margin + 6 + 18*float64(len(legend))
	s.rectangle(rect{0, 0, s.width, s.height}, 0, "paper")
	if p.title != "" {
		s.write(center(s.width/2, margin+8, 15, true, p.title, "ink"))
	}
	if free := (s.width - w - 2*margin) / 2; free > 0 {
		t.x += free
	}
	for _, f := range l.frames {
		t.frame(s, f)
	}
	for _, w := range l.wires {
		t.wire(s, w)
	}
	for _, b := range l.boxes {
		t.box(s, b)
	}
	s.legend(legend, top+h+margin)
	return s
}

// turner turns the flow's coordinates into the picture's.
type turner struct {
	horizontal bool
	x, y       float64
	left       float64
}

func (t turner) point(a at) point {
	if t.horizontal {
		return point{t.x + a.f, t.y + t.left + a.c}
	}
	return point{t.x + t.left + a.c, t.y + a.f}
}

func (t turner) rect(f0, f1, c0, c1 float64) rect {
	a, b := t.point(at{f0, c0}), t.point(at{f1, c1})
	return rect{a.x, a.y, b.x - a.x, b.y - a.y}
}

func (t turner) frame(s *scene, f frame) {
	r := t.rect(f.f0, f.f1, f.c0, f.c1)
	sc := f.scope
	s.add(part{open: &group{class: "frame", path: sc.path, paths: strings.Join(sc.paths, " "), hover: strings.Join(sc.hover, "\n")}})
	if sc.times > 1 {
		for _, d := range []float64{6, 3} {
			s.rectangle(rect{r.x + d, r.y + d, r.w, r.h}, 7, "stack")
		}
	}
	s.rectangle(r, 7, "frame")
	name := label{at: point{r.x + framePad - 2, r.y + 13}, size: titleSize, bold: true, text: sc.heading(), paint: "ink"}
	s.write(name)
	note := label{at: point{r.x + framePad - 2, r.y + 24}, size: noteSize, text: sc.note, paint: "faint"}
	if t.horizontal {
		note.at = point{name.box().right() + 6, r.y + 13}
	}
	s.write(note)
	s.add(part{end: true})
}

func (t turner) wire(s *scene, r route) {
	w := &wire{r: 6, arrow: r.arrow, paint: "wire"}
	if r.smooth {
		w.r = 14
	}
	for _, p := range r.points {
		w.points = append(w.points, t.point(p))
	}
	s.add(part{wire: w})
}

func (t turner) box(s *scene, p placed) {
	b := p.box
	r := t.rect(p.at.f, p.at.f+p.long, p.at.c-p.wide/2, p.at.c+p.wide/2)
	class := "box " + string(b.kind)
	s.add(part{open: &group{class: class, path: b.path, paths: strings.Join(b.paths, " "), hover: strings.Join(b.hover, "\n")}})
	defer s.add(part{end: true})
	if b.times > 1 {
		for _, d := range []float64{5, 2.5} {
			s.rectangle(rect{r.x + d, r.y + d, r.w, r.h}, 5, "stack")
		}
	}
	m := r.middle()
	if b.form == roundForm {
		look := paint(b.kind)
		if len(b.strips) > 0 {
			look = paint(b.strips[len(b.strips)-1].kind)
		}
		s.rectangle(r, 9, look)
		s.write(center(m.x, m.y, roundSize, false, b.rounded(), "ink"))
		return
	}
	radius := 5.0
	if b.form == ovalForm {
		radius = r.h / 2
	}
	s.rectangle(r, radius, paint(b.kind))
	if b.given {
		s.rectangle(r, radius, "given")
	}
	body := r.h
	if len(b.strips) > 0 {
		body -= stripRow
		t.strips(s, b.strips, rect{r.x, r.y + body, r.w, stripRow})
	}
	if b.form == thinForm {
		s.write(center(m.x, r.y+body/2, thinSize, false, b.heading(), "ink"))
		return
	}
	lines := b.lines
	if second := b.second(); second != "" {
		lines = append(lines[:len(lines):len(lines)], second)
	}
	y := r.y + (body-titleSize-float64(len(lines))*(noteSize+3))/2 + titleSize/2
	s.write(center(m.x, y, titleSize, true, b.heading(), "ink"))
	for y += titleSize/2 - noteSize/2; len(lines) > 0; lines = lines[1:] {
		y += noteSize + 3
		s.write(center(m.x, y, noteSize, false, lines[0], "faint"))
	}
}

// strips draws what is folded into a box, side by side along its lower edge.
func (t turner) strips(s *scene, strips []strip, r rect) {
	sum := 0.0
	for _, x := range strips {
		sum += textWidth(x.text, stripSize, false) + 10
	}
	x := r.x
	for i, st := range strips {
		w := (textWidth(st.text, stripSize, false) + 10) * r.w / sum
		outline := rounded(rect{x, r.y, w, r.h}, 5, false, false, i == len(strips)-1, i == 0)
		s.polygon(paint(st.kind), outline...)
		s.write(center(x+w/2, r.y+r.h/2, stripSize, false, st.text, "ink"))
		x += w
	}
}

// keys are the kinds that the picture has, in the legend's order.
func (p *picture) keys(l panel) []key {
	if !p.legend {
		return nil
	}
	seen := map[kind]bool{}
	for _, b := range l.boxes {
		seen[b.box.kind] = true
		for _, s := range b.box.strips {
			seen[s.kind] = true
		}
	}
	var out []key
	for _, w := range words {
		if seen[w.kind] && w.kind != dataKind && w.kind != joinKind {
			out = append(out, key{w.kind, p.tongue.say(w.en, w.ko)})
		}
	}
	return out
}

// key is one entry of the legend.
type key struct {
	kind kind
	word string
}

func (k key) width() float64 { return 14 + 4 + textWidth(k.word, 9, false) + 14 }

// legendRows breaks the legend into rows of at most that width.
func legendRows(keys []key, width float64) (rows [][]key) {
	x := width
	for _, k := range keys {
		if x += k.width(); x > width || len(rows) == 0 {
			rows = append(rows, nil)
			x = k.width()
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], k)
	}
	return rows
}

func (s *scene) legend(rows [][]key, y float64) {
	if len(rows) == 0 {
		return
	}
	s.add(part{open: &group{class: "legend"}})
	for _, row := range rows {
		w := 0.0
		for _, k := range row {
			w += k.width()
		}
		x := max(margin, (s.width-w)/2)
		for _, k := range row {
			s.rectangle(rect{x, y, 14, 10}, 3, paint(k.kind))
			l := center(0, y+5, 9, false, k.word, "faint")
			l.anchor, l.at.x = "", x+18
			s.write(l)
			x += k.width()
		}
		y += 18
	}
	s.add(part{end: true})
}

// layFlat lays a scope's items out in layers, whatever branches it has.
func layFlat(s *scope, geo geometry) panel {
	if len(s.items) == 0 {
		return panel{} // nothing has no layers
	}
	a := &arrange{s: s, geo: geo, out: map[int][]int{}}
	for _, i := range s.items {
		a.panels = append(a.panels, geo.item(i))
	}
	for _, e := range s.edges {
		a.out[e[0]] = append(a.out[e[0]], e[1])
	}
	return a.layered(a.all(), source, sink)
}
