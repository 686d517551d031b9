package ops

import (
	"fmt"
	"math"
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Act is an activation function that another operation computes in its last
// pass over its result, which saves a pass through memory in each direction.
// nil is none. The constants ReLU, Tanh and so on and the types LeakyReLU, ELU
// and CELU, written as ops.LeakyReLU(0.1), are all there are: the interface is
// sealed. Their formulas are in package activations.
//
// Conv2D, ConvTranspose2D and Linear keep only their result and take those
// whose derivative follows from it: ReLU, ReLU6, HardTanh, Sigmoid, Tanh, SELU,
// LeakyReLU of a positive slope, ELU and CELU of a positive alpha. The other
// operations take any.
type Act interface {
	// String is the name with the setting, as activations.Lookup reads it:
	// "relu", "leaky_relu:0.1".
	String() string
	// FromOutput reports whether the derivative follows from the result y as
	// exactly as from the argument, so that a network need not keep that.
	FromOutput() bool

	kernel() kernel.Act
}

// plain is an activation without a setting, under its name.
type plain string

// The activations without a setting, each an Act.
const (
	ReLU        plain = "relu"
	SELU        plain = "selu"
	GELU        plain = "gelu"
	GELUTanh    plain = "gelu_tanh"
	SiLU        plain = "silu"
	Mish        plain = "mish"
	Softplus    plain = "softplus"
	Softsign    plain = "softsign"
	Sigmoid     plain = "sigmoid"
	Tanh        plain = "tanh"
	HardSigmoid plain = "hard_sigmoid"
	HardSwish   plain = "hard_swish"
	HardTanh    plain = "hard_tanh"
	ReLU6       plain = "relu6"
	LogSigmoid  plain = "log_sigmoid"
)

// LeakyReLU is x for x > 0, else slope·x; its value is the slope, finite.
type LeakyReLU float64

// ELU is x for x > 0, else alpha·(eˣ - 1); its value is alpha, 0 or more.
type ELU float64

// CELU is x for x > 0, else alpha·(e^(x/alpha) - 1); its value is alpha, more
// than 0.
type CELU float64

var plainKinds = map[plain]kernel.ActKind{
	ReLU: kernel.ActReLU, SELU: kernel.ActSELU, GELU: kernel.ActGELU, GELUTanh: kernel.ActGELUTanh,
	SiLU: kernel.ActSiLU, Mish: kernel.ActMish, Softplus: kernel.ActSoftplus, Softsign: kernel.ActSoftsign,
	Sigmoid: kernel.ActSigmoid, Tanh: kernel.ActTanh, HardSigmoid: kernel.ActHardSigmoid,
	HardSwish: kernel.ActHardSwish, HardTanh: kernel.ActHardTanh, ReLU6: kernel.ActReLU6, LogSigmoid: kernel.ActLogSigmoid,
}

// String is the name.
func (a plain) String() string { return string(a) }

// String is "leaky_relu:" and the slope.
func (a LeakyReLU) String() string { return "leaky_relu:" + number(float64(a)) }

// String is "elu:" and alpha.
func (a ELU) String() string { return "elu:" + number(float64(a)) }

// String is "celu:" and alpha.
func (a CELU) String() string { return "celu:" + number(float64(a)) }

// FromOutput is true for ReLU, ReLU6, HardTanh, Sigmoid and Tanh.
func (a plain) FromOutput() bool { return a.kernel().FromOutput() }

// FromOutput is true for a positive slope.
func (a LeakyReLU) FromOutput() bool { return a.kernel().FromOutput() }

// FromOutput is false: eˣ drowns in eˣ - 1 where x is very negative.
func (ELU) FromOutput() bool { return false }

// FromOutput is false, as ELU's.
func (CELU) FromOutput() bool { return false }

func (a plain) kernel() kernel.Act     { return kernel.Act{Kind: plainKinds[a]} }
func (a LeakyReLU) kernel() kernel.Act { return kernel.Act{Kind: kernel.ActLeakyReLU, A: float64(a)} }
func (a ELU) kernel() kernel.Act       { return kernel.Act{Kind: kernel.ActELU, A: float64(a)} }
func (a CELU) kernel() kernel.Act      { return kernel.Act{Kind: kernel.ActCELU, A: float64(a)} }

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// resolve turns an activation into the kernel's and refuses what can't be
// computed. Its type switch keeps out types that embed the interface.
func resolve(op string, a Act) (kernel.Act, error) {
	if op != "" {
		op += ": "
	}
	var fault string
	switch a := a.(type) {
	case nil:
		return kernel.Act{}, nil
	case plain:
		if _, ok := plainKinds[a]; !ok {
			return kernel.Act{}, errors.Errorf("%sunknown activation %q", op, string(a))
		}
	case LeakyReLU:
		fault = outside("leaky_relu: slope", float64(a), math.Inf(-1), "")
	case ELU:
		fault = outside("elu: alpha", float64(a), 0, "0 or more")
	case CELU:
		fault = outside("celu: alpha", float64(a), math.SmallestNonzeroFloat64, "more than 0")
	default:
		return kernel.Act{}, errors.Errorf("%sactivation is a %T, want a value of package ops", op, a)
	}
	if fault != "" {
		return kernel.Act{}, errors.New(op + fault)
	}
	return a.kernel(), nil
}

// outside says what is wrong with a setting, nothing where it is finite and at
// least so much.
func outside(what string, v, least float64, want string) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		want = "a finite number"
	case v >= least:
		return ""
	}
	return fmt.Sprintf("%s is %s, want %s", what, number(v), want)
}

