package drawing

import (
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/spoken"
)

// Network draws the network that net is when built for cfg, block by block.
// Neither parameters nor memory are made for it.
func Network(net graph.Block, cfg graph.Config, o Options) (Drawing, error) {
	s, err := graph.Inspect(net, cfg)
	if err != nil {
		return Drawing{}, err
	}
	return byBlock(s, o), nil
}

// Program draws the program's network block by block: its structure, whatever
// layers the program joins for speed.
func Program(p *graph.Program, o Options) (Drawing, error) {
	s, err := p.Structure()
	if err != nil {
		return Drawing{}, err
	}
	return byBlock(s, o), nil
}

// readable is how many boxes a drawing has at most when the depth is open.
const readable = 48

func byBlock(s *graph.Structure, o Options) Drawing {
	if o.ToScale {
		return Drawing{&picture{root: toScale(s, tongueOf(o)), title: spoken.Say(o.Title), tongue: tongueOf(o), solid: true, legend: true}}
	}
	return Drawing{&picture{root: open(s, o), title: spoken.Say(o.Title), tongue: tongueOf(o), geo: geometry{horizontal: o.Horizontal}, legend: true}}
}

// open is the structure with as many blocks opened as the options ask for.
func open(s *graph.Structure, o Options) *scope {
	around := enclosing(s.Layers)
	deepest := 0
	for _, l := range s.Layers {
		deepest = max(deepest, l.Depth+1)
	}
	if o.Depth >= max(deepest, 2) {
		return model(s, tongueOf(o), func(i int) bool { return s.Layers[i].Leaf })
	}
	// A unit, such as a convolution with its norm and activation, is one box
	// however deep it stands, made of what is folded in it.
	folded := func(depth int, opened map[int]bool) *scope {
		root := model(s, tongueOf(o), func(i int) bool {
			l := s.Layers[i]
			if l.Leaf || l.Depth < depth-1 || l.Unit {
				return l.Leaf
			}
			for _, k := range around[i] {
				if opened[k] || s.Layers[k].Unit {
					return false
				}
			}
			return true
		})
		root.fold(!o.Unrolled)
		return root
	}
	if o.Depth > 0 {
		return folded(o.Depth, nil)
	}
	best, depth := folded(1, nil), 1
	for d := deepest; d > 1; d-- {
		if r := folded(d, nil); r.count() <= readable {
			return r
		}
	}
	opened, tried := map[int]bool{}, map[string]bool{}
	for i, l := range s.Layers {
		if kind := firstWord(l.Kind); l.Depth == depth-1 && !l.Leaf && !l.Unit && !tried[kind] {
			tried[kind] = true
			opened[i] = true
			r := folded(depth, opened)
			if r.count() > readable {
				delete(opened, i)
				continue
			}
			best = r
		}
	}
	return best
}
