package graph

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// Clone is a store of its own with the same seed, tensors and count of steps: what
// is trained on it leaves the original as it was. Tensors that neither has yet
// start equal. It is an error when the copies don't fit into memory.
func (p *Params) Clone() (*Params, error) {
	if err := size.Fit("params: a copy", p.elements(), int(p.Dtype().Size())); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &Params{seed: p.seed, dtype: p.dtype, blank: p.blank, steps: p.steps, byName: map[string]*Param{}}
	for _, q := range p.list {
		value, ok := q.Value.Clone().(*tensor.Dense)
		if !ok {
			return nil, errors.Errorf("params: %s has no copy", q.Name)
		}
		// It counts as one build of its own, so that a build that fails on the copy
		// leaves it there.
		r := &Param{Name: q.Name, Value: value, Learnable: q.Learnable, builds: 1}
		c.list, c.byName[q.Name] = append(c.list, r), r
	}
	return c, nil
}
