package randomnet

import (
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// chain makes bare operations one after the other and keeps the first error.
type chain struct {
	p   place
	err error
}

func (c *chain) do(y *gorgonia.Node, err error) *gorgonia.Node {
	if c.err == nil {
		c.err = err
	}
	return y
}

func (c *chain) param(last string, shape ...int) *gorgonia.Node {
	if c.err != nil {
		return nil
	}
	return c.do(c.p.param(last, shape...))
}

// act applies an activation by name, with the slope of a PReLU as a parameter.
func (c *chain) act(x *gorgonia.Node, name string) *gorgonia.Node {
	if c.err != nil || name == "" {
		return x
	}
	if a, err := fused(name); err == nil {
		return c.do(ops.Activate(x, a))
	}
	return x
}

// conv is a convolution that keeps the size of images if its kernel is odd.
func (c *chain) conv(name string, x *gorgonia.Node, out, k, groups int) *gorgonia.Node {
	if c.err != nil {
		return nil
	}
	w := c.param(name, out, x.Shape()[1]/groups, k, k)
	if c.err != nil {
		return nil
	}
	return c.do(ops.Conv2D(x, w, nil, ops.Conv2DConfig{Padding: [2]int{k / 2, k / 2}, Groups: groups, Fast: !c.p.s.ExactConvolutions()}))
}

// The chains that passes look for, made of bare operations.
func init() {
	kinds["gated"] = kind{ // squeeze-and-excitation
		weight: 6,
		draw: on(func(d *drawer, _ tensor.Shape) (Node, bool) {
			return Node{N: []int{1 + d.r.IntN(3), d.r.IntN(6), d.r.IntN(4), d.r.IntN(2)}, Act: d.fusedAct()}, true
		}),
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			c := chain{p: p}
			return c.gated(in[0], n), c.err
		},
	}
	kinds["dense"] = kind{ // concatenations of concatenations
		weight: 5,
		draw: on(func(d *drawer, _ tensor.Shape) (Node, bool) {
			return Node{N: []int{1 + d.r.IntN(3), 1 + d.r.IntN(3), d.r.IntN(2)}, Act: d.fusedAct()}, true
		}),
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			c := chain{p: p}
			return c.dense(in[0], n), c.err
		},
	}
	kinds["fire"] = kind{ // a narrow convolution that two wider ones read
		weight: 5,
		draw: on(func(d *drawer, _ tensor.Shape) (Node, bool) {
			return Node{N: []int{1 + d.r.IntN(3), 1 + d.r.IntN(3), 1 + d.r.IntN(3)}, Act: d.fusedAct()}, true
		}),
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			c := chain{p: p}
			narrow := c.act(c.conv("squeeze", in[0], n.N[0], 1, 1), n.Act)
			one, three := c.act(c.conv("expand1", narrow, n.N[1], 1, 1), n.Act), c.act(c.conv("expand3", narrow, n.N[2], 3, 1), n.Act)
			if c.err != nil {
				return nil, c.err
			}
			return ops.Concat(one, three)
		},
	}
	kinds["zero_pad2d"] = kind{
		weight: 4,
		draw: on(func(d *drawer, _ tensor.Shape) (Node, bool) {
			return Node{N: []int{d.r.IntN(3), d.r.IntN(3), d.r.IntN(3), d.r.IntN(3)}}, true
		}),
		build: func(_ place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.ZeroPad2D(in[0], [2]int{n.N[0], n.N[1]}, [2]int{n.N[2], n.N[3]})
		},
	}
	kinds["zeros_before"] = kind{ // a convolution or a pooling
		weight: 6,
		draw: on(func(d *drawer, _ tensor.Shape) (Node, bool) {
			side := func() int { return []int{0, 1, 1, 2}[d.r.IntN(4)] }
			n := Node{N: []int{side(), side(), side(), side(), d.r.IntN(4), 1 + d.r.IntN(2), d.r.IntN(2), 1 + d.r.IntN(3)}}
			if d.coin() {
				n.N[2], n.N[3] = n.N[0], n.N[1]
			}
			if d.coin() {
				n.Act = []string{"relu", "sigmoid", "tanh", "relu6"}[d.r.IntN(4)]
			}
			return n, true
		}),
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			c := chain{p: p}
			return c.zerosBefore(in[0], n.N, n.Act), c.err
		},
	}
	kinds["grouped"] = kind{ // with any activation
		weight: 6,
		draw: on(func(d *drawer, s tensor.Shape) (Node, bool) {
			groups := d.divisor(s[1])
			if d.coin() {
				groups = s[1]
			}
			return Node{N: []int{groups, groups * (1 + d.r.IntN(2)), 1 + d.r.IntN(5), 1 + d.r.IntN(2)}, Act: d.fusedAct()}, true
		}),
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			c := chain{p: p}
			x, k := in[0], n.N[2]
			w, b := c.param("weight", n.N[1], x.Shape()[1]/n.N[0], k, k), c.param("bias", n.N[1])
			if c.err != nil {
				return nil, c.err
			}
			y := c.do(ops.Conv2D(x, w, b, ops.Conv2DConfig{Padding: [2]int{k / 2, k / 2}, Stride: [2]int{n.N[3], n.N[3]}, Groups: n.N[0], Fast: !p.s.ExactConvolutions()}))
			return c.act(y, n.Act), c.err
		},
	}
	kinds["normed_twice"] = kind{ // one weight, before two batch norms
		weight: 5,
		draw: on(func(d *drawer, s tensor.Shape) (Node, bool) {
			y := d.find(func(t tensor.Shape) bool { return len(t) == 4 && t[1] == s[1] && t[0] == s[0] })
			return Node{In: []int{y}, N: []int{1 + 2*d.r.IntN(2)}, Act: d.fusedAct()}, y >= 0
		}),
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			c := chain{p: p}
			return c.normedTwice(in, n), c.err
		},
	}
}