// CheckAct says what is wrong with an activation's setting, nil if nothing is:
// "elu: alpha is -1, want 0 or more".
func CheckAct(a Act) error {
	_, err := resolve("", a)
	return err
}

// resolveFused is resolve for operations that keep only their result: it
// refuses activations whose derivative does not follow from that.
func resolveFused(op string, a Act) (kernel.Act, error) {
	k, err := resolve(op, a)
	if err != nil || a == nil || k.FromOutput() {
		return k, err
	}
	switch k.Kind {
	case kernel.ActELU, kernel.ActCELU:
		if k.A > 0 {
			// 1 + y loses the last digits of a derivative near zero. That
			// is rounding noise against the derivative's range of [0, 1].
			return k, nil
		}
	case kernel.ActSELU:
		return k, nil
	}
	return k, errors.Errorf("%s: fused %v is not supported: its derivative needs the argument, apply it with Activate", op, a)
}

// writeAct is an activation as an attribute, by the name that Act's String has.
func writeAct(a kernel.Act) string {
	name := fmt.Sprint(a.Kind)
	switch a.Kind {
	case kernel.ActIdentity:
		if a == (kernel.Act{}) {
			return ""
		}
	case kernel.ActLeakyReLU:
		return " act=" + LeakyReLU(a.A).String()
	case kernel.ActELU:
		return " act=" + ELU(a.A).String()
	case kernel.ActCELU:
		return " act=" + CELU(a.A).String()
	}
	for p, k := range plainKinds {
		if k == a.Kind {
			name = string(p)
		}
	}
	return " act=" + name
}

// beforeAct turns the gradient of y = act(z) into that of z.
func beforeAct(a kernel.Act, y, dy *gorgonia.Node) (*gorgonia.Node, error) {
	if a.Kind == kernel.ActIdentity {
		return dy, nil
	}
	return op.Apply(actGrad{a}, y, dy)
}

// actGrad computes dz = dy * act'(z) for y = act(z), from y and dy.
type actGrad struct{ act kernel.Act }

func (actGrad) Name() string         { return "fused_act_grad" }
func (o actGrad) Attributes() string { return writeAct(o.act) }
func (o actGrad) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return sameShapes(o.Name(), in)
}
func (o actGrad) Float32(a op.Args[float32]) error { return actBackward(o.act, a) }
func (o actGrad) Float64(a op.Args[float64]) error { return actBackward(o.act, a) }
func (actGrad) Overwrites() []int                  { return []int{1} }

func actBackward[T kernel.Float](act kernel.Act, a op.Args[T]) error {
	kernel.ActBackwardFromOutput(act, a.In[0], a.In[1], a.Out)
	return nil
}
