package ops

import (
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"github.com/stheno-ml/stheno/internal/paritytest"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// TestParityOps compares every operation of the reference files but maxout,
// which is an activation and compared there.
func TestParityOps(t *testing.T) {
	for _, f := range paritytest.LoadOps(t) {
		for _, c := range f.Cases {
			if c.Case.Op == "maxout" {
				continue
			}
			t.Run(f.File+"/"+c.Name+"/float64", func(t *testing.T) { checkCase[float64](t, c, paritytest.Exact64) })
			t.Run(f.File+"/"+c.Name+"/float32", func(t *testing.T) { checkCase[float32](t, c, paritytest.Loose32(0)) })
		}
	}
}

// parity is how to run one case: the shapes of its tensors by name, in the
// order in which build takes them, and the shape of the statistics.
type parity struct {
	inputs []named
	build  optest.Build
	// after holds further results that the references know.
	after map[string]optest.Build
	// left are the inputs that the run itself must have left as the
	// references say.
	left map[string]int
}

type named struct {
	name  string
	shape []int
	fixed bool
}

func checkCase[T kernel.Float](t *testing.T, c paritytest.OpCase, tol paritytest.Tolerance) {
	p, err := parityOf(c.Case)
	if err != nil {
		t.Fatal(err)
	}
	inputs := make([]optest.Input, len(p.inputs))
	for i, in := range p.inputs {
		if in.name == "labels" {
			inputs[i] = optest.Labels("labels", paritytest.Labels(c.Case.N, c.Case.C)...)
			continue
		}
		data, err := c.Fill(in.name, tensor.Shape(in.shape).TotalSize())
		if err != nil {
			t.Fatal(err)
		}
		inputs[i] = optest.Input{Name: in.name, Shape: in.shape, Data: data, Fixed: in.fixed}
	}
	dy, err := c.Fill("dy", tensor.Shape(c.Float64.YShape).TotalSize())
	if err != nil {
		t.Fatal(err)
	}
	r, err := optest.Run[T](p.build, dy, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	if err := paritytest.CheckShape(r.Shape, c.Float64.YShape); err != nil {
		t.Error(err)
	}
	got := map[string][]T{"y": r.Y}
	for i, in := range inputs {
		if !in.Fixed {
			got["d"+in.Name] = r.Grads[i]
		}
	}
	for name, build := range p.after {
		r, err := optest.Forward[T](build, inputs...)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = r.Y
	}
	for name, i := range p.left {
		got[name] = r.Inputs[i]
	}
	for name := range got {
		if _, ok := c.Float64.Briefs[name]; !ok {
			t.Errorf("the case has no %s", name)
		}
	}
	for name, want := range c.Float64.Briefs {
		values, ok := got[name]
		if !ok {
			t.Errorf("%s: nothing to compare with", name)
			continue
		}
		if err := paritytest.Check(values, want, tol); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bias is in[2], or nil where the case has none.
func bias(in []*gorgonia.Node) *gorgonia.Node {
	if len(in) > 2 {
		return in[2]
	}
	return nil
}

func parityOf(o paritytest.Op) (p parity, err error) {
	image := named{name: "x", shape: []int{o.N, o.C, o.H, o.W}}
	if o.H == 0 {
		image.shape = image.shape[:2]
	}
	out := o.OutChannels()
	learned := func(weight ...int) {
		p.inputs = []named{image, {name: "weight", shape: weight}}
		if o.Bias {
			p.inputs = append(p.inputs, named{name: "bias", shape: []int{out}})
		}
	}
	perChannel := func(name string, fixed bool) named { return named{name, []int{o.C}, fixed} }
	p.inputs = []named{image}
	switch o.Op {
	case "conv2d":
		learned(out, o.C/o.Groups, o.Kernel[0], o.Kernel[1])
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return Conv2D(in[0], in[1], bias(in), Conv2DConfig{Stride: o.Stride, Padding: o.Pad, Dilation: o.Dilation, Groups: o.Groups})
		}
	case "conv_transpose2d":
		learned(o.C, out/o.Groups, o.Kernel[0], o.Kernel[1])
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return ConvTranspose2D(in[0], in[1], bias(in), ConvTranspose2DConfig{
				Stride: o.Stride, Padding: o.Pad, OutputPadding: o.OutputPad, Dilation: o.Dilation, Groups: o.Groups})
		}
	case "linear":
		learned(out, o.C)
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return Linear(in[0], in[1], bias(in), LinearConfig{})
		}
	case "max_pool2d":
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return MaxPool2D(in[0], MaxPool2DConfig{Kernel: o.Kernel, Stride: o.Stride, Padding: o.Pad, Dilation: o.Dilation, CeilMode: o.CeilMode})
		}
	case "avg_pool2d":
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return AvgPool2D(in[0], AvgPool2DConfig{Kernel: o.Kernel, Stride: o.Stride, Padding: o.Pad, CeilMode: o.CeilMode, ExcludePad: !o.CountIncludePad})
		}
	case "adaptive_avg_pool2d":
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return AdaptiveAvgPool2D(in[0], [2]int(o.Out))
		}
	case "local_response_norm":
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return LocalResponseNorm(in[0], LocalResponseNormConfig{Size: o.Size, Alpha: o.Alpha, Beta: o.Beta, K: o.K})
		}
	case "cross_entropy":
		p.inputs = append(p.inputs, named{name: "labels", fixed: true})
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return CrossEntropy(in[0], in[1], CrossEntropyConfig{Smoothing: o.LabelSmoothing})
		}
	case "batch_norm_train", "batch_norm_eval":
		p.inputs = []named{image, perChannel("weight", false), perChannel("bias", false), perChannel("running_mean", true), perChannel("running_var", true)}
		cfg := BatchNormConfig{Eps: o.Eps}
		if o.Op == "batch_norm_eval" {
			p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
				return BatchNormInference(in[0], BatchNormNodes{in[1], in[2], in[3], in[4]}, cfg)
			}
			p.left = map[string]int{"running_mean_after": 3, "running_var_after": 4}
			break
		}
		p.build = func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			y, _, _, err := BatchNormTraining(in[0], in[1], in[2], cfg)
			return y, err
		}
		p.after = map[string]optest.Build{
			"running_mean_after": func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
				_, mean, _, err := BatchNormTraining(in[0], in[1], in[2], cfg)
				if err != nil {
					return nil, err
				}
				return BatchNormRunning(in[3], mean, o.Momentum, 1)
			},
			"running_var_after": func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
				_, _, variance, err := BatchNormTraining(in[0], in[1], in[2], cfg)
				if err != nil {
					return nil, err
				}
				count := float64(tensor.Shape(image.shape).TotalSize() / o.C)
				return BatchNormRunning(in[4], variance, o.Momentum, count/(count-1))
			},
		}
	default:
		return p, errors.Errorf("operation %q is unknown", o.Op)
	}
	return p, nil
}
