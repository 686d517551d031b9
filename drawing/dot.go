package drawing

import (
	"fmt"
	"strings"
)

// dot writes the picture in Graphviz's language.
func (p *picture) dot() string {
	d := &dotWriter{number: map[*box]int{}}
	dir := "TB"
	if p.geo.horizontal {
		dir = "LR"
	}
	fmt.Fprintf(&d.b, "digraph network {\n  rankdir=%s; compound=true; fontname=Arial;\n", dir)
	d.b.WriteString("  node [shape=box, style=\"rounded,filled\", fontname=Arial, fontsize=11];\n")
	if p.title != "" {
		fmt.Fprintf(&d.b, "  label=%s; labelloc=t;\n", quote(p.title))
	}
	d.scope(p.root, "  ")
	d.edges(p.root)
	d.b.WriteString("}\n")
	return d.b.String()
}

type dotWriter struct {
	b        strings.Builder
	number   map[*box]int
	clusters int
}

func (d *dotWriter) scope(s *scope, indent string) {
	for _, i := range s.items {
		if i.sub != nil {
			fmt.Fprintf(&d.b, "%ssubgraph cluster_%d {\n%s  label=%s;\n", indent, d.clusters, indent, quote(i.sub.heading()+"  "+i.sub.note))
			d.clusters++
			d.scope(i.sub, indent+"  ")
			d.b.WriteString(indent + "}\n")
			continue
		}
		b := i.box
		d.number[b] = len(d.number)
		lines := []string{b.heading()}
		if b.form == roundForm {
			lines[0] = b.rounded()
		} else {
			for _, t := range b.strips {
				lines[0] += ", " + t.text
			}
		}
		if t := b.second(); t != "" {
			lines = append(lines, t)
		}
		fmt.Fprintf(&d.b, "%sn%d [label=%s, fillcolor=%q];\n", indent, d.number[b], quote(strings.Join(lines, "\n")), looks[paint(b.kind)].fill)
	}
}

// edges joins boxes, through the scopes around them.
func (d *dotWriter) edges(s *scope) {
	for _, e := range s.edges {
		if e[0] < 0 || e[1] < 0 {
			continue
		}
		for _, f := range ends(s.items[e[0]], sink) {
			for _, t := range ends(s.items[e[1]], source) {
				fmt.Fprintf(&d.b, "  n%d -> n%d;\n", d.number[f], d.number[t])
			}
		}
	}
	for _, i := range s.items {
		if i.sub != nil {
			d.edges(i.sub)
		}
	}
}

// ends are the boxes of an item that give its result, or that take its input.
func ends(i *item, side int) []*box {
	if i.box != nil {
		return []*box{i.box}
	}
	var out []*box
	for _, e := range i.sub.edges {
		switch {
		case side == sink && e[1] == sink && e[0] >= 0:
			out = append(out, ends(i.sub.items[e[0]], side)...)
		case side == source && e[0] == source && e[1] >= 0:
			out = append(out, ends(i.sub.items[e[1]], side)...)
		}
	}
	return out
}

// quote writes text as Graphviz's language does: only quotes, backslashes and
// line ends are special there.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
