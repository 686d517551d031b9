package drawing

import "math"

// columnGap is between columns; the line from one to the next goes through its
// middle.
const (
	columnGap = 34.0
	turn      = 14.0 // how far that line goes beyond a column's ends
)

// A screen is what a network should fit on. A trunk that is not longer than one
// is not broken.
const (
	screenWide = 1400.0
	screenHigh = 860.0
	mostBreaks = 24
)

// columns breaks a long trunk into as many columns beside each other as let the
// whole network be shown largest on a screen.
func (a *arrange) columns(pieces []piece) panel {
	along, across := screenHigh, screenWide
	if a.geo.horizontal {
		along, across = across, along
	}
	best := a.stack(pieces, source)
	shrink := func(p panel) float64 { return max(1, p.long/along, (p.left+p.right)/across) }
	for n := 2; n <= mostBreaks && shrink(best) > 1; n++ {
		p, ok := a.inColumns(pieces, n)
		if !ok {
			break
		}
		if shrink(p) < 0.97*shrink(best) {
			best = p
		}
	}
	return best
}

// inColumns lays pieces out in n columns, if they can be broken so often.
func (a *arrange) inColumns(pieces []piece, n int) (panel, bool) {
	ends := breaks(pieces, n, func(item int) bool { return len(a.sides[item]) == 0 })
	if len(ends) < n {
		return panel{}, false
	}
	var p panel
	var before panel
	c, begin := 0.0, 0
	for k, end := range ends {
		part := append([]piece(nil), pieces[begin:end]...)
		if k > 0 {
			part[0] = piece{plain: true}
		}
		part = append(part, piece{plain: true})
		if end == len(pieces) {
			part = part[:len(part)-1]
		}
		q := a.stack(part, source)
		if k == 0 {
			p.take(q, turn, 0)
		} else {
			gutter := c + before.right + columnGap/2
			old := c
			c = gutter + columnGap/2 + q.left
			low := turn + before.long + turn
			p.take(q, turn, c)
			p.wire(a.arrow(part[1].item), at{turn + before.exit, old}, at{low, old}, at{low, gutter}, at{2, gutter}, at{2, c}, at{turn, c})
			p.long = max(p.long, low+2)
		}
		before, begin = q, end
	}
	return p, true
}

// breaks divides pieces into n columns whose longest is as short as it can be:
// the ends of each. A column ends where a single line leads on, at an item that
// may stand last.
func breaks(pieces []piece, n int, may func(item int) bool) []int {
	ends := []int{0}
	for k := 1; k+1 < len(pieces); k += 2 {
		if x := pieces[k+1]; k+2 < len(pieces) && x.plain && x.drawn && may(pieces[k].item) {
			ends = append(ends, k+1)
		}
	}
	ends = append(ends, len(pieces))
	m := len(ends)
	sum := make([]float64, len(pieces)+1)
	for k, x := range pieces {
		sum[k+1] = sum[k] + x.panel.long
	}
	// best[j][e]: the longest of j columns that end at ends[e].
	best := make([][]float64, n+1)
	from := make([][]int, n+1)
	for j := range best {
		best[j], from[j] = make([]float64, m), make([]int, m)
		for e := range best[j] {
			best[j][e] = math.Inf(1)
			if j == 0 && e == 0 {
				best[j][e] = 0
			}
			for b := 0; j > 0 && b < e; b++ {
				if v := max(best[j-1][b], sum[ends[e]]-sum[ends[b]]); v < best[j][e] {
					best[j][e], from[j][e] = v, b
				}
			}
		}
	}
	for n > 1 && math.IsInf(best[n][m-1], 1) {
		n--
	}
	out := make([]int, n)
	for j, e := n, m-1; j > 0; j-- {
		out[j-1] = ends[e]
		e = from[j][e]
	}
	return out
}
