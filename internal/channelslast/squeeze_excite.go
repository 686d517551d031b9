package channelslast

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// SqueezeExcite is ops.SqueezeExciteInference, but for cfg's Sum, which is an
// image here or none.
//
//	Input:  x (N, C, H, W), sum like x or none
//	Output: like x
func SqueezeExcite(x, sum Image, nodes ops.SqueezeExciteNodes, cfg ops.SqueezeExciteInferenceConfig) (Image, error) {
	o := squeezeExcite{bias1: nodes.Bias1 != nil, bias2: nodes.Bias2 != nil, sum: sum.Node != nil}
	name := o.Name()
	if err := x.check(name, "input"); err != nil {
		return Image{}, err
	}
	for _, a := range []struct {
		act  ops.Act
		goes *kernel.Act
	}{{cfg.Act, &o.act}, {cfg.Gate, &o.gate}, {cfg.Out, &o.out}} {
		var err error
		if *a.goes, err = ops.KernelAct(name, a.act); err != nil {
			return Image{}, err
		}
	}
	if nodes.Weight1 == nil || nodes.Weight2 == nil {
		return Image{}, errors.Errorf("%s: weight is nil", name)
	}
	w1, w2 := nodes.Weight1.Shape(), nodes.Weight2.Shape()
	if w1.Dims() < 2 || w2.Dims() < 2 || w1.TotalSize() != w1[0]*x.C || w2.TotalSize() != w1[0]*x.C || w2[0] != x.C {
		return Image{}, errors.Errorf("%s: weights have shapes %v and %v, want (H, %d) and (%d, H)", name, w1, w2, x.C, x.C)
	}
	o.hidden = w1[0]
	inputs := gorgonia.Nodes{x.Node, nodes.Weight1, nodes.Weight2}
	for _, b := range []struct {
		node *gorgonia.Node
		size int
	}{{nodes.Bias1, o.hidden}, {nodes.Bias2, x.C}} {
		if b.node == nil {
			continue
		}
		if err := wantVector(name, "bias", b.node, b.size); err != nil {
			return Image{}, err
		}
		inputs = append(inputs, b.node)
	}
	if o.sum {
		if err := checkAll(name, []Image{x, sum}); err != nil {
			return Image{}, err
		}
		inputs = append(inputs, sum.Node)
	}
	o.result, o.from = images(x.Shape()), x.Stride()
	return apply(o, inputs...)
}

// squeezeExcite is the operation on x, the weights, perhaps their biases,
// perhaps sum.
type squeezeExcite struct {
	result
	act, gate, out    kernel.Act
	bias1, bias2, sum bool
	hidden, from      int
}

var (
	_ op.Overwriter = squeezeExcite{}
	_ op.Costed     = squeezeExcite{}
)

func (squeezeExcite) Name() string { return "channels_last_squeeze_excite" }
func (o squeezeExcite) Attributes() string {
	return fmt.Sprintf("%s hidden=%d%s gate:%s out:%s bias=%t,%t sum=%t", o.result, o.hidden, writeAct(o.act), writeAct(o.gate), writeAct(o.out), o.bias1, o.bias2, o.sum)
}
func (o squeezeExcite) restrided(stride int) operation { o.stride = stride; return o }
func (o squeezeExcite) Overwrites() []int              { return overwrites(o.stride, o.from) }

func (o squeezeExcite) Float32(a op.Args[float32]) error {
	q := kernel.Squeeze[float32]{N: o.n, C: o.c, HW: o.h * o.w, Hidden: o.hidden, W1: a.In[1], W2: a.In[2], Act: o.act, Gate: o.gate, Out: o.out}
	next := 3
	if o.bias1 {
		q.B1 = a.In[next]
		next++
	}
	if o.bias2 {
		q.B2 = a.In[next]
		next++
	}
	var sum kernel.Pixels
	if o.sum {
		sum = in(a, next)
	}
	kernel.PixelSqueezeExcite(q, in(a, 0), sum, out(a))
	return nil
}

func (o squeezeExcite) MACs([]tensor.Shape, tensor.Shape) int64 {
	return 2 * int64(o.n) * int64(o.hidden) * int64(o.c)
}

// Tell is that of ops.SqueezeExciteInference.
func (o squeezeExcite) Tell() op.Told {
	settings := []string{fmt.Sprintf("hidden=%d", o.hidden)}
	for _, a := range []struct {
		name string
		act  kernel.Act
	}{{"act", o.act}, {"gate", o.gate}, {"out", o.out}} {
		if act := ops.ActOf(a.act); act != nil {
			settings = append(settings, a.name+"="+act.String())
		}
	}
	if o.sum {
		settings = append(settings, "sum=true")
	}
	return op.Told{Name: "squeeze_excite", Type: "ops.squeezeExcite", Settings: strings.Join(settings, " ")}
}
