package randomnet

import (
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"gorgonia.org/tensor"
)

// block draws a block for an input of that shape, others inside of it down to
// a depth.
func (d *drawer) block(s tensor.Shape, depth int) blocks.Block {
	if len(s) != 4 {
		return d.flat(depth)
	}
	c := s[1]
	out := []int{c, c, 2 * c, 1 + d.r.IntN(6)}[d.r.IntN(4)]
	switch d.r.IntN(20) {
	case 0:
		return blocks.Residual{Out: out, Stride: 1 + d.r.IntN(2), Act: d.maybe(), Norm: d.norm(), Shortcut: d.shortcut(),
			PreActivation: d.coin()}
	case 1:
		return blocks.Bottleneck{Out: out, Width: 1 + d.r.IntN(3), Stride: 1 + d.r.IntN(2), Act: d.maybe(), Norm: d.norm(),
			Shortcut: d.shortcut(), PreActivation: d.coin()}
	case 2:
		return blocks.DenseBlock{Growth: 1 + d.r.IntN(3), Layers: 1 + d.r.IntN(3), Width: d.r.IntN(3) - 1, Act: d.maybe(), Norm: d.norm(),
			Dropout: 0.3 * float64(d.r.IntN(2))}
	case 3:
		return blocks.Transition{Act: d.maybe(), Norm: d.norm()}
	case 4:
		return blocks.Inception{Out1: 1, Reduce3: 2, Out3: 1 + d.r.IntN(2), Reduce5: 1, Out5: 2, OutPool: 1, Norm: d.norm(), Act: d.maybe()}
	case 5:
		return blocks.AuxHead{Classes: d.classes, Pool: blocks.AdaptiveAvgPool2D{Out: 1 + d.r.IntN(2)}, Channels: 2, Features: 3,
			Norm: d.norm(), Act: d.maybe(), Dropout: []float64{0, -1, 0.4}[d.r.IntN(3)]}
	case 6:
		return blocks.UpsampleConv{Out: out, Scale: 1 + d.r.IntN(2), Norm: d.norm(), Act: d.maybe()}
	case 7:
		return blocks.MaxPool2D{Kernel: 1 + d.r.IntN(3), Stride: 1 + d.r.IntN(2), CeilMode: d.coin()}
	case 8:
		return blocks.AvgPool2D{Kernel: 1 + d.r.IntN(3), Stride: 1 + d.r.IntN(2), CeilMode: d.coin(), ExcludePad: d.coin()}
	case 9:
		return blocks.MaxPool2D{Kernel: 3, Stride: 1, Padding: blocks.Same}
	case 10:
		return blocks.Conv2D{Out: out, KernelHW: [2]int{1 + d.r.IntN(3), 1 + d.r.IntN(5)}, PaddingHW: [2]int{d.r.IntN(3), d.r.IntN(3)},
			StrideHW: [2]int{1 + d.r.IntN(2), 1 + d.r.IntN(2)}, Dilation: 1 + d.r.IntN(2), NoBias: d.coin()}
	case 11:
		return blocks.ConvNorm{Out: out, Kernel: 1 + d.r.IntN(3), Stride: 1 + d.r.IntN(2), Padding: d.r.IntN(2), Norm: d.norm(), Act: d.maybe(), Bias: d.coin()}
	case 12:
		return blocks.ConvTranspose2D{Out: out, Kernel: 1 + d.r.IntN(3), Stride: 1 + d.r.IntN(2), Padding: d.r.IntN(2)}
	case 13:
		return blocks.MaxoutConv{Out: out, Kernel: 3, Padding: 1}
	case 14:
		p := make(blocks.Parallel, 1+d.r.IntN(3))
		for i := range p {
			p[i] = d.same(s, depth-1)
		}
		return p
	}
	return d.same(s, depth)
}

