package drawing

import (
	"slices"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// box is one node of a drawing: a layer with what is folded into it, a closed
// block, a single operation or a value.
type box struct {
	title  string   // bold: what it is, or its name
	note   string   // second line
	size   string   // of its result; in the second line, too
	lines  []string // further ones: settings
	strips []strip
	kind   kind
	form   form
	name   string // for people: "layer1.0", "conv1"; empty where it would say nothing
	path   string
	paths  []string // of all layers that it stands for
	hover  []string
	alike  string // equal boxes of one scope do the same
	times  int    // so many of them one after the other
	given  bool   // thick border
	row    bool   // what it joins stands in a row: a concatenation
	layer  int    // -1: none
	shape  []int  // of its result, the batch included
}

// form is a box's outline.
type form uint8

const (
	plainForm form = iota
	roundForm      // sums, concatenations, losses
	thinForm       // one short line: activations that stand alone
	ovalForm       // what is given
)

// strip is a layer that is folded into the box before it.
type strip struct {
	text string
	kind kind
}

// scope is an open block: its items and what leads from which to which. A block
// has one input and one result, which are source and sink here.
type scope struct {
	name  string
	note  string
	path  string
	paths []string
	hover []string
	kind  string // its type's first word
	alike string
	times int
	layer int
	items []*item
	edges [][2]int
}

const (
	source = -1
	sink   = -2
)

// item is a box or a scope.
type item struct {
	box *box
	sub *scope
}

func (s *scope) index(i *item) int {
	for k, x := range s.items {
		if x == i || x.sub != nil && x.sub == i.sub {
			return k
		}
	}
	s.items = append(s.items, i)
	return len(s.items) - 1
}

func (s *scope) edge(from, to int) {
	if e := [2]int{from, to}; from != to && !slices.Contains(s.edges, e) {
		s.edges = append(s.edges, e)
	}
}

// count is the number of boxes inside, those of sums and concatenations left
// out.
func (s *scope) count() int {
	n := 0
	for _, i := range s.items {
		switch {
		case i.sub != nil:
			n += i.sub.count()
		case i.box.form != roundForm:
			n++
		}
	}
	return n
}

// modeler makes scopes of a structure.
type modeler struct {
	s      *graph.Structure
	tongue tongue
	around [][]int // the layers around each layer, outermost first, itself included
	closed func(layer int) bool
	root   *scope
	scopes map[int]*scope
	boxes  map[int]*leaf
}

// leaf is a box with the scopes around it, outermost first.
type leaf struct {
	item *item
	in   []*scope
}

// model makes one box of each closed layer; operations outside of those, a
// concatenation or an addition, stay single.
func model(s *graph.Structure, t tongue, closed func(layer int) bool) *scope {
	m := &modeler{s: s, tongue: t, around: enclosing(s.Layers), closed: closed, root: &scope{layer: -1, times: 1}, scopes: map[int]*scope{}, boxes: map[int]*leaf{}}
	of := make([]*leaf, len(s.Operations))
	inside := m.inside()
	for i, op := range s.Operations {
		if op.Variable() {
			if op.Name == "input" && op.Layer < 0 {
				of[i] = &leaf{&item{box: &box{title: t.say("input", "입력"), note: size.ImageText(op.Shape), kind: dataKind, times: 1, layer: -1, hover: []string{t.say("input ", "입력 ") + shapeText(op.Shape)}, shape: shapeOf(op.Shape)}}, []*scope{m.root}}
				m.root.index(of[i].item)
			}
			continue
		}
		var from []*leaf
		for _, in := range op.Inputs {
			if l := of[in]; l != nil && !slices.Contains(from, l) {
				from = append(from, l)
			}
		}
		if len(from) == 0 {
			continue // arithmetic on parameters alone
		}
		of[i] = m.leaf(i, inside)
		for _, f := range from {
			if f != of[i] {
				connect(f, of[i])
			}
		}
	}
	m.heads(of)
	return m.root
}

// inside lists each layer's operations, those of layers inside included.
func (m *modeler) inside() map[int][]int {
	out := map[int][]int{}
	for i, op := range m.s.Operations {
		if op.Layer >= 0 && !op.Variable() {
			for _, l := range m.around[op.Layer] {
				out[l] = append(out[l], i)
			}
		}
	}
	return out
}

// leaf is the box that operation i belongs to.
func (m *modeler) leaf(i int, inside map[int][]int) *leaf {
	op := m.s.Operations[i]
	var path []int
	if op.Layer >= 0 {
		path = m.around[op.Layer]
	}
	k := slices.IndexFunc(path, m.closed)
	if k < 0 {
		l := &leaf{&item{box: m.single(i)}, m.chain(path)}
		l.in[len(l.in)-1].index(l.item)
		return l
	}
	l := m.boxes[path[k]]
	if l == nil {
		l = &leaf{&item{box: m.layer(path[k], inside[path[k]])}, m.chain(path[:k])}
		l.in[len(l.in)-1].index(l.item)
		m.boxes[path[k]] = l
	}
	return l
}

// chain is the scopes of the layers of a path, from the drawing itself inwards.
func (m *modeler) chain(path []int) []*scope {
	out := []*scope{m.root}
	for _, i := range path {
		sc := m.scopes[i]
		if sc == nil {
			sc = m.scope(i)
			m.scopes[i] = sc
			out[len(out)-1].index(&item{sub: sc})
		}
		out = append(out, sc)
	}
	return out
}

// connect leads from a to b through all scopes between them.
func connect(a, b *leaf) {
	k := 0
	for k < len(a.in) && k < len(b.in) && a.in[k] == b.in[k] {
		k++
	}
	a.in[k-1].edge(a.child(k-1), b.child(k-1))
	for j := k; j < len(a.in); j++ {
		a.in[j].edge(a.child(j), sink)
	}
	for j := k; j < len(b.in); j++ {
		b.in[j].edge(source, b.child(j))
	}
}

// child is the index, in the leaf's j-th scope, of what holds the leaf.
func (l *leaf) child(j int) int {
	if j+1 < len(l.in) {
		return l.in[j].index(&item{sub: l.in[j+1]})
	}
	return l.in[j].index(l.item)
}

// heads adds the losses where there are any.
func (m *modeler) heads(of []*leaf) {
	for k, h := range m.s.Heads {
		from := of[h.Operation]
		if from == nil || h.Loss == nil {
			continue
		}
		in := []*scope{m.root}
		for _, sc := range from.in[1:] {
			if k > 0 { // the first is the network's own
				in = append(in, sc)
			}
		}
		l := &leaf{&item{box: &box{title: m.lossText(h), kind: lossKind, form: roundForm, times: 1, layer: -1, path: h.Name, hover: []string{m.lossHover(h)}}}, in}
		in[len(in)-1].index(l.item)
		connect(from, l)
	}
}

// enclosing gives each layer the indices of the layers around it, outermost
// first, itself included.
func enclosing(layers []graph.Layer) [][]int {
	out := make([][]int, len(layers))
	var path []int
	for i, l := range layers {
		path = append(slices.Clone(path[:min(l.Depth, len(path))]), i)
		out[i] = path
	}
	return out
}
