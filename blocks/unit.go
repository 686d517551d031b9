package blocks

import (
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// unit is what residual units have in common: convolutions with norms and
// activations, and a shortcut past them.
type unit struct {
	convs    []Conv2D // the last one's Out is the unit's
	stride   int      // of the whole unit
	act      activations.Activation
	norm     Block
	zeroInit bool
	shortcut Shortcut
	preAct   bool
	init     graph.Init
	depth    float64 // probability that the branch is dropped
}

func (u unit) build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	out := u.convs[len(u.convs)-1].Out
	if out < 1 {
		return nil, errors.Errorf("residual unit: Out = %d, want the number of output channels", out)
	}
	if u.stride < 1 {
		return nil, errors.Errorf("residual unit: Stride = %d, want at least 1", u.stride)
	}
	if u.shortcut > NoShortcut {
		return nil, errors.Errorf("residual unit: Shortcut = %d, want Projection, IdentityPadding, ProjectionAlways or NoShortcut", uint8(u.shortcut))
	}
	if err := checkDepth(u.depth); err != nil {
		return nil, errors.WithMessage(err, "residual unit")
	}
	if u.depth > 0 && u.shortcut == NoShortcut {
		return nil, errors.New("residual unit: stochastic depth needs a shortcut, there is none")
	}
	if err := wantImages("residual unit", x.Shape()); err != nil {
		return nil, err
	}
	u.act = orReLU(u.act)
	if u.preAct {
		return u.buildPre(s, x, out)
	}
	return u.buildPost(s, x, out)
}

// buildPost is y = act(norm(conv(... act(norm(conv(x))))) + shortcut(x)).
func (u unit) buildPost(s *graph.Scope, x *gorgonia.Node, out int) (*gorgonia.Node, error) {
	var body []Named
	last := len(u.convs) - 1
	for i, c := range u.convs {
		c.Out = times(c.Out, pieces(u.act))
		body = append(body, Named{number("conv", i), u.conv(c)})
		body = appendNorm(body, number("bn", i), u.normOf(i == last))
		if i < last {
			body = appendAct(body, number("act", i), u.act)
		}
	}
	body = u.appendDepth(s, body)
	skip, err := u.skip(s, x, x, times(out, pieces(u.act)))
	if err != nil {
		return nil, err
	}
	switch {
	case skip == nil:
		return inOrder(s, x, appendAct(body, number("act", last), u.act))
	case u.act == (activations.Identity{}):
		return plus(s, x, body, skip)
	}
	y, err := plus(s, x, body, skip)
	if err != nil {
		return nil, err
	}
	return s.Build(number("act", last), Act{u.act}, y)
}

// buildPre is y = conv(act(norm(... conv(act(norm(x)))))) + shortcut. Where the
// shortcut is a projection it starts behind the first activation, as in the
// networks published with the paper.
func (u unit) buildPre(s *graph.Scope, x *gorgonia.Node, out int) (*gorgonia.Node, error) {
	before := appendAct(appendNorm(nil, number("bn", 0), u.norm), number("act", 0), u.act)
	pre, err := inOrder(s, x, before)
	if err != nil {
		return nil, err
	}
	var body []Named
	for i, c := range u.convs {
		if i > 0 {
			body = appendNorm(body, number("bn", i), u.norm)
			body = appendAct(body, number("act", i), u.act)
		}
		if i < len(u.convs)-1 {
			c.Out = times(c.Out, pieces(u.act))
		}
		body = append(body, Named{number("conv", i), u.conv(c)})
	}
	body = u.appendDepth(s, body)
	skip, err := u.skip(s, x, pre, out)
	if err != nil {
		return nil, err
	}
	return plus(s, pre, body, skip)
}

// skip builds the shortcut: from x, or from pre where it is a projection. There
// is none in a plain unit.
func (u unit) skip(s *graph.Scope, x, pre *gorgonia.Node, out int) (*gorgonia.Node, error) {
	switch {
	case u.shortcut == NoShortcut:
		return nil, nil
	case u.shortcut.identity(x, out, u.stride):
		return x, nil
	case u.shortcut == IdentityPadding:
		return s.Build("downsample", zeroPadding{out, u.stride}, x)
	}
	down := Sequence{u.conv(Conv2D{Out: out, Kernel: 1, Stride: u.stride})}
	if !u.preAct {
		for _, norm := range appendNorm(nil, "", u.norm) {
			down = append(down, norm.Block)
		}
	}
	return s.Build("downsample", down, pre)
}

// plus builds the body and adds what goes past it, if there is anything.
func plus(s *graph.Scope, x *gorgonia.Node, body []Named, skip *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := inOrder(s, x, body)
	if err != nil || skip == nil {
		return y, err
	}
	if !skip.Shape().Eq(y.Shape()) {
		return nil, errors.Errorf("sum of %v and %v: want equal shapes", y.Shape(), skip.Shape())
	}
	return ops.Add(y, skip)
}

// conv completes a convolution of the unit.
func (u unit) conv(c Conv2D) Conv2D {
	c.NoBias, c.Init = shifts(u.norm), u.init
	return c
}

// appendDepth ends the branch with stochastic depth in training. In inference there
// is nothing between the last convolution and the sum that it may take.
func (u unit) appendDepth(s *graph.Scope, body []Named) []Named {
	if u.depth == 0 || !s.Dropout() {
		return body
	}
	return append(body, Named{"stochastic_depth", StochasticDepth{P: u.depth}})
}

// normOf is the norm after a convolution; the last one's scale may start at 0.
func (u unit) normOf(last bool) Block {
	if b, ok := orBatchNorm(u.norm).(BatchNorm); ok && last && u.zeroInit {
		b.Init = graph.Zeros
		return b
	}
	return u.norm
}

// describe adds what is not the default to a unit's description.
func (u unit) describe(w words) string {
	if u.stride > 1 {
		w.add("stride %d", u.stride)
	}
	w.act(u.act, activations.ReLU{})
	w.norm(u.norm)
	if u.preAct {
		w.add("pre-activation")
	}
	if u.shortcut != Projection {
		w.add("%v", u.shortcut)
	}
	if u.depth != 0 {
		w.add("stochastic depth %.3g", u.depth)
	}
	return w.String()
}

// number names the i-th part of its kind: conv1, conv2.
func number(name string, i int) string { return name + strconv.Itoa(i+1) }
