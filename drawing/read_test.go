package drawing

import (
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// seen is what stands in an SVG.
type seen struct {
	width, height float64
	boxes         []seenGroup
	frames        []seenGroup
	wires         [][]point
	texts         []label // of all
}

// seenGroup is a box or a frame.
type seenGroup struct {
	class, path, paths, hover string
	rect                      rect // the largest
	texts                     []label
}

func (g seenGroup) words() string {
	var out []string
	for _, t := range g.texts {
		out = append(out, t.text)
	}
	return strings.Join(out, "|")
}

var numbers = regexp.MustCompile(`-?[0-9.]+`)

// readBack reads an SVG back, which also must be good XML.
func readBack(t *testing.T, svg string) seen {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var s seen
	var group *seenGroup
	var text *label
	inTitle := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return s
		}
		if err != nil {
			t.Fatalf("the SVG is no XML: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			a := map[string]string{}
			for _, x := range e.Attr {
				a[x.Name.Local] = x.Value
			}
			f := func(name string) float64 { v, _ := strconv.ParseFloat(a[name], 64); return v }
			switch e.Name.Local {
			case "svg":
				s.width, s.height = f("width"), f("height")
			case "g":
				group = &seenGroup{class: a["class"], path: a["data-path"], paths: a["data-paths"]}
			case "title":
				inTitle = true
			case "rect":
				if group != nil && a["class"] != "d-stack" {
					r := rect{f("x"), f("y"), f("width"), f("height")}
					if r.w*r.h >= group.rect.w*group.rect.h {
						group.rect = r
					}
				}
			case "text":
				text = &label{at: point{f("x"), f("y")}, anchor: a["text-anchor"], size: f("font-size"), bold: a["font-weight"] == "bold"}
			case "path":
				var line []point
				n := numbers.FindAllString(a["d"], -1)
				for i := 0; i+1 < len(n); i += 2 {
					x, _ := strconv.ParseFloat(n[i], 64)
					y, _ := strconv.ParseFloat(n[i+1], 64)
					line = append(line, point{x, y})
				}
				s.wires = append(s.wires, line)
			}
		case xml.CharData:
			if inTitle && group != nil {
				group.hover += string(e)
			}
			if text != nil {
				text.text += string(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "title":
				inTitle = false
			case "text":
				s.texts = append(s.texts, *text)
				if group != nil {
					group.texts = append(group.texts, *text)
				}
				text = nil
			case "g":
				switch {
				case strings.HasPrefix(group.class, "box"):
					s.boxes = append(s.boxes, *group)
				case group.class == "frame":
					s.frames = append(s.frames, *group)
				}
				group = nil
			}
		}
	}
}

// meets reports whether the straight line from a to b enters r.
func meets(a, b point, r rect) bool {
	lo, hi := 0.0, 1.0
	for _, c := range [][3]float64{{b.x - a.x, r.x - a.x, r.right() - a.x}, {b.y - a.y, r.y - a.y, r.bottom() - a.y}} {
		if c[0] == 0 {
			if c[1] >= 0 || c[2] <= 0 {
				return false
			}
			continue
		}
		u, v := c[1]/c[0], c[2]/c[0]
		lo, hi = max(lo, min(u, v)), min(hi, max(u, v))
	}
	return lo < hi-1e-9
}

// inside reports whether r holds b, up to half a point.
func (r rect) holds(b rect) bool {
	return b.x >= r.x-0.5 && b.y >= r.y-0.5 && b.right() <= r.right()+0.5 && b.bottom() <= r.bottom()+0.5
}

// sound holds a drawing to what every drawing owes its reader.
func sound(t *testing.T, name, svg string) seen {
	t.Helper()
	s := readBack(t, svg)
	paper := rect{0, 0, s.width, s.height}
	for _, l := range s.texts {
		if !paper.holds(l.box()) {
			t.Errorf("%s: text %q leaves the picture", name, l.text)
		}
	}
	for _, g := range append(append([]seenGroup(nil), s.boxes...), s.frames...) {
		for _, l := range g.texts {
			if !g.rect.holds(l.box()) {
				t.Errorf("%s: text %q at %v leaves its box %v", name, l.text, l.box(), g.rect)
			}
			for _, w := range s.wires {
				for i := 1; i < len(w); i++ {
					if meets(w[i-1], w[i], l.box()) {
						t.Errorf("%s: a line from %v to %v strikes through %q at %v", name, w[i-1], w[i], l.text, l.box())
					}
				}
			}
		}
	}
	for i, w := range s.wires {
		for _, p := range []point{w[0], w[len(w)-1]} {
			if !s.touched(p, i) {
				t.Errorf("%s: the line from %v to %v ends in nothing at %v", name, w[0], w[len(w)-1], p)
			}
		}
	}
	for _, b := range s.boxes {
		// Lines end at borders: a point further in they are inside.
		in := rect{b.rect.x + 1, b.rect.y + 1, b.rect.w - 2, b.rect.h - 2}
		for _, w := range s.wires {
			for i := 1; i < len(w); i++ {
				if meets(w[i-1], w[i], in) {
					t.Errorf("%s: a line from %v to %v goes through box %q at %v", name, w[i-1], w[i], b.words(), b.rect)
				}
			}
		}
		for _, l := range b.texts {
			if l.anchor != "middle" {
				t.Errorf("%s: text %q is not centred", name, l.text)
			}
		}
	}
	return s
}

// touched reports whether a box, a frame or another line is where line i ends, up
// to the length of an arrow.
func (s seen) touched(p point, i int) bool {
	near := rect{p.x - 6, p.y - 6, 12, 12}
	for _, g := range append(append([]seenGroup(nil), s.boxes...), s.frames...) {
		r := g.rect
		if near.x < r.right() && r.x < near.right() && near.y < r.bottom() && r.y < near.bottom() {
			return true
		}
	}
	for k, w := range s.wires {
		for j := 1; k != i && j < len(w); j++ {
			if meets(w[j-1], w[j], near) {
				return true
			}
		}
	}
	return false
}

// crossings counts pairs of lines that cross each other at a point which is an
// end or a corner of neither.
func (s seen) crossings() int {
	n := 0
	for i, v := range s.wires {
		for _, w := range s.wires[i+1:] {
			for a := 1; a < len(v); a++ {
				for b := 1; b < len(w); b++ {
					if cross(v[a-1], v[a], w[b-1], w[b]) {
						n++
					}
				}
			}
		}
	}
	return n
}

func cross(a, b, c, d point) bool {
	side := func(p, q, r point) float64 { return (q.x-p.x)*(r.y-p.y) - (q.y-p.y)*(r.x-p.x) }
	const e = 1e-6
	x, y, u, v := side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
	return (x > e && y < -e || x < -e && y > e) && (u > e && v < -e || u < -e && v > e)
}

// drawn is a drawing's SVG.
func drawn(t *testing.T, d Drawing, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	svg, err := d.Render(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(svg)
}
