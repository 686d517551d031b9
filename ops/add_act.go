package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// AddAct is y = act(x1 + x2), a residual connection and the activation after
// it in one pass. Any activation fits; without one it is Add.
//
//	Input:  x1 and x2 of one shape
//	Output: the same
//
// It returns an error for shapes that differ and a setting that the activation
// can't have.
//
// He et al. 2015, Deep Residual Learning for Image Recognition,
// arXiv 1512.03385, section 3.2.
func AddAct(x1, x2 *gorgonia.Node, act Act) (*gorgonia.Node, error) {
	if act == nil {
		return Add(x1, x2)
	}
	k, err := resolve(addAct{}.Name(), act)
	if err != nil {
		return nil, err
	}
	return op.Apply(addAct{k}, x1, x2)
}

type addAct struct{ act kernel.Act }

func (addAct) Name() string                                    { return "add_act" }
func (o addAct) Attributes() string                            { return writeAct(o.act) }
func (o addAct) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }
func (o addAct) Float32(a op.Args[float32]) error              { return addActForward(o, a) }
func (o addAct) Float64(a op.Args[float64]) error              { return addActForward(o, a) }
func (addAct) Overwrites() []int                               { return []int{0, 1} }

func addActForward[T kernel.Float](o addAct, a op.Args[T]) error {
	kernel.AddAct(o.act, a.In[0], a.In[1], a.Out)
	return nil
}

// Differentiate reads the result where it can, since that lives on as the next
// layer's input, and the terms where it must.
func (o addAct) Differentiate(in gorgonia.Nodes, out, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	var dz *gorgonia.Node
	var err error
	if o.act.FromOutput() {
		dz, err = beforeAct(o.act, out, grad)
	} else {
		dz, err = op.Apply(addActGrad(o), in[0], in[1], grad)
	}
	return gorgonia.Nodes{dz, dz}, err
}

// addActGrad computes dy * act'(x1 + x2) from x1, x2 and dy.
type addActGrad struct{ act kernel.Act }

func (addActGrad) Name() string                                    { return "add_act_grad" }
func (o addActGrad) Attributes() string                            { return writeAct(o.act) }
func (o addActGrad) Shape(in []tensor.Shape) (tensor.Shape, error) { return sameShapes(o.Name(), in) }
func (o addActGrad) Float32(a op.Args[float32]) error              { return addActBackward(o, a) }
func (o addActGrad) Float64(a op.Args[float64]) error              { return addActBackward(o, a) }
func (addActGrad) Overwrites() []int                               { return []int{2, 0, 1} }

func addActBackward[T kernel.Float](o addActGrad, a op.Args[T]) error {
	kernel.AddActBackward(o.act, a.In[0], a.In[1], a.In[2], a.Out)
	return nil
}
