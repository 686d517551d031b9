package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Act is an activation function fused into another operation's last pass over
// its result, which saves a pass through memory in each direction. The zero
// value is none. Values come from the method Kernel of package activations.
type Act = kernel.Act

// writeAct is an activation as an attribute.
func writeAct(a Act) string {
	if a == (Act{}) {
		return ""
	}
	return fmt.Sprintf(" act=%d(%g,%g)", a.Kind, a.A, a.B)
}

// fuse refuses activations whose derivative does not follow from their result:
// operations that keep only y can't differentiate them.
func fuse(op string, a Act) error {
	if a.FromOutput() {
		return nil
	}
	switch a.Kind {
	case kernel.ActELU, kernel.ActCELU:
		if a.A > 0 {
			// 1 + y loses the last digits of a derivative near zero. That
			// is rounding noise against the derivative's range of [0, 1].
			return nil
		}
	case kernel.ActSELU:
		return nil
	}
	name := fmt.Sprintf("activation %d", a.Kind)
	if int(a.Kind) < len(actNames) && actNames[a.Kind] != "" {
		name = actNames[a.Kind]
	}
	return errors.Errorf("%s: fused %s is not supported: apply it as an operation of its own", op, name)
}

// actNames holds the names of activations that fuse may refuse.
var actNames = [...]string{
	kernel.ActLeakyReLU:   "leaky_relu with a slope that is not positive",
	kernel.ActELU:         "elu with an alpha that is not positive",
	kernel.ActCELU:        "celu with an alpha that is not positive",
	kernel.ActGELU:        "gelu",
	kernel.ActGELUTanh:    "gelu_tanh",
	kernel.ActSiLU:        "silu",
	kernel.ActMish:        "mish",
	kernel.ActSoftplus:    "softplus",
	kernel.ActSoftsign:    "softsign",
	kernel.ActHardSigmoid: "hard_sigmoid",
	kernel.ActHardSwish:   "hard_swish",
	kernel.ActLogSigmoid:  "log_sigmoid",
	kernel.ActStep:        "step",
}

// beforeAct turns the gradient of y = act(z) into that of z.
func beforeAct(a Act, y, dy *gorgonia.Node) (*gorgonia.Node, error) {
	if a.Kind == kernel.ActIdentity {
		return dy, nil
	}
	return op.Apply(actGrad{a}, y, dy)
}

// actGrad computes dz = dy * act'(z) for y = act(z), from y and dy.
type actGrad struct{ act Act }

func (actGrad) Name() string         { return "fused_act_grad" }
func (o actGrad) Attributes() string { return writeAct(o.act) }
func (o actGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return sameShapes(o.Name(), in)
}
func (o actGrad) Float32(a op.Args[float32]) error { return actBackward(o.act, a) }
func (o actGrad) Float64(a op.Args[float64]) error { return actBackward(o.act, a) }
func (actGrad) Overwrites() []int                  { return []int{1} }

func actBackward[T kernel.Float](act Act, a op.Args[T]) error {
	kernel.ActBackwardFromOutput(act, a.In[0], a.In[1], a.Out)
	return nil
}
