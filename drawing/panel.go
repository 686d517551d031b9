package drawing

import (
	"math"
	"slices"
)

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

// arrange lays out the things of one scope.
type arrange struct {
	s      *scope
	geo    geometry
	panels []panel
	out    map[int][]int
	in     map[int][]int
	order  []int         // of the items, each after what leads to it
	sides  map[int][]int // dead ends by the item that they leave; the list holds their groups' numbers
	groups [][]int
}

// layScope is the panel of a scope without its frame.
func layScope(s *scope, geo geometry, columns bool) panel {
	a := &arrange{s: s, geo: geo, out: map[int][]int{}, in: map[int][]int{}, sides: map[int][]int{}}
	for _, i := range s.items {
		a.panels = append(a.panels, geo.item(i))
	}
	for _, e := range s.edges {
		a.out[e[0]] = append(a.out[e[0]], e[1])
		a.in[e[1]] = append(a.in[e[1]], e[0])
	}
	if !a.sort() {
		return a.layered(a.all(), source, sink)
	}
	live := a.deadEnds()
	pieces := a.series(live, source, sink)
	if columns {
		return a.columns(pieces)
	}
	return a.stack(pieces, source)
}

func (a *arrange) all() []int {
	out := make([]int, len(a.s.items))
	for i := range out {
		out[i] = i
	}
	return out
}

// sort finds the items' order; it fails where there is a circle.
func (a *arrange) sort() bool {
	missing := map[int]int{}
	for i := range a.s.items {
		for _, p := range a.in[i] {
			if p >= 0 {
				missing[i]++
			}
		}
	}
	done := map[int]bool{}
	for len(a.order) < len(a.s.items) {
		n := len(a.order)
		for i := range a.s.items {
			if !done[i] && missing[i] == 0 {
				done[i] = true
				a.order = append(a.order, i)
				for _, o := range a.out[i] {
					missing[o]--
				}
			}
		}
		if len(a.order) == n {
			return false
		}
	}
	return true
}

// deadEnds finds what doesn't lead to the sink, such as an auxiliary head, in
// groups that hang together, and returns the rest. Where nothing leads to the
// sink, as in a whole network, the last item does.
func (a *arrange) deadEnds() (live []int) {
	reach := map[int]bool{sink: true}
	if len(a.in[sink]) == 0 && len(a.order) > 0 {
		last := a.longest()
		reach[last] = true
	}
	for k := len(a.order) - 1; k >= 0; k-- {
		i := a.order[k]
		for _, o := range a.out[i] {
			reach[i] = reach[i] || reach[o]
		}
	}
	var dead []int
	for _, i := range a.order {
		if reach[i] {
			live = append(live, i)
		} else {
			dead = append(dead, i)
		}
	}
	for _, g := range a.components(dead) {
		from := nothing
		for _, i := range g {
			for _, p := range a.in[i] {
				if slices.Contains(g, p) {
					continue
				}
				if from != nothing && from != p {
					return a.order // leaves several things: no dead end by itself
				}
				from = p
			}
		}
		if from == nothing {
			from = source
		}
		a.groups = append(a.groups, g)
		a.sides[from] = append(a.sides[from], len(a.groups)-1)
	}
	return live
}

// longest is the item at the end of the longest way.
func (a *arrange) longest() int {
	depth := map[int]int{}
	best := a.order[0]
	for _, i := range a.order {
		for _, p := range a.in[i] {
			depth[i] = max(depth[i], depth[p]+1)
		}
		if depth[i] >= depth[best] {
			best = i
		}
	}
	return best
}

// components are the parts of the items that hang together, in the items' order.
func (a *arrange) components(items []int) [][]int {
	group := map[int]int{}
	for _, i := range items {
		group[i] = i
	}
	var find func(i int) int
	find = func(i int) int {
		if group[i] != i {
			group[i] = find(group[i])
		}
		return group[i]
	}
	for _, i := range items {
		for _, o := range a.out[i] {
			if _, ok := group[o]; ok {
				group[find(o)] = find(i)
			}
		}
	}
	index := map[int]int{}
	var out [][]int
	for _, i := range items {
		r := find(i)
		k, ok := index[r]
		if !ok {
			k = len(out)
			index[r] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], i)
	}
	return out
}

