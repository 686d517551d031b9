package weights

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// FromParams lists a model's parameters and buffers as tensors. They share the
// model's memory: write them before it trains on.
func FromParams(p *graph.Params) ([]Tensor, error) {
	if p == nil {
		return nil, errors.New("weights: no parameters")
	}
	var out []Tensor
	for _, q := range p.All() {
		t, err := FromDense(q.Name, q.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// FromDense makes a tensor of a dense one of float32 or float64, whose memory it
// shares.
func FromDense(name string, d *tensor.Dense) (Tensor, error) {
	if d == nil || d.RequiresIterator() || d.DataOrder().IsColMajor() {
		return Tensor{}, errors.Errorf("weights: %s: want a contiguous row-major tensor", name)
	}
	shape := append([]int{}, d.Shape()...)
	switch d.Dtype() {
	case tensor.Float32:
		return FromFloat32s(name, shape, d.Float32s()), nil
	case tensor.Float64:
		return FromFloat64s(name, shape, d.Float64s()), nil
	}
	return Tensor{}, errors.Errorf("weights: %s is of %v, want float32 or float64", name, d.Dtype())
}

// CopyTo writes the elements into a dense tensor of the same shape, of float32 or
// float64.
func (t Tensor) CopyTo(d *tensor.Dense) error {
	if !slices.Equal(t.Shape, []int(d.Shape())) {
		return errors.Errorf("%s has shape %v in the file, want %v", t.Name, t.Shape, d.Shape())
	}
	if err := t.check(); err != nil {
		return err
	}
	if d.Dtype() == tensor.Float32 {
		return t.float32s(d.Float32s())
	}
	return t.float64s(d.Float64s())
}

// MismatchError says in what a file's tensors are not those of a model.
type MismatchError struct {
	Missing    []string // the model has them, the file does not
	Unexpected []string // the file has them, the model does not
	Misshapen  []string // both have them, in different shapes: "fc.weight: [10] in the file, [100] in the network"
}

func (e *MismatchError) Error() string {
	var parts []string
	for _, p := range []struct {
		what string
		list []string
	}{{"missing", e.Missing}, {"unexpected", e.Unexpected}, {"of another shape", e.Misshapen}} {
		if n := len(p.list); n > 0 {
			shown, more := p.list, ""
			if n > 8 {
				shown, more = p.list[:8], fmt.Sprintf(" and %d more", n-8)
			}
			parts = append(parts, fmt.Sprintf("%d %s: %s%s", n, p.what, strings.Join(shown, ", "), more))
		}
	}
	return "the tensors are not this network's: " + strings.Join(parts, "; ")
}

// Load copies tensors over a model's parameters and buffers of the same names.
// The model must have been built before, which makes them. PyTorch's counters
// num_batches_tracked are ignored. Unless names and shapes agree it changes
// nothing and returns a *MismatchError that lists all differences.
func Load(p *graph.Params, tensors []Tensor) error {
	byName, err := match(p, tensors)
	if err != nil {
		return err
	}
	for _, q := range p.All() {
		if err := byName[q.Name].CopyTo(q.Value); err != nil {
			return errors.WithMessage(err, "weights")
		}
	}
	return nil
}

// match pairs a model's tensors with a file's, by name.
func match(p *graph.Params, tensors []Tensor) (map[string]Tensor, error) {
	if p == nil {
		return nil, errors.New("weights: no parameters")
	}
	byName := map[string]Tensor{}
	for _, t := range tensors {
		byName[t.Name] = t
	}
	var fault MismatchError
	for _, q := range p.All() {
		t, ok := byName[q.Name]
		switch {
		case !ok:
			fault.Missing = append(fault.Missing, q.Name)
		case !slices.Equal(t.Shape, []int(q.Value.Shape())):
			fault.Misshapen = append(fault.Misshapen, fmt.Sprintf("%s: %v in the file, %v in the network", q.Name, t.Shape, []int(q.Value.Shape())))
		case t.Dtype == Bool:
			fault.Misshapen = append(fault.Misshapen, fmt.Sprintf("%s: truth values in the file", q.Name))
		}
	}
	for _, t := range tensors {
		if p.Get(t.Name) == nil && !strings.HasSuffix(t.Name, "num_batches_tracked") {
			fault.Unexpected = append(fault.Unexpected, t.Name)
		}
	}
	if len(fault.Missing)+len(fault.Unexpected)+len(fault.Misshapen) > 0 {
		return nil, &fault
	}
	return byName, nil
}
