package drawing

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// toScale keeps of a structure what stands on the trunk: each layer or closed
// block with the tensor that it makes.
func toScale(s *graph.Structure, t tongue) *scope {
	root := model(s, t, func(i int) bool {
		l := s.Layers[i]
		return l.Leaf || !l.Unit && firstWord(l.Kind) != "Sequence"
	})
	root.fold(true)
	return root
}

// trunk is the longest way through a scope from its first box, the boxes of
// scopes on it included.
func (s *scope) trunk() []*box {
	before, depth := map[int]int{}, map[int]int{}
	last := -1
	a := &arrange{s: s, out: map[int][]int{}, in: map[int][]int{}}
	for _, e := range s.edges {
		a.out[e[0]] = append(a.out[e[0]], e[1])
		a.in[e[1]] = append(a.in[e[1]], e[0])
	}
	if !a.sort() {
		return nil
	}
	for _, i := range a.order {
		before[i] = -1
		for _, p := range a.in[i] {
			if d := depth[p] + 1; p >= 0 && d > depth[i] {
				depth[i], before[i] = d, p
			}
		}
		if last < 0 || depth[i] > depth[last] {
			last = i
		}
	}
	var way []*item
	for i := last; i >= 0; i = before[i] {
		way = append([]*item{s.items[i]}, way...)
	}
	var out []*box
	for _, i := range way {
		if i.sub != nil {
			out = append(out, i.sub.trunk()...)
		} else {
			out = append(out, i.box)
		}
	}
	return out
}

// The largest of each kind of length, in points.
const (
	sideMost    = 150.0 // height and width of an image
	channelMost = 70.0
	vectorMost  = 170.0
	slant       = 0.38 // how far the width goes to the right and up, by its length
	solidLeast  = 2.0
	solidGap    = 26.0
	rowMost     = 1380.0
)

// solid is a tensor as a body: channels to the right, height up, width to the
// back.
type solid struct {
	box                 *box
	channels, high, far float64
	label               [2]string
	wide                float64 // with its text
}

func (s solid) back() float64 { return s.far * slant }

// solids measures the tensors by common scales, and says what these are.
func solids(boxes []*box, t tongue) (out []solid, caption string) {
	side, channel, vector := 0, 0, 0
	for _, b := range boxes {
		switch n := b.shape; len(n) {
		case 4:
			side, channel = max(side, n[2], n[3]), max(channel, n[1])
		case 2:
			vector = max(vector, n[1])
		}
	}
	var scales []string
	length := func(most float64, n int, en, ko string) func(int) float64 {
		if n == 0 {
			return nil
		}
		k := most / float64(n)
		scales = append(scales, t.say(fmt.Sprintf("%.3g points a %s", k, en), fmt.Sprintf("%s %.3g포인트", ko, k)))
		return func(v int) float64 { return max(k*float64(v), solidLeast) }
	}
	sides, channels, vectors := length(sideMost, side, "pixel", "픽셀당"), length(channelMost, channel, "channel", "채널당"), length(vectorMost, vector, "feature", "특징당")
	for _, b := range boxes {
		s := solid{box: b, label: [2]string{b.heading(), b.sizeText()}}
		switch n := b.shape; len(n) {
		case 4:
			s.channels, s.high, s.far = channels(n[1]), sides(n[2]), sides(n[3])
		case 2:
			s.channels, s.high, s.far = 8, vectors(n[1]), 8
		default:
			continue
		}
		s.wide = max(s.channels+s.back(), textWidth(s.label[0], noteSize, true), textWidth(s.label[1], noteSize, false))
		out = append(out, s)
	}
	return out, t.say("to scale: ", "실제 비율: ") + strings.Join(scales, ", ")
}

func (b *box) sizeText() string {
	if b.kind == dataKind {
		return b.note
	}
	return b.size
}

// scaled lays the trunk's tensors out in rows.
func (p *picture) scaled() *scene {
	list, caption := solids(p.root.trunk(), p.tongue)
	s := &scene{title: p.title}
	top := margin
	if p.title != "" {
		top += 26
	}
	type row struct {
		list []solid
		wide float64
		high float64
	}
	var rows []row
	for _, x := range list {
		if n := len(rows); n == 0 || rows[n-1].wide+x.wide+solidGap > rowMost {
			rows = append(rows, row{})
		}
		r := &rows[len(rows)-1]
		r.list = append(r.list, x)
		r.wide, r.high = r.wide+x.wide+solidGap, max(r.high, x.high+x.back())
	}
	s.width = max(textWidth(p.title, 15, true), textWidth(caption, noteSize, false)) + 2*margin
	for _, r := range rows {
		s.width = max(s.width, r.wide+2*margin)
	}
	keys := p.keys(boxesOf(list))
	legend := legendRows(keys, s.width-2*margin)
	s.height = top
	for _, r := range rows {
		s.height += r.high + 52
	}
	y := top
	s.height += 16 + 18*float64(len(legend)) + margin
	s.rectangle(rect{0, 0, s.width, s.height}, 0, "paper")
	if p.title != "" {
		s.write(center(s.width/2, margin+8, 15, true, p.title, "ink"))
	}
	for _, r := range rows {
		x := (s.width - r.wide + solidGap) / 2
		middle := y + r.high/2
		for i, b := range r.list {
			left := x + (b.wide-b.channels-b.back())/2
			s.solid(b, left, middle+(b.high+b.back())/2, x+b.wide/2, y+r.high+14)
			if i+1 < len(r.list) {
				next := r.list[i+1]
				to := x + b.wide + solidGap + (next.wide-next.channels-next.back())/2
				s.add(part{wire: &wire{points: []point{{left + b.channels + b.back() + 2, middle}, {to - 1, middle}}, arrow: true, paint: "wire"}})
			}
			x += b.wide + solidGap
		}
		y += r.high + 52
	}
	s.write(center(s.width/2, y, noteSize, false, caption, "faint"))
	s.legend(legend, y+14)
	return s
}

// boxesOf are the boxes of solids, for the legend: what is folded in them is not
// seen.
func boxesOf(list []solid) (p panel) {
	for _, x := range list {
		p.boxes = append(p.boxes, placed{box: &box{kind: x.box.kind}})
	}
	return p
}

// solid draws a body whose lower left front corner is at (x, y), its text below
// the height under, in the middle of center.
func (s *scene) solid(b solid, x, y, middle, under float64) {
	s.add(part{open: &group{class: "box " + string(b.box.kind), path: b.box.path, paths: strings.Join(b.box.paths, " "), hover: strings.Join(b.box.hover, "\n")}})
	d, w, h := b.back(), b.channels, b.high
	look := paint(b.box.kind)
	s.polygon(look, point{x, y - h}, point{x + d, y - h - d}, point{x + w + d, y - h - d}, point{x + w, y - h})
	s.polygon(look, point{x + w, y - h}, point{x + w + d, y - h - d}, point{x + w + d, y - d}, point{x + w, y})
	s.rectangle(rect{x, y - h, w, h}, 0, look)
	s.write(center(middle, under, noteSize, true, b.label[0], "ink"))
	s.write(center(middle, under+noteSize+3, noteSize, false, b.label[1], "faint"))
	s.add(part{end: true})
}

// shapeOf copies a shape, which may belong to a graph.
func shapeOf(s tensor.Shape) []int { return append([]int(nil), s...) }