// gated scales x's channels, by linear layers or convolutions. n.N: hidden
// features, how it is made, the gate, and whether x is added and activated.
func (c *chain) gated(x *gorgonia.Node, n Node) *gorgonia.Node {
	s, hidden, way := x.Shape(), n.N[0], n.N[1]
	images := way < 2
	var y *gorgonia.Node
	if images {
		y = c.do(ops.AdaptiveAvgPool2D(x, [2]int{1, 1}))
	} else {
		y = c.do(ops.GlobalAvgPool2D(x))
	}
	layer := func(name string, from, out int) {
		shape := []int{out, from}
		if images {
			shape = []int{out, from, 1, 1}
		}
		w := c.param(name, shape...)
		var b *gorgonia.Node
		if way%2 == 0 {
			b = c.param(name+"_bias", out)
		}
		switch {
		case c.err != nil:
		case images:
			y = c.do(ops.Conv2D(y, w, b, ops.Conv2DConfig{}))
		default:
			y = c.do(ops.Linear(y, w, b, ops.LinearConfig{}))
		}
	}
	layer("fc1", s[1], hidden)
	y = c.act(y, n.Act)
	layer("fc2", hidden, s[1])
	y = c.act(y, []string{"sigmoid", "hard_sigmoid", "", "tanh"}[n.N[2]])
	if c.err != nil {
		return nil
	}
	if images {
		y = c.do(ops.Reshape(y, s[0], s[1]))
	}
	if way == 5 { // another reader
		y = c.do(ops.Add(c.do(ops.ScaleChannels(x, y)), c.do(ops.ScaleChannels(c.act(x, "tanh"), y))))
	} else if c.err == nil {
		y = c.do(ops.ScaleChannels(x, y))
	}
	if n.N[3] == 1 && c.err == nil {
		y = c.act(c.do(ops.Add(y, x)), n.Act)
	}
	return y
}

// dense has every convolution read all before it. n.N: layers, channels of each,
// and whether the activation comes before the convolution.
func (c *chain) dense(x *gorgonia.Node, n Node) *gorgonia.Node {
	for i := range n.N[0] {
		from := x
		if n.N[2] == 1 {
			from = c.act(x, n.Act)
		}
		y := c.conv([]string{"a", "b", "c"}[i], from, n.N[1], 3, 1)
		if n.N[2] == 0 {
			y = c.act(y, n.Act)
		}
		if c.err != nil {
			return nil
		}
		x = c.do(ops.Concat(x, y))
	}
	return x
}

// zerosBefore is zeros around the activated x and what reads them. n: the zeros,
// what reads them, its stride and padding, and channels.
func (c *chain) zerosBefore(x *gorgonia.Node, n []int, act string) *gorgonia.Node {
	y := c.do(ops.ZeroPad2D(c.act(x, act), [2]int{n[0], n[1]}, [2]int{n[2], n[3]}))
	if c.err != nil {
		return nil
	}
	stride, padding := [2]int{n[5], n[5]}, [2]int{n[6], n[6]}
	switch n[4] {
	case 0:
		return c.do(ops.MaxPool2D(y, ops.MaxPool2DConfig{Kernel: [2]int{3, 3}, Stride: stride, Padding: padding}))
	case 1:
		return c.do(ops.AvgPool2D(y, ops.AvgPool2DConfig{Kernel: [2]int{3, 3}, Stride: stride, Padding: padding, ExcludePad: n[7] == 1}))
	}
	w := c.param("weight", n[7], y.Shape()[1], 3, 3)
	if c.err != nil {
		return nil
	}
	return c.do(ops.Conv2D(y, w, nil, ops.Conv2DConfig{Stride: stride, Padding: padding}))
}

// normedTwice is the convolutions of two values with one weight, each with a norm
// of its own, made comparable by their means.
func (c *chain) normedTwice(in gorgonia.Nodes, n Node) *gorgonia.Node {
	channels, k := in[0].Shape()[1], n.N[0]
	w := c.param("weight", channels, channels, k, k)
	var first *gorgonia.Node
	var means gorgonia.Nodes
	for i, x := range in {
		if c.err != nil {
			return nil
		}
		y := c.do(ops.Conv2D(x, w, nil, ops.Conv2DConfig{Padding: [2]int{k / 2, k / 2}}))
		y = c.act(c.norm([]string{"norm1", "norm2"}[i], y), n.Act)
		if c.err != nil {
			return nil
		}
		if i == 0 {
			first = y
		}
		means = append(means, c.do(ops.GlobalAvgPool2D(y)))
	}
	if c.err != nil {
		return nil
	}
	return c.do(ops.ScaleChannels(first, c.do(ops.Add(means...))))
}

func (c *chain) norm(name string, x *gorgonia.Node) *gorgonia.Node {
	if c.err != nil {
		return nil
	}
	return c.do(c.p.s.In(c.p.name).Build(name, blocks.BatchNorm{}, x))
}