// piece is an item on the trunk, or what lies between two of them.
type piece struct {
	panel panel
	item  int  // of an item
	plain bool // nothing but a line
	drawn bool // there is a line at all
}

// series lays the items, in order, out between from and to: those that every way
// passes on the trunk, the rest as branches between these.
func (a *arrange) series(items []int, from, to int) []piece {
	inside := map[int]bool{}
	for _, i := range items {
		inside[i] = true
	}
	position := map[int]int{from: -1, to: len(items)}
	for k, i := range items {
		position[i] = k
	}
	// An item is on the trunk when no line passes it by.
	passed := make([]int, len(items)+2) // differences, from position 0 on
	for _, i := range append([]int{from}, items...) {
		for _, o := range a.out[i] {
			if p, ok := position[o]; ok {
				if lo, hi := position[i]+1, p; hi > lo {
					passed[lo]++
					passed[hi]--
				}
			}
		}
	}
	var pieces []piece
	last, open := from, 0
	var branch []int
	for k, i := range items {
		open += passed[k]
		if open > 0 {
			branch = append(branch, i)
			continue
		}
		pieces = append(pieces, a.segment(branch, last, i), piece{panel: a.panels[i], item: i})
		last, branch = i, nil
	}
	return append(pieces, a.segment(branch, last, to))
}

// branch is a series without the lines at its two ends, which a fork and a join
// draw.
func (a *arrange) branch(items []int, from, to int) panel {
	pieces := a.series(items, from, to)
	for _, k := range []int{0, len(pieces) - 1} {
		if x := &pieces[k]; x.plain {
			x.panel.long, x.drawn = 0, false
		}
	}
	return a.stack(pieces, nothing)
}

// segment is what lies between two neighbours on the trunk.
func (a *arrange) segment(items []int, from, to int) piece {
	direct := slices.Contains(a.out[from], to)
	if len(items) == 0 {
		p := panel{long: gap}
		switch {
		case from < 0:
			p.long = 6
		case to < 0:
			p.long = framePad
		case len(a.sides[from]) > 0:
			p.long = gap + 6
		}
		if !direct && (from < 0 || to < 0) {
			p.long = 0
		}
		return piece{panel: p, plain: true, drawn: direct}
	}
	groups := a.components(items)
	if len(groups) == 1 && !direct {
		return piece{panel: a.layered(items, from, to)}
	}
	a.byJoin(groups, to)
	return piece{panel: a.parallel(groups, from, to, direct)}
}

// byJoin orders branches as what they lead to reads them.
func (a *arrange) byJoin(groups [][]int, to int) {
	rank := func(g []int) int {
		for k, p := range a.in[to] {
			if slices.Contains(g, p) {
				return k
			}
		}
		return len(a.in[to])
	}
	slices.SortStableFunc(groups, func(x, y []int) int { return rank(x) - rank(y) })
}

// arrow reports whether a line to the item ends there: into a frame it goes on.
func (a *arrange) arrow(to int) bool { return to >= 0 && a.panels[to].first }

// nothing is no item.
const nothing = math.MinInt

// stack puts pieces, which come after from, one after the other on the trunk and
// dead ends beside it.
func (a *arrange) stack(pieces []piece, from int) panel {
	var p panel
	f := 0.0
	items, ends := []int{from}, []float64{0}
	for k, x := range pieces {
		p.take(x.panel, f, 0)
		if x.plain && x.drawn {
			to := sink
			if k+1 < len(pieces) {
				to = pieces[k+1].item
			}
			p.wire(a.arrow(to), at{f, 0}, at{f + x.panel.long, 0})
		}
		f += x.panel.long
		if k%2 == 1 {
			items, ends = append(items, x.item), append(ends, f)
		}
	}
	p.long, p.exit = f, f
	p.first = pieces[0].plain && len(pieces) > 1 && a.arrow(pieces[1].item)
	for k, i := range items {
		for _, g := range a.sides[i] {
			a.side(&p, a.groups[g], i, ends[k])
		}
	}
	return p
}

