package drawing

import (
	"math"
	"slices"
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
