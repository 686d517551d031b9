package lab

//go:generate go run ./figures ../docs

import (
	"context"
	"math"
	"strings"

	"github.com/stheno-ml/stheno/graph"
)

// GradientNorms runs one training step of the workload on parameters made from
// that seed and returns the L2 norm of the loss's gradient for every weight of
// two or more dimensions, in the order in which the network makes them: how
// much of the loss's signal reaches each layer.
func GradientNorms(w Workload, seed uint64) (names []string, norms []float64, err error) {
	w.Train = true
	_, p, err := w.prepareOn(graph.NewParams(seed))
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	images, labels := w.sample(p.Classes())
	if _, err := p.Step(context.Background(), images, graph.Labels(labels)); err != nil {
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
