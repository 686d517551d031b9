package randomnet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// New draws the network of that seed with at most so many nodes, most of them
// of few and small channels, one in eight wide enough for several threads.
func New(seed uint64, nodes int) (Net, error) {
	d := &drawer{r: rand.New(rand.NewPCG(seed, 17))}
	d.classes = 2 + d.r.IntN(3)
	net := Net{Input: tensor.Shape{1 + d.r.IntN(4), 1 + d.r.IntN(5), 1 + d.r.IntN(9), 1 + d.r.IntN(9)}}
	d.limit = 1 << 10
	if d.r.IntN(8) == 0 {
		net.Input = tensor.Shape{2 + d.r.IntN(7), 4 + d.r.IntN(13), 6 + d.r.IntN(11), 6 + d.r.IntN(11)}
		d.limit = 1 << 15
	}
	count := 1 + d.r.IntN(nodes)
	// Shapes are known by building: the network is drawn while it is built,
	// and a node that its operands do not fit is drawn again.
	net.Loss = lossNames[d.r.IntN(len(lossNames))]
	done := errors.New("drawn")
	b := graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		d.values, d.shapes = gorgonia.Nodes{x}, []tensor.Shape{x.Shape()}
		for try := 0; len(net.Nodes) < count && try < 20*count; try++ {
			if n, ok := d.node(); ok {
				d.try(s, &net, n)
			}
		}
		if err := d.head(s, &net); err != nil {
			return nil, err
		}
		return nil, done
	})
	_, err := graph.Build(b, graph.NewParams(seed, graph.WithDtype(tensor.Float64)), graph.TrainingConfig(net.Input...))
	if !errors.Is(err, done) {
		return Net{}, errors.Wrapf(err, "drawing network %d", seed)
	}
	return net.pruned(), nil
}

// drawer draws nodes on the values so far.
type drawer struct {
	r        *rand.Rand
	classes  int // of all heads
	attempts int
	limit    int // elements of a value
	values   gorgonia.Nodes
	shapes   []tensor.Shape
}

// node draws a kind and lets it draw itself.
func (d *drawer) node() (Node, bool) {
	var names []string
	total := 0
	for name, k := range kinds {
		names = append(names, name)
		total += k.weight
	}
	sort.Strings(names)
	at := d.r.IntN(total)
	for _, name := range names {
		if at -= kinds[name].weight; at < 0 {
			n, ok := kinds[name].draw(d)
			n.Kind = name
			return n, ok
		}
	}
	return Node{}, false
}

// try builds the node; the network grows by it if that succeeds.
func (d *drawer) try(s *graph.Scope, net *Net, n Node) bool {
	// A failed attempt may leave parameters behind: names are never used again.
	d.attempts++
	y, err := n.build(s.In(fmt.Sprintf("attempt%d", d.attempts)), len(net.Nodes)+1, d.values)
	if err != nil || y.Shape().Dims() < 2 || y.Shape().TotalSize() > d.limit {
		return false
	}
	net.Nodes = append(net.Nodes, n)
	d.values = append(d.values, y)
	d.shapes = append(d.shapes, y.Shape())
	return true
}

// head makes logits of some values that nothing reads yet, the last one among
// them, and adds them up.
func (d *drawer) head(s *graph.Scope, net *Net) error {
	read := make([]bool, len(d.values))
	for _, n := range net.Nodes {
		for _, v := range n.In {
			read[v] = true
		}
	}
	if (&lossNamed{name: net.Loss}).TargetKind() == graph.RealValues && !net.hasHeads() && d.r.IntN(2) == 0 {
		if d.try(s, net, Node{Kind: "scale", In: []int{len(d.values) - 1}}) {
			net.Out = len(net.Nodes)
			return nil
		}
	}
	var logits []int
	for v := len(d.values) - 1; v >= 0 && len(logits) < 4; v-- {
		if read[v] {
			continue
		}
		x := v
		if len(d.shapes[x]) > 2 {
			pool := "flatten"
			if len(d.shapes[x]) == 4 && d.r.IntN(2) == 0 {
				pool = "global_avg_pool2d"
			}
			if !d.try(s, net, Node{Kind: pool, In: []int{x}}) {
				continue
			}
			x = len(net.Nodes)
		}
		if d.shapes[x][0] != net.samples() {
			if !d.try(s, net, Node{Kind: "reshape", In: []int{x}, N: []int{net.samples(), -1}}) {
				continue
			}
			x = len(net.Nodes)
		}
		if d.try(s, net, Node{Kind: "linear", In: []int{x}, N: []int{d.classes}}) {
			logits = append(logits, len(net.Nodes))
		}
	}
	if len(logits) == 0 {
		return errors.New("no value to make logits of")
	}
	if len(logits) > 1 && !d.try(s, net, Node{Kind: "add", In: logits}) {
		return errors.New("logits do not add up")
	}
	net.Out = len(net.Nodes)
	return nil
}

