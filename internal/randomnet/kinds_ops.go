package randomnet

import (
	"slices"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// on draws a node on one image and settings of its own.
func on(settings func(d *drawer, s tensor.Shape) (Node, bool)) func(d *drawer) (Node, bool) {
	return func(d *drawer) (Node, bool) {
		x, ok := d.image()
		if !ok {
			return Node{}, false
		}
		n, ok := settings(d, d.shapes[x])
		n.In = append([]int{x}, n.In...)
		return n, ok
	}
}

// unary is an operation on one node without settings.
func unary(weight int, apply func(x *gorgonia.Node) (*gorgonia.Node, error)) kind {
	return kind{
		weight: weight,
		draw:   func(d *drawer) (Node, bool) { return Node{In: []int{d.value()}}, true },
		build: func(_ place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return apply(in[0])
		},
	}
}

// binary is an operation on two nodes of one shape.
func binary(weight int, apply func(x, y *gorgonia.Node) (*gorgonia.Node, error)) kind {
	return kind{
		weight: weight,
		draw:   func(d *drawer) (Node, bool) { return Node{In: d.alike(2)}, true },
		build: func(_ place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return apply(in[0], in[1])
		},
	}
}

func init() {
	kinds["add"] = kind{
		weight: 20,
		many:   true,
		draw:   func(d *drawer) (Node, bool) { return Node{In: d.alike(2 + d.r.IntN(5))}, true },
		build: func(_ place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.Add(in...)
		},
	}
	kinds["add_act"] = kind{
		weight: 5,
		draw:   func(d *drawer) (Node, bool) { return Node{In: d.alike(2), Act: d.fusedAct()}, true },
		build: func(_ place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			a, err := fused(n.Act)
			if err != nil {
				return nil, err
			}
			return ops.AddAct(in[0], in[1], a)
		},
	}
	kinds["scale"] = kind{
		weight: 3,
		draw:   func(d *drawer) (Node, bool) { return Node{In: []int{d.value()}}, true },
		build: func(p place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			w, err := p.param("weight", in[0].Shape()...)
			if err != nil {
				return nil, err
			}
			return ops.Mul(in[0], w)
		},
	}
	kinds["mul"] = binary(5, ops.Mul)
	kinds["flatten"] = unary(2, ops.Flatten)
	kinds["softmax"] = unary(2, ops.Softmax)
	kinds["log_softmax"] = unary(1, ops.LogSoftmax)
	kinds["global_avg_pool2d"] = unary(2, ops.GlobalAvgPool2D)
	kinds["reshape"] = kind{
		weight: 6,
		draw: func(d *drawer) (Node, bool) {
			x := d.value()
			return Node{In: []int{x}, N: d.reshaped(d.shapes[x])}, true
		},
		build: func(_ place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.Reshape(in[0], n.N...)
		},
	}
	kinds["concat"] = kind{
		weight: 8,
		many:   true,
		draw: func(d *drawer) (Node, bool) {
			in := d.stackable(2 + d.r.IntN(3))
			return Node{In: in}, in != nil
		},
		build: func(_ place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.Concat(in...)
		},
	}
	kinds["slice_channels"] = kind{
		weight: 6,
		draw: func(d *drawer) (Node, bool) {
			x := d.value()
			c := d.shapes[x][1]
			from := d.r.IntN(c)
			return Node{In: []int{x}, N: []int{from, from + 1 + d.r.IntN(c-from)}}, true
		},
		build: func(_ place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.SliceChannels(in[0], n.N[0], n.N[1])
		},
	}
	kinds["pad_channels"] = kind{
		weight: 3,
		draw: on(func(d *drawer, _ tensor.Shape) (Node, bool) {
			return Node{N: []int{d.r.IntN(3), d.r.IntN(3)}}, true
		}),
		build: func(_ place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.PadChannels(in[0], n.N[0], n.N[1])
		},
	}
	kinds["subsample"] = kind{
		weight: 2,
		draw: on(func(d *drawer, _ tensor.Shape) (Node, bool) {
			return Node{N: []int{1 + d.r.IntN(2)}}, true
		}),
		build: func(_ place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.Subsample(in[0], [2]int{n.N[0], n.N[0]})
		},
	}
	kinds["scale_channels"] = kind{
		weight: 4,
		draw: on(func(d *drawer, s tensor.Shape) (Node, bool) {
			w := d.find(func(t tensor.Shape) bool { return slices.Equal(t, s[:2]) })
			return Node{In: []int{w}}, w >= 0
		}),
		build: func(_ place, _ Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			return ops.ScaleChannels(in[0], in[1])
		},
	}
	kinds["dropout"] = kind{
		weight: 3,
		draw: func(d *drawer) (Node, bool) {
			return Node{In: []int{d.value()}, F: []float64{0.1 + 0.6*d.r.Float64()}}, true
		},
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			if s := p.s.In(p.name); s.Dropout() {
				return ops.Dropout(in[0], ops.DropoutConfig{P: n.F[0], Seed: s.Seed()})
			}
			return in[0], nil
		},
	}
	// A weight that several convolutions read, with the activation inside.
	kinds["conv2d_twice"] = kind{
		weight: 5,
		draw: on(func(d *drawer, s tensor.Shape) (Node, bool) {
			n := Node{N: []int{1 + 2*d.r.IntN(2)}, Act: d.fusedAct()}
			if d.r.IntN(2) == 0 {
				n.Act = ""
			}
			y := d.find(func(t tensor.Shape) bool { return len(t) == 4 && t[1] == s[1] })
			n.In = []int{y}
			return n, y >= 0
		}),
		build: buildTwice,
	}
	kinds["linear"] = kind{
		weight: 4,
		draw: func(d *drawer) (Node, bool) {
			x := d.find(func(s tensor.Shape) bool { return len(s) == 2 })
			return Node{In: []int{x}, N: []int{1 + d.r.IntN(5)}}, x >= 0
		},
		build: func(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
			w, err := p.param("weight", n.N[0], in[0].Shape()[1])
			if err != nil {
				return nil, err
			}
			return ops.Linear(in[0], w, nil, ops.LinearConfig{})
		},
	}
}

// buildTwice is conv(x) and conv(y) by one weight, cut to one size and added.
func buildTwice(p place, n Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	c, k := in[0].Shape()[1], n.N[0]
	w, err := p.param("weight", c, c, k, k)
	if err != nil {
		return nil, err
	}
	cfg := ops.Conv2DConfig{Padding: [2]int{k / 2, k / 2}}
	if n.Act != "" {
		if a, err := fused(n.Act); err == nil && a != nil && a.FromOutput() {
			cfg.Act = a
		}
	}
	out := make(gorgonia.Nodes, 2)
	for i := range out {
		if out[i], err = ops.Conv2D(in[i], w, nil, cfg); err != nil {
			return nil, err
		}
	}
	if out[0].Shape().Eq(out[1].Shape()) {
		return ops.Add(out[0], out[1], out[0])
	}
	s, err := ops.GlobalAvgPool2D(out[1])
	if err != nil {
		return nil, err
	}
	return ops.ScaleChannels(out[0], s)
}
