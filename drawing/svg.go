package drawing

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// svg writes the scene. Colours stand in the elements too, for readers that know
// no style sheets.
func (s *scene) svg() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="drawing" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" font-family="%s" role="img" aria-label="%s">`+"\n",
		number(s.width), number(s.height), family, html.EscapeString(or(s.title, "network")))
	fmt.Fprintf(&b, "<style>%s</style>\n", Style())
	for _, p := range s.parts {
		switch {
		case p.open != nil:
			b.WriteString("<g" + attribute("class", p.open.class) + attribute("data-path", p.open.path) + attribute("data-paths", p.open.paths) + ">")
			if p.open.hover != "" {
				b.WriteString("<title>" + html.EscapeString(p.open.hover) + "</title>")
			}
		case p.end:
			b.WriteString("</g>\n")
		case p.rect != nil && p.rect.polygon != nil:
			fmt.Fprintf(&b, `<polygon points="%s"%s/>`, joined(p.rect.polygon), p.rect.paint.attributes())
		case p.rect != nil:
			r := p.rect
			fmt.Fprintf(&b, `<rect x="%s" y="%s" width="%s" height="%s"`, number(r.x), number(r.y), number(r.w), number(r.h))
			if r.r > 0 {
				fmt.Fprintf(&b, ` rx="%s"`, number(r.r))
			}
			b.WriteString(r.paint.attributes() + "/>")
		case p.text != nil:
			t := p.text
			fmt.Fprintf(&b, `<text x="%s" y="%s" font-size="%s"`, number(t.at.x), number(t.at.y), number(t.size))
			if t.anchor != "" && t.anchor != "start" {
				fmt.Fprintf(&b, ` text-anchor="%s"`, t.anchor)
			}
			if t.bold {
				b.WriteString(` font-weight="bold"`)
			}
			b.WriteString(t.paint.attributes() + ">" + html.EscapeString(t.text) + "</text>")
		case p.wire != nil:
			p.wire.svg(&b)
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func (w *wire) svg(b *strings.Builder) {
	points := w.points
	if w.arrow {
		tri, stop := arrowhead(points)
		points = append(append([]point(nil), points[:len(points)-1]...), stop)
		defer fmt.Fprintf(b, `<polygon points="%s"%s/>`+"\n", joined(tri[:]), paint("tip").attributes())
	}
	b.WriteString(`<path d="M` + points[0].String())
	for _, c := range corners(points, w.r) {
		b.WriteString("L" + c[0].String() + "Q" + c[1].String() + " " + c[2].String())
	}
	b.WriteString("L" + points[len(points)-1].String() + `"` + w.paint.attributes() + "/>")
}

func (p point) String() string { return number(p.x) + "," + number(p.y) }

func joined(points []point) string {
	out := make([]string, len(points))
	for i, p := range points {
		out[i] = p.String()
	}
	return strings.Join(out, " ")
}

// attributes are the class and the light colours.
func (p paint) attributes() string {
	l := looks[p]
	out := ` class="d-` + string(p) + `" fill="` + or(l.fill, "none") + `"`
	if l.stroke != "" {
		out += ` stroke="` + l.stroke + `"`
		if l.width != 1 {
			out += ` stroke-width="` + number(l.width) + `"`
		}
		if l.dash != "" {
			out += ` stroke-dasharray="` + l.dash + `"`
		}
	}
	return out
}

func attribute(name, value string) string {
	if value == "" {
		return ""
	}
	return " " + name + `="` + html.EscapeString(value) + `"`
}

// number writes a length to a tenth of a point.
func number(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

func or(s, byDefault string) string {
	if s == "" {
		return byDefault
	}
	return s
}
