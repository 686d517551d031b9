package graph

import (
	"context"
	"math"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// FirstNonFinite repeats the last run with every value kept and names the
// first place, in the order of execution, where a NaN or an infinity stands:
// a parameter ("parameter conv1.weight"), the batch ("input", "target"), or the layer
// whose operation made it ("layer2.0.bn1 (batch_norm)"). It returns "" when
// all values are finite. It needs the memory of a second, unshared program.
func (p *Program) FirstNonFinite(ctx context.Context) (string, error) {
	if err := p.hasRun(); err != nil {
		return "", err
	}
	if !finite(p.input) {
		return "input", nil
	}
	if p.target != nil && !finite(p.target) {
		return "target", nil
	}
	for _, q := range p.params.all() {
		if q.Learnable && !finite(q.Value) {
			return "parameter " + q.Name, nil
		}
	}
	cfg := p.cfg
	cfg.NoSharing = true
	twin, err := Build(p.net, p.params, cfg)
	if err != nil {
		return "", errors.Wrap(err, "looking for the first non-finite value")
	}
	defer twin.Close()
	if err := tensor.Copy(twin.input, p.input); err != nil {
		return "", errors.Wrap(err, "looking for the first non-finite value")
	}
	if p.target != nil {
		if err := tensor.Copy(twin.target, p.target); err != nil {
			return "", errors.Wrap(err, "looking for the first non-finite value")
		}
	}
	if err := twin.prepare(ctx); err != nil {
		return "", errors.WithMessage(err, "looking for the first non-finite value")
	}
	if err := twin.tape(ctx, p.step); err != nil { // under the same dropout masks
		return "", errors.WithMessage(err, "looking for the first non-finite value")
	}
	owner := twin.owners()
	for _, n := range twin.order {
		o := op.Of(n)
		if o == nil {
			continue
		}
		if v, ok := valueOf(n).(*tensor.Dense); ok && !finite(v) || !ok && isBad(scalarOf(n)) {
			place := "the loss"
			if own, ok := owner[n]; ok {
				place = own
			}
			return place + " (" + o.Operation().Name() + ")", nil
		}
	}
	return "", nil
}

func finite(t *tensor.Dense) bool {
	switch t.Dtype() {
	case tensor.Float32:
		for _, v := range t.Float32s() {
			if isBad(float64(v)) {
				return false
			}
		}
	case tensor.Float64:
		for _, v := range t.Float64s() {
			if isBad(v) {
				return false
			}
		}
	}
	return true
}

func isBad(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// OpTime is what one operation of the tape cost.
type OpTime struct {
	Layer     string        // path of the layer that it belongs to
	Op        string        // operation's name; gradients have names of their own
	Backward  bool          // made by differentiation
	Duration  time.Duration // per run
	MACs      int64         // multiply-additions per run, 0 where unknown
	Bytes     int64         // of inputs and output
	OutShape  tensor.Shape
	Operation string // with all attributes
	Algorithm string // of a convolution with channels last; empty: the operation has one only
	Layout    string // of the result: Planes, ChannelsLast, or empty where it is no image
}

// Profile calls step, which runs the program once, that many times and returns
// the time of every operation per run, in tape order.
func (p *Program) Profile(ctx context.Context, runs int, step func(context.Context) error) ([]OpTime, error) {
	if err := p.usable(); err != nil {
		return nil, err
	}
	if step == nil {
		return nil, errors.New("graph: profile of no step: it is nil")
	}
	if runs < 1 {
		return nil, errors.Errorf("graph: profile over %d runs", runs)
	}
	p.timing(true)
	defer p.timing(false)
	for range runs {
		if err := ctx.Err(); err != nil {
			return nil, errors.Wrap(err, "graph: profile")
		}
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	places := p.places()
	forward := p.forward()
	var out []OpTime
	for _, n := range ours(p.order) {
		o := op.Of(n)
		t := tell(n)
		out = append(out, OpTime{
			Layer: places[n], Op: t.Name, Backward: !forward[n], Duration: o.Elapsed() / time.Duration(runs),
			MACs: o.MACs(), Bytes: op.Moves(n), OutShape: t.shape, Operation: t.attributes, Algorithm: t.algorithm, Layout: t.layout,
		})
	}
	return out, nil
}

// ours are the nodes whose operation is of this module.
func ours(order gorgonia.Nodes) gorgonia.Nodes {
	var out gorgonia.Nodes
	for _, n := range order {
		if op.Of(n) != nil {
			out = append(out, n)
		}
	}
	return out
}

func (p *Program) timing(on bool) {
	for _, n := range p.order {
		if o := op.Of(n); o != nil {
			o.Time(on)
		}
	}
}

// owners maps every node of the forward pass, and what passes made for it, to the
// path of its innermost layer.
func (p *Program) owners() map[*gorgonia.Node]string {
	owner := map[*gorgonia.Node]string{}
	all := p.g.AllNodes()
	for _, l := range p.layers {
		for _, n := range l.nodes(all) {
			owner[n] = l.Path
		}
	}
	for n, from := range p.origin {
		if own, ok := owner[from]; ok {
			owner[n] = own
		}
	}
	return owner
}

// places maps every node to the path of the layer that it belongs to. A derivative
// belongs to the layer of the operation that it is the derivative of. What is
// nobody's, such as the loss, belongs to the last of its inputs that has an owner.
func (p *Program) places() map[*gorgonia.Node]string {
	place := p.owners()
	for _, n := range ours(p.order) {
		if _, known := place[n]; known {
			continue
		}
		if own := place[p.derived[n]]; own != "" {
			place[n] = own
			continue
		}
		for _, in := range op.Inputs(n) {
			if own := place[in]; own != "" {
				place[n] = own
			}
		}
	}
	return place
}
