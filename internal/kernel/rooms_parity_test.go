package kernel

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/paritytest"
)

// parityActs maps the references' names of activations to ours.
var parityActs = map[string]Act{
	"relu":           {Kind: ActReLU},
	"leaky_relu":     {Kind: ActLeakyReLU, A: 0.01},
	"leaky_relu_0.2": {Kind: ActLeakyReLU, A: 0.2},
	"elu":            {Kind: ActELU, A: 1},
	"elu_0.5":        {Kind: ActELU, A: 0.5},
	"selu":           {Kind: ActSELU},
	"celu_1.5":       {Kind: ActCELU, A: 1.5},
	"gelu":           {Kind: ActGELU},
	"gelu_tanh":      {Kind: ActGELUTanh},
	"silu":           {Kind: ActSiLU},
	"mish":           {Kind: ActMish},
	"softplus":       {Kind: ActSoftplus},
	"sigmoid":        {Kind: ActSigmoid},
	"tanh":           {Kind: ActTanh},
	"hardswish":      {Kind: ActHardSwish},
	"hardsigmoid":    {Kind: ActHardSigmoid},
	"relu6":          {Kind: ActReLU6},
	"hardtanh":       {Kind: ActHardTanh},
	"softsign":       {Kind: ActSoftsign},
	"log_sigmoid":    {Kind: ActLogSigmoid},
}

func TestActivationsMatchReference(t *testing.T) {
	for _, file := range paritytest.LoadOps(t) {
		for name, want := range file.Activations {
			a, ok := parityActs[name]
			if !ok {
				continue
			}
			t.Run(name, func(t *testing.T) {
				testActParity[float64](t, a, file.ActivationGrid, want, paritytest.Exact64)
				// A slope like y·(1-y) near y = 1 has no relative accuracy in
				// single precision.
				loose := paritytest.Loose32(0)
				loose.Zero = 1e-2
				testActParity[float32](t, a, file.ActivationGrid, want, loose)
			})
		}
	}
}

func testActParity[T Float](t *testing.T, a Act, grid []float64, want paritytest.Activation, tol paritytest.Tolerance) {
	t.Helper()
	x := paritytest.Convert[T](grid)
	y, dx, ones := make([]T, len(x)), make([]T, len(x)), make([]T, len(x))
	fill(ones, 1)
	ActForward(a, x, y)
	if err := paritytest.CheckElements(y, want.Y, tol); err != nil {
		t.Errorf("%T forward: %v", x, err)
	}
	ActBackward(a, x, ones, dx)
	if err := paritytest.CheckElements(dx, want.DY, tol); err != nil {
		t.Errorf("%T backward: %v", x, err)
	}
	if a.FromOutput() {
		ActBackwardFromOutput(a, y, ones, dx)
		if err := paritytest.CheckElements(dx, want.DY, tol); err != nil {
			t.Errorf("%T backward from output: %v", x, err)
		}
	}
}

func TestOpsMatchReference(t *testing.T) {
	for _, file := range paritytest.LoadOps(t) {
		for _, c := range file.Cases {
			t.Run(c.Name, func(t *testing.T) {
				testOpParity[float64](t, c, paritytest.Exact64)
				testOpParity[float32](t, c, paritytest.Loose32(0))
			})
		}
	}
}

func testOpParity[T Float](t *testing.T, c paritytest.OpCase, tol paritytest.Tolerance) {
	t.Helper()
	o := c.Case
	n, ch, hw := o.N, o.C, max(o.H, 1)*max(o.W, 1)
	size := 1
	for _, d := range c.Float64.YShape {
		size *= d
	}
	tensor := func(name string, n int) []T {
		v, err := c.Fill(name, n)
		if err != nil {
			t.Fatal(err)
		}
		return paritytest.Convert[T](v)
	}
	inputs := n * ch * hw
	if o.Op == "maxout" {
		inputs *= o.Pieces
	}
	x, dy := tensor("x", inputs), tensor("dy", size)
	y, dx := make([]T, size), make([]T, inputs)
	got := map[string][]T{"y": y, "dx": dx}
	switch o.Op {
	case "max_pool2d", "avg_pool2d":
		p := Pool{N: n, C: ch, H: o.H, W: o.W, KH: o.Kernel[0], KW: o.Kernel[1],
			SH: o.Stride[0], SW: o.Stride[1], PH: o.Pad[0], PW: o.Pad[1], DH: o.Dilation[0], DW: o.Dilation[1],
			OH: c.Float64.YShape[2], OW: c.Float64.YShape[3], CountIncludePad: o.CountIncludePad}
		if o.Op == "max_pool2d" {
			MaxPoolForward(p, x, y)
			MaxPoolBackward(p, x, dy, dx)
		} else {
			AvgPoolForward(p, x, y)
			AvgPoolBackward(p, dy, dx)
		}
	case "adaptive_avg_pool2d":
		AdaptiveAvgPoolForward(n, ch, o.H, o.W, o.Out[0], o.Out[1], x, y)
		AdaptiveAvgPoolBackward(n, ch, o.H, o.W, o.Out[0], o.Out[1], dy, dx)
	case "maxout":
		MaxoutForward(n, ch, o.Pieces, hw, x, y)
		MaxoutBackward(n, ch, o.Pieces, hw, x, dy, dx)
	case "local_response_norm":
		LRNForward(n, ch, hw, o.Size, o.Alpha, o.Beta, o.K, x, y)
		LRNBackward(n, ch, hw, o.Size, o.Alpha, o.Beta, o.K, x, dy, dx)
	case "batch_norm_train", "batch_norm_eval":
		weight, bias := tensor("weight", ch), tensor("bias", ch)
		mean, variance := tensor("running_mean", ch), tensor("running_var", ch)
		train := o.Op == "batch_norm_train"
		if train {
			BatchNormStats(n, ch, hw, x, mean, variance)
		}
		dweight, dbias := make([]T, ch), make([]T, ch)
		BatchNormForward(n, ch, hw, x, mean, variance, weight, bias, o.Eps, Act{}, y)
		BatchNormBackwardReduce(n, ch, hw, x, mean, variance, weight, bias, dy, o.Eps, Act{}, dweight, dbias)
		BatchNormBackwardInput(n, ch, hw, x, mean, variance, weight, bias, dy, dweight, dbias, o.Eps, Act{}, train, dx)
		got["dweight"], got["dbias"] = dweight, dbias
	case "cross_entropy":
		labels := paritytest.Labels(n, ch)
		loss := make([]T, n)
		CrossEntropyForward(n, ch, x, labels, o.LabelSmoothing, loss)
		y[0] = T(sumRange(loss) / float64(n))
		CrossEntropyBackward(n, ch, x, labels, o.LabelSmoothing, T(1/float64(n)), dx)
	default:
		return // convolutions and linear layers are tested elsewhere
	}
	for name, want := range c.Float64.Briefs {
		if strings.HasPrefix(name, "running_") { // ops moves them, with sums of its own
			continue
		}
		if err := paritytest.Check(got[name], want, tol); err != nil {
			t.Errorf("%T %s: %v", x, name, err)
		}
	}
}
