package channelslast

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Separable makes a depthwise convolution and the 1×1 convolutions around it
// one operation, which does them band by band (kernel.PixelSeparable). last is
// the 1×1 convolution after the depthwise one. The one before it belongs to it
// where there is one; all are results of Conv. Only what single says may go: it
// is asked for the values between, which nobody else may read.
//
// Where last is something else, or bands do not pay, ok is false.
func Separable(last Image, single func(*gorgonia.Node) bool) (y Image, ok bool, err error) {
	return inBands(last, single, kernel.PixelSeparable.Pays)
}

func inBands(last Image, single func(*gorgonia.Node) bool, pays func(kernel.PixelSeparable) bool) (y Image, ok bool, err error) {
	project, in := convolution(last.Node)
	if project == nil || !single(in[0]) {
		return Image{}, false, nil
	}
	rest := in[1:]
	deep, in := convolution(in[0])
	if deep == nil || deep.cfg.Algorithm != "depthwise" || deep.sum || project.cfg.Algorithm != "direct" {
		return Image{}, false, nil
	}
	o := separable{result: project.result, depthwise: *deep, project: *project}
	o.c.Depthwise, o.c.Project = deep.cfg.Conv, project.cfg.Conv
	inputs := append(in[1:len(in):len(in)], rest...)
	if expand, first := convolution(in[0]); expand != nil && expand.cfg.Algorithm == "direct" && !expand.sum && single(in[0]) {
		whole := o
		whole.expand, whole.c.Expand = expand, expand.cfg.Conv
		if whole.c.Fits() {
			o, in, inputs = whole, first, append(first[1:len(first):len(first)], inputs...)
		}
	}
	if !o.c.Fits() || !pays(o.c) {
		return Image{}, false, nil
	}
	y, err = apply(o, append(gorgonia.Nodes{in[0]}, inputs...)...)
	return y, true, err
}

// convolution is the operation of a node that Conv made, and its inputs.
func convolution(n *gorgonia.Node) (*conv, gorgonia.Nodes) {
	if made := op.Of(n); made != nil {
		if o, ok := made.Operation().(conv); ok {
			return &o, made.Inputs()
		}
	}
	return nil, nil
}

// separable is the operation on x, then of each convolution the prepared weight
// and perhaps the bias, then perhaps the sum.
type separable struct {
	result
	c                  kernel.PixelSeparable
	expand             *conv // or nil
	depthwise, project conv
}

var (
	_ op.Costed = separable{}
	_ op.Teller = separable{}
)

func (separable) Name() string { return "channels_last_separable" }
func (o separable) Attributes() string {
	var parts []string
	for _, c := range o.convolutions() {
		parts = append(parts, "("+c.Attributes()+")")
	}
	return fmt.Sprintf("%s %s", o.result, strings.Join(parts, " "))
}
func (o separable) restrided(stride int) operation { o.stride = stride; return o }

// Algorithm says how it is done.
func (separable) Algorithm() string { return "bands" }

// Expands reports whether a 1×1 convolution comes first.
func (o separable) Expands() bool { return o.expand != nil }

// convolutions lists them in their order.
func (o separable) convolutions() []conv {
	if o.expand == nil {
		return []conv{o.depthwise, o.project}
	}
	return []conv{*o.expand, o.depthwise, o.project}
}

func (o separable) Float32(a op.Args[float32]) error {
	next := 1
	stage := func(c *conv) kernel.PixelStage {
		s := kernel.PixelStage{Prepared: a.In[next], Act: c.act}
		next++
		if c.bias {
			s.Bias = a.In[next]
			next++
		}
		return s
	}
	var expand kernel.PixelStage
	if o.expand != nil {
		expand = stage(o.expand)
	}
	depthwise := stage(&o.depthwise)
	project := stage(&o.project)
	var add kernel.Pixels
	if o.project.sum {
		add = in(a, next)
	}
	o.c.Run(in(a, 0), expand, depthwise, project, add, out(a))
	return nil
}

func (o separable) MACs(in []tensor.Shape, out tensor.Shape) int64 {
	var sum int64
	for _, c := range o.convolutions() {
		sum += c.MACs(in, out)
	}
	return sum
}

// Tell is that of the convolutions.
func (o separable) Tell() op.Told {
	var settings []string
	for _, c := range o.convolutions() {
		settings = append(settings, "("+c.Tell().Settings+")")
	}
	return op.Told{Name: "separable_conv2d", Type: "channelslast.separable", Settings: strings.Join(settings, " ")}
}
