package drawing

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/d2lang/dagro"
)

// layered lays items out that are not branches between forks and joins, in
// layers by the method of Sugiyama (as dagre does it). from and to stand for
// themselves by points on the trunk.
func (a *arrange) layered(items []int, from, to int) panel {
	g := dagro.NewGraph(dagro.GraphOptions{Multigraph: true})
	g.SetGraph(dagro.Attrs{"rankdir": "TB", "nodesep": 14, "edgesep": 8, "ranksep": 32})
	inside := map[int]bool{}
	for _, i := range items {
		inside[i] = true
		p := a.panels[i]
		// An item's trunk need not be in its middle.
		half := max(p.left, p.right)
		g.SetNode(strconv.Itoa(i), dagro.Attrs{"width": 2 * half, "height": p.long})
	}
	ends := map[int]string{from: "from", to: "to"}
	node := func(i int) (string, bool) {
		if inside[i] {
			return strconv.Itoa(i), true
		}
		e, ok := ends[i]
		return e, ok && (i == from || i == to)
	}
	type line struct {
		v, w     string
		from, to int
	}
	var lines []line
	used := map[string]bool{}
	for _, i := range append([]int{from}, items...) {
		for _, o := range a.out[i] {
			v, ok := node(i)
			w, ok2 := node(o)
			if !ok || !ok2 || o == from {
				continue
			}
			lines = append(lines, line{v, w, i, o})
			used[v], used[w] = true, true
		}
	}
	for _, e := range []string{"from", "to"} {
		if used[e] {
			g.SetNode(e, dagro.Attrs{"width": 1, "height": 1})
		}
	}
	for k, l := range lines {
		g.SetEdge(l.v, l.w, dagro.Attrs{}, strconv.Itoa(k))
	}
	if used["to"] { // below all else, what leads nowhere included
		for _, i := range items {
			if v := strconv.Itoa(i); len(g.OutEdges(v)) == 0 {
				g.SetEdge(v, "to", dagro.Attrs{}, "held")
			}
		}
	}
	if err := dagro.Layout(g); err != nil {
		return a.fallback(items)
	}
	place := func(id string) at {
		n, _ := g.Node(id).(dagro.Attrs)
		return at{float(n["y"]), float(n["x"])}
	}
	trunk := 0.0
	if used["from"] {
		trunk = place("from").c
	} else if len(items) > 0 {
		trunk = place(strconv.Itoa(items[0])).c
	}
	var p panel
	var layers [][2]float64
	for _, i := range items {
		m := place(strconv.Itoa(i))
		layers = append(layers, [2]float64{m.f - a.panels[i].long/2, m.f + a.panels[i].long/2})
		p.take(a.panels[i], m.f-a.panels[i].long/2, m.c-trunk)
	}
	bands := merged(layers)
	for k, l := range lines {
		e, _ := g.Edge(dagro.Edge{V: l.v, W: l.w, Name: strconv.Itoa(k), HasName: true}).(dagro.Attrs)
		points, _ := e["points"].([]dagro.Point)
		var way []at
		for _, q := range points {
			way = append(way, at{q.Y, q.X - trunk})
		}
		if len(way) < 2 {
			continue
		}
		begin, end := span{way[0].f, way[0].c, way[0].c}, span{way[len(way)-1].f, way[len(way)-1].c, way[len(way)-1].c}
		if inside[l.from] {
			begin = a.edge(l.from, place(l.v), trunk, a.panels[l.from].long/2)
		}
		if inside[l.to] {
			end = a.edge(l.to, place(l.w), trunk, -a.panels[l.to].long/2)
		}
		r := route{arrow: inside[l.to] && a.arrow(l.to), smooth: true, points: bendBetween(begin, way[1:len(way)-1], end, bands)}
		for _, q := range r.points {
			p.left, p.right, p.long = max(p.left, 4-q.c), max(p.right, q.c+4), max(p.long, q.f)
		}
		p.wires = append(p.wires, r)
	}
	if used["to"] {
		m := place("to")
		p.long = max(p.long, m.f) + gap
		p.wire(a.arrow(to), at{m.f, m.c - trunk}, at{m.f + gap/2, m.c - trunk}, at{m.f + gap/2, 0}, at{p.long, 0})
	}
	p.exit = p.long
	return p
}

// span is a box's edge that lines leave or reach.
type span struct{ f, c0, c1 float64 }

// edge is where lines leave or reach item i, whose middle is at m: a frame's go on
// inside, on its trunk.
func (a *arrange) edge(i int, m at, trunk, off float64) span {
	p := a.panels[i]
	if !p.first {
		return span{m.f + off, m.c - trunk, m.c - trunk}
	}
	return span{m.f + off, m.c - trunk - p.left, m.c - trunk + p.right}
}

// near is the place on the edge that is nearest to c, off its corners.
func (s span) near(c float64) at {
	off := min(8, (s.c1-s.c0)/2)
	return at{s.f, min(max(c, s.c0+off), s.c1-off)}
}

// merged are the stretches along the flow that the layers of things take up.
func merged(things [][2]float64) [][2]float64 {
	slices.SortFunc(things, func(a, b [2]float64) int { return cmp.Compare(a[0], b[0]) })
	out := things[:0]
	for _, b := range things {
		if n := len(out); n > 0 && b[0] < out[n-1][1]+2 {
			out[n-1][1] = max(out[n-1][1], b[1])
			continue
		}
		out = append(out, b)
	}
	return out
}

// bendBetween leads from one box to another. It bends only between the layers of
// boxes: through a layer it goes straight, in the gap that the layout left it.
func bendBetween(begin span, way []at, end span, bands [][2]float64) []at {
	next, before := (end.c0+end.c1)/2, (begin.c0+begin.c1)/2
	if len(way) > 0 {
		next, before = way[0].c, way[len(way)-1].c
	}
	first, last := begin.near(next), end.near(before)
	out := []at{first}
	add := func(p at) {
		if q := out[len(out)-1]; q != p && p.f >= q.f {
			out = append(out, p)
		}
	}
	band := func(f float64) (lo, hi float64) {
		for _, b := range bands {
			if f > b[0]-1 && f < b[1]+1 {
				return b[0] - 10, b[1] + 5
			}
		}
		return f, f
	}
	_, hi := band(first.f - 1)
	add(at{hi, first.c})
	for _, p := range way {
		lo, hi := band(p.f)
		if lo < hi {
			add(at{lo, p.c})
			add(at{hi, p.c})
		}
	}
	lo, _ := band(last.f + 1)
	add(at{lo, last.c})
	add(last)
	return out
}

// fallback puts items below each other, should the layout ever refuse them.
func (a *arrange) fallback(items []int) panel {
	var p panel
	place := map[int]at{}
	for _, i := range items {
		q := a.panels[i]
		p.take(q, p.long+gap, 0)
		place[i] = at{p.long - q.long, 0}
	}
	for _, i := range items {
		for _, o := range a.out[i] {
			if slices.Contains(items, o) {
				s := place[i]
				p.wire(a.arrow(o), at{s.f + a.panels[i].long, s.c}, place[o])
			}
		}
	}
	return p
}

func float(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int:
		return float64(v)
	}
	return 0
}
