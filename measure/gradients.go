package measure

import (
	"context"
	"math"
	"strings"

	"github.com/stheno-ml/stheno/graph"
)

// GradientNorms runs one training step of the workload on parameters made from
// that seed and returns the L2 norm of the loss's gradient for every weight of
// two or more dimensions, in the order in which the network makes them: how
// much of the loss's signal reaches each layer. It ends with ctx's error when
// ctx does.
func GradientNorms(ctx context.Context, w Workload, seed uint64) (names []string, norms []float64, err error) {
	end, _, err := begin(ctx, w.Threads, w.Seconds)
	if err != nil {
		return nil, nil, err
	}
	defer end()
	w.Train = true
	p, images, target, err := w.build(graph.NewParams(seed))
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	if _, err := p.Step(ctx, images, target); err != nil {
		return nil, nil, err
	}
	grads, err := p.Gradients()
	if err != nil {
		return nil, nil, err
	}
	for _, g := range grads {
		if g.Param.Dims() < 2 {
			continue
		}
		sum := 0.0
		for _, v := range g.Grad.Float32s() {
			sum += float64(v) * float64(v)
		}
		names = append(names, strings.TrimSuffix(g.Name, ".weight"))
		norms = append(norms, math.Sqrt(sum))
	}
	return names, norms, nil
}