// same draws a block that keeps the shape of images.
func (d *drawer) same(s tensor.Shape, depth int) blocks.Block {
	c := s[1]
	if depth > 0 {
		switch d.r.IntN(6) {
		case 0, 1:
			q := make(blocks.Sequence, d.r.IntN(4))
			for i := range q {
				q[i] = d.same(s, depth-1)
			}
			return q
		case 2, 3:
			sum := blocks.Sum{d.same(s, depth-1)}
			for range 1 + d.r.IntN(2) {
				sum = append(sum, d.same(s, depth-1))
			}
			return d.then(sum)
		}
	}
	switch d.r.IntN(13) {
	case 0:
		return blocks.Identity{}
	case 1:
		return blocks.BatchNorm{}
	case 2:
		return blocks.Dropout{P: 0.3}
	case 3:
		return blocks.LocalResponseNorm{Size: 3, Alpha: 0.1}
	case 4:
		return blocks.SqueezeExcite{Reduction: 2, Act: d.keeping()}
	case 5:
		return blocks.DepthwiseSeparable{Out: c, Act: d.keeping(), Norm: d.norm()}
	case 6:
		r := blocks.Residual{Out: c, Act: d.keeping(), Norm: d.norm(), PreActivation: d.coin()}
		if r.PreActivation {
			r.StochasticDepth = 0.4
		}
		return r
	case 7:
		return blocks.ConvNorm{Out: c, Kernel: 3, Padding: blocks.Same, Norm: d.norm(), Act: d.keeping()}
	case 8, 9:
		return blocks.Sequence{blocks.Conv2D{Out: c, Kernel: 3, Padding: 1}, blocks.Act{Func: orIdentity(d.keeping())}}
	case 10:
		return blocks.Conv2D{Out: c, Kernel: 3, Padding: 1, Groups: c}
	case 11:
		return blocks.InvertedResidual{Out: c, Expansion: 1 + d.r.IntN(2), Act: d.keeping(), Norm: d.norm()}
	}
	return blocks.Act{Func: orIdentity(d.keeping())}
}

// flat draws a block for (N, features).
func (d *drawer) flat(depth int) blocks.Block {
	linear := blocks.Linear{Out: 1 + d.r.IntN(6), NoBias: d.coin()}
	switch d.r.IntN(6) {
	case 0:
		return blocks.Sequence{blocks.Flatten{}, linear, blocks.Act{Func: orIdentity(d.keeping())}}
	case 1:
		return blocks.Sequence{blocks.Flatten{}, linear, blocks.BatchNorm{}, blocks.Act{Func: orIdentity(d.keeping())}}
	case 2:
		return blocks.Sequence{blocks.Flatten{}, blocks.MaxoutLinear{Out: 3}}
	case 3:
		if depth > 0 {
			return d.then(blocks.Sum{blocks.Sequence{blocks.Act{Func: orIdentity(d.keeping())}, blocks.Dropout{P: 0.4}}, blocks.Identity{}})
		}
	case 4:
		return blocks.Dropout{P: 0.5}
	}
	return linear
}

// then puts an activation behind a block, or nothing.
func (d *drawer) then(b blocks.Block) blocks.Block {
	if a := d.keeping(); a != nil {
		return blocks.Sequence{b, blocks.Act{Func: a}}
	}
	return b
}

func (d *drawer) coin() bool { return d.r.IntN(2) == 0 }

// maybe is an activation, or nil for the block's own.
func (d *drawer) maybe() activations.Activation {
	if d.r.IntN(3) == 0 {
		return nil
	}
	return Act(d.act())
}

// keeping is one that keeps the number of channels.
func (d *drawer) keeping() activations.Activation {
	for {
		if a := d.maybe(); a == nil || a.InputsPerOutput() == 1 {
			return a
		}
	}
}

func orIdentity(a activations.Activation) activations.Activation {
	if a == nil {
		return Act("identity")
	}
	return a
}

func (d *drawer) norm() blocks.Block {
	return []blocks.Block{nil, nil, blocks.Identity{}, blocks.LocalResponseNorm{Size: 3}}[d.r.IntN(4)]
}

func (d *drawer) shortcut() blocks.Shortcut { return blocks.Shortcut(d.r.IntN(4)) }