// side hangs a dead end beside the trunk, below the item it leaves: on the right,
// or on the left where the way to the right is taken.
func (a *arrange) side(p *panel, items []int, from int, f float64) {
	q := a.branch(items, from, sink)
	tee, start := f+5, f+5+gap
	if len(q.boxes) == 0 {
		return
	}
	room := p.beside(start, start+q.long)
	c := room.right + between + q.left
	if p.beside(tee, tee).taken {
		c = -(room.left + between + q.right)
	}
	p.take(q, start, c)
	p.wire(q.first, at{f, 0}, at{tee, 0}, at{tee, c}, at{start, c})
}

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

// parallel lays branches beside each other. Those that are added up have the
// longest one on the trunk and the others on its right, as the residual paper
// draws units; else they stand in a row, as the GoogLeNet paper draws modules.
func (a *arrange) parallel(groups [][]int, from, to int, direct bool) panel {
	n := len(groups)
	branches := make([]panel, n)
	long := 0.0
	if direct { // it is no part of the branches
		out := a.out[from]
		a.out[from] = slices.DeleteFunc(slices.Clone(out), func(i int) bool { return i == to })
		defer func() { a.out[from] = out }()
	}
	for i, g := range groups {
		branches[i] = a.branch(g, from, to)
		long = max(long, branches[i].long)
	}
	p := panel{long: long + 2*forkGap}
	if from < 0 {
		p.long -= 6 // the frame's border is no box
	}
	begin := p.long - long - forkGap
	place := make([]float64, n)
	sums := direct || a.sums(to)
	if sums {
		main := 0
		for i, g := range groups {
			if len(g) > len(groups[main]) {
				main = i
			}
		}
		right := branches[main].right
		for i, b := range branches {
			if i != main {
				place[i] = right + between + b.left
				right = place[i] + b.right
			}
		}
	} else {
		c := 0.0
		for i, b := range branches {
			place[i] = c + b.left
			c += b.left + b.right + between
		}
		middle := (c - between) / 2
		for i := range place {
			place[i] -= middle
			if math.Abs(place[i]) < 3 {
				place[i] = 0
			}
		}
	}
	fork, join := begin*0.45, p.long-forkGap*0.55
	for i, b := range branches {
		p.take(b, begin, place[i])
		p.wire(b.first, at{0, 0}, at{fork, 0}, at{fork, place[i]}, at{begin, place[i]})
	}
	reach, size := p.right, p.long
	for i, b := range branches {
		end := at{begin + b.exit, place[i]}
		if sums && place[i] != 0 && a.round(to) {
			p.wire(true, end, at{size + a.panels[to].long/2, place[i]}, at{size + a.panels[to].long/2, a.panels[to].right})
			continue
		}
		p.wire(a.arrow(to), end, at{join, place[i]}, at{join, 0}, at{size, 0})
	}
	if direct {
		c := reach + between
		if a.round(to) {
			t := a.panels[to]
			p.wire(true, at{0, 0}, at{fork, 0}, at{fork, c}, at{size + t.long/2, c}, at{size + t.long/2, t.right})
		} else {
			p.wire(a.arrow(to), at{0, 0}, at{fork, 0}, at{fork, c}, at{join, c}, at{join, 0}, at{size, 0})
		}
		p.right = max(p.right, c+3)
	}
	p.long, p.exit = size, size
	return p
}

func (a *arrange) sums(to int) bool {
	return to >= 0 && a.s.items[to].box != nil && a.s.items[to].box.kind == joinKind && !a.s.items[to].box.row
}

// round reports whether lines may come to the item from its side.
func (a *arrange) round(to int) bool {
	return to >= 0 && a.s.items[to].box != nil && a.s.items[to].box.form == roundForm
}
