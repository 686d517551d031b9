package trainer

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/tensor"
)

// accumulation gathers the gradients of the batches of one step. Batches that
// don't become a step, because the run ends among them, leave no trace.
type accumulation struct {
	params *graph.Params
	grads  map[string]*tensor.Dense // by the parameter's name
	done   int                      // batches of the step under way

	// What the batches change besides, as it was before the first of them.
	buffers []*tensor.Dense
	steps   uint64
}

// stepsOf is the number of steps in so many batches. The last step of an epoch
// takes the batches that are left.
func (c *Config) stepsOf(batches int) int {
	n := max(c.Accumulate, 1)
	return (batches + n - 1) / n
}

// completes tells whether a step ends with a batch of an epoch.
func (f *fit) completes(batch int) bool {
	return (batch+1)%max(f.cfg.Accumulate, 1) == 0 || batch+1 == f.loader.Batches()
}

// imagesOf is the number of images of the step that a batch belongs to.
func (f *fit) imagesOf(batch int) int {
	n := max(f.cfg.Accumulate, 1)
	first := batch / n * n
	last := min(first+n, f.loader.Batches())
	if !f.cfg.KeepLast {
		return (last - first) * f.cfg.Batch
	}
	return min(last*f.cfg.Batch, f.run.Data.Train.Len()) - first*f.cfg.Batch
}

// begin remembers what is there before the first batch of a step.
func (a *accumulation) begin() {
	if a.done > 0 {
		return
	}
	if a.buffers == nil {
		a.buffers = []*tensor.Dense{}
		for _, q := range a.params.All() {
			if !q.Learnable {
				a.buffers = append(a.buffers, q.Value.Clone().(*tensor.Dense))
			}
		}
	} else {
		a.eachBuffer(func(kept, now *tensor.Dense) { copyElements(kept, now) })
	}
	a.steps = a.params.Steps()
}

// undo takes back the batches of a step that did not come about.
func (a *accumulation) undo() {
	if a == nil || a.done == 0 {
		return
	}
	a.done = 0
	a.eachBuffer(func(kept, now *tensor.Dense) { copyElements(now, kept) })
	a.params.SetSteps(a.steps)
}

func (a *accumulation) eachBuffer(f func(kept, now *tensor.Dense)) {
	i := 0
	for _, q := range a.params.All() {
		if !q.Learnable {
			f(a.buffers[i], q.Value)
			i++
		}
	}
}

// add counts a batch's gradients by its share of the step's images.
func (a *accumulation) add(parameters []Parameter, share float64) error {
	for _, p := range parameters {
		if p.Grad == nil {
			continue
		}
		g32, g64, err := elements(p.Grad)
		if err != nil {
			return errors.WithMessagef(err, "accumulate: gradient of %s", p.Name)
		}
		sum := a.grads[p.Name]
		if sum == nil {
			sum = tensor.New(tensor.Of(p.Grad.Dtype()), tensor.WithShape(p.Grad.Shape()...))
			a.grads[p.Name] = sum
		}
		s32, s64, err := elements(sum)
		if err != nil {
			return errors.WithMessagef(err, "accumulate: gradient of %s", p.Name)
		}
		if len(s32) != len(g32) || len(s64) != len(g64) {
			return errors.Errorf("accumulate: gradient of %s is %v of %v, was %v of %v", p.Name, p.Grad.Shape(), p.Grad.Dtype(), sum.Shape(), sum.Dtype())
		}
		addShare(s32, g32, float32(share), a.done == 0)
		addShare(s64, g64, share, a.done == 0)
	}
	a.done++
	return nil
}

// mean puts the step's gradients in the place of the last batch's.
func (a *accumulation) mean(parameters []Parameter) {
	a.done = 0
	for i, p := range parameters {
		if p.Grad != nil {
			parameters[i].Grad = a.grads[p.Name]
		}
	}
}

// addShare is sum += share*g, or sum = share*g for the first.
func addShare[T kernel.Float](sum, g []T, share T, first bool) {
	kernel.Parallel(len(g), 1<<14, func(lo, hi int) {
		sum, g := sum[lo:hi], g[lo:hi]
		if first {
			for i, v := range g {
				sum[i] = share * v
			}
			return
		}
		for i, v := range g {
			sum[i] += share * v
		}
	})
}

// copyElements copies between tensors of one shape and type.
func copyElements(to, from *tensor.Dense) {
	if to.Dtype() == tensor.Float32 {
		copy(to.Float32s(), from.Float32s())
	} else {
		copy(to.Float64s(), from.Float64s())
	}
}
