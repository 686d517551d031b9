package drawing

import (
	"fmt"
	"slices"
	"strings"
)

// foldable layers take the thin ones that follow them into their box.
var foldable = map[kind]bool{convKind: true, linearKind: true, joinKind: true, normKind: true}

// fold makes one box of a convolution with its norm and activation and, if
// repeats is set, one of equal neighbours.
func (s *scope) fold(repeats bool) {
	for _, i := range s.items {
		if i.sub != nil {
			i.sub.fold(repeats)
			i.splice()
		}
	}
	for s.dissolve() {
	}
	for s.foldStrip() {
	}
	for repeats && s.foldRepeat() {
	}
}

// splice puts the only thing of a scope in the scope's place.
func (i *item) splice() {
	sc := i.sub
	if len(sc.items) != 1 {
		return
	}
	for _, e := range sc.edges {
		if e != [2]int{source, 0} && e != [2]int{0, sink} {
			return
		}
	}
	in := sc.items[0]
	if b := in.box; b != nil && b.form != roundForm {
		b.paths = append(slices.Clone(sc.paths), b.paths...)
		b.path, b.times = sc.path, b.times*sc.times
		if sc.name != "" {
			b.name = sc.name
		}
		if b.kind == blockKind {
			b.title = b.name
		} else {
			b.note = b.name
		}
		b.alike = sc.alike
		*i = item{box: b}
		return
	}
	if sub := in.sub; sub != nil {
		sub.paths = append(slices.Clone(sc.paths), sub.paths...)
		if sub.times*sc.times > 1 {
			sub.name = sc.name
		}
		sub.times *= sc.times
		*i = item{sub: sub}
	}
}

// dissolve takes the frame away from one list of layers: the branch of a module
// needs none, nor do layers in a row whose names say where they stand.
func (s *scope) dissolve() bool {
	for k, it := range s.items {
		in := it.sub
		if in == nil || in.kind != "Sequence" || in.times > 1 || len(in.items) == 0 {
			continue
		}
		if s.layer < 0 && slices.ContainsFunc(in.items, func(i *item) bool { return i.sub != nil }) {
			continue // a stage of a network
		}
		n := len(s.items)
		place := func(i int) int { // of an item of it
			if i == 0 {
				return k
			}
			return n + i - 1
		}
		var edges [][2]int
		for _, e := range s.edges {
			switch {
			case e[0] == k:
				for _, x := range in.edgesTo(sink) {
					edges = append(edges, [2]int{place(x[0]), e[1]})
				}
			case e[1] == k:
				for _, x := range in.edges {
					if x[0] == source && x[1] >= 0 {
						edges = append(edges, [2]int{e[0], place(x[1])})
					}
				}
			default:
				edges = append(edges, e)
			}
		}
		for _, x := range in.edges {
			if x[0] >= 0 && x[1] >= 0 {
				edges = append(edges, [2]int{place(x[0]), place(x[1])})
			}
		}
		s.edges = edges
		s.items[k] = in.items[0]
		s.items = append(s.items, in.items[1:]...)
		return true
	}
	return false
}

// foldStrip takes one thin layer into the box before it.
func (s *scope) foldStrip() bool {
	for j, it := range s.items {
		b := it.box
		if b == nil || len(b.strips) > 0 || b.kind != normKind && b.kind != actKind && b.kind != dropoutKind {
			continue
		}
		i := s.only(j)
		if i < 0 || s.items[i].box == nil {
			continue
		}
		a := s.items[i].box
		if !foldable[a.kind] || a.kind == joinKind && b.kind != actKind || a.times > 1 || b.times > 1 {
			continue
		}
		a.strips = append(a.strips, strip{b.title, b.kind})
		a.paths = append(a.paths, b.paths...)
		a.hover = append(append(a.hover, ""), b.hover...)
		a.alike += "\n" + b.alike
		s.remove(j, i)
		return true
	}
	return false
}

// only is the item before j, if nothing else leads to j and i leads to nothing
// else; otherwise it is -1.
func (s *scope) only(j int) int {
	i := -1
	for _, e := range s.edges {
		if e[1] == j {
			if i >= 0 || e[0] < 0 {
				return -1
			}
			i = e[0]
		}
	}
	if i < 0 {
		return -1
	}
	for _, e := range s.edges {
		if e[0] == i && e[1] != j {
			return -1
		}
	}
	return i
}

// remove takes item j out; what it led to, i leads to instead.
func (s *scope) remove(j, i int) {
	var edges [][2]int
	for _, e := range s.edges {
		if e[1] == j {
			continue
		}
		if e[0] == j {
			e[0] = i
		}
		for k := range e {
			if e[k] > j {
				e[k]--
			}
		}
		edges = append(edges, e)
	}
	s.edges = edges
	s.items = slices.Delete(s.items, j, j+1)
}

// foldRepeat takes one block into its equal before it.
func (s *scope) foldRepeat() bool {
	for j, it := range s.items {
		i := s.only(j)
		if i < 0 {
			continue
		}
		a, b := s.items[i], it
		switch {
		case a.sub != nil && b.sub != nil && a.sub.likeness() == b.sub.likeness():
			a.sub.times += b.sub.times
			a.sub.paths = append(a.sub.paths, b.sub.paths...)
			a.sub.takePaths(b.sub)
		case a.box != nil && b.box != nil && a.box.kind == blockKind && b.box.kind == blockKind && a.box.likeness() == b.box.likeness():
			a.box.times += b.box.times
			a.box.paths = append(a.box.paths, b.box.paths...)
		default:
			continue
		}
		s.remove(j, i)
		return true
	}
	return false
}

// takePaths adds the paths of an equal scope to those of its boxes.
func (s *scope) takePaths(o *scope) {
	for k, it := range s.items {
		if it.sub != nil {
			it.sub.paths = append(it.sub.paths, o.items[k].sub.paths...)
			it.sub.takePaths(o.items[k].sub)
			continue
		}
		it.box.paths = append(it.box.paths, o.items[k].box.paths...)
	}
}

// likeness is equal for boxes that do the same with the same sizes.
func (b *box) likeness() string {
	return fmt.Sprint(b.title == b.name, b.alike, b.strips, b.kind)
}

// likeness is equal for scopes that do the same with the same sizes.
func (s *scope) likeness() string {
	var t strings.Builder
	fmt.Fprint(&t, s.alike, s.edges, "{")
	for _, i := range s.items {
		if i.sub != nil {
			fmt.Fprint(&t, i.sub.likeness(), i.sub.times)
		} else {
			fmt.Fprint(&t, i.box.likeness(), i.box.times)
		}
		t.WriteString(";")
	}
	return t.String() + "}"
}