// hasHeads reports auxiliary heads, which are built for classes.
func (net Net) hasHeads() bool {
	for _, n := range net.Nodes {
		if _, ok := n.Block.(blocks.AuxHead); ok || n.Kind == "aux" {
			return true
		}
	}
	return false
}

// value is any value, a recent one more often.
func (d *drawer) value() int {
	n := len(d.values)
	if d.r.IntN(3) > 0 {
		return max(n-1-d.r.IntN(4), 0)
	}
	return d.r.IntN(n)
}

// find is a value of a shape that fits, -1 if there is none.
func (d *drawer) find(fits func(s tensor.Shape) bool) int {
	if v := d.value(); fits(d.shapes[v]) {
		return v
	}
	var all []int
	for v, s := range d.shapes {
		if fits(s) {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return -1
	}
	return all[d.r.IntN(len(all))]
}

func (d *drawer) image() (int, bool) {
	v := d.find(func(s tensor.Shape) bool { return len(s) == 4 })
	return v, v >= 0
}

// alike are values of one shape, with repetitions.
func (d *drawer) alike(count int) []int {
	in := []int{d.value()}
	for len(in) < count {
		in = append(in, d.find(d.shapes[in[0]].Eq))
	}
	return in
}

// stackable are values that differ in the number of channels only.
func (d *drawer) stackable(count int) []int {
	in := []int{d.value()}
	first := d.shapes[in[0]]
	for len(in) < count {
		in = append(in, d.find(func(s tensor.Shape) bool {
			return len(s) == len(first) && s[0] == first[0] && slices.Equal(s[2:], first[2:])
		}))
	}
	return in
}

// reshaped is another shape of as many elements: mostly with the samples as
// they are.
func (d *drawer) reshaped(s tensor.Shape) []int {
	rest := s.TotalSize() / s[0]
	switch d.r.IntN(4) {
	case 0:
		return []int{s[0], rest}
	case 1:
		return []int{s[0], d.divisor(rest), -1}
	case 2:
		a := d.divisor(rest)
		return []int{s[0], a, d.divisor(rest / a), -1}
	}
	return append([]int(nil), d.shapes[d.find(func(t tensor.Shape) bool { return t.TotalSize() == s.TotalSize() })]...)
}

func (d *drawer) divisor(n int) int {
	var all []int
	for k := 1; k <= n && k <= 64; k++ {
		if n%k == 0 {
			all = append(all, k)
		}
	}
	return all[d.r.IntN(len(all))]
}

// acts in the order of how often they are drawn.
var acts = []string{
	"relu", "tanh", "sigmoid", "silu", "leaky_relu:0.1", "elu:1", "prelu", "gelu", "mish", "hard_swish", "softplus",
	"softsign", "selu", "relu6", "celu:1", "log_sigmoid", "gelu_tanh", "hard_sigmoid", "hard_tanh", "identity", "maxout:2",
}

func (d *drawer) act() string { return acts[d.r.IntN(1+d.r.IntN(len(acts)))] }

// fusedAct is one that other operations compute too.
func (d *drawer) fusedAct() string {
	for {
		name := d.act()
		if _, ok := Act(name).Fused(); ok {
			return name
		}
	}
}
