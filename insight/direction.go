package insight

import (
	"math"
	"math/rand/v2"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
)

// Direction is a step in the space of a network's weights: a value for each
// element of each parameter, by the parameter's name. What is not there stays.
type Direction map[string][]float32

// RandomDirection is a random direction with filters as long as the network's
// own, so that a step means as much in every layer whatever the weights' scale:
//
//	d[o] = g[o] * |w[o]| / |g[o]|,   g drawn from N(0, 1)
//
// for every filter, or row, o of each parameter of two or more dimensions. Those
// of one dimension, biases and the scales of norms, stay: their directions are
// zero.
//
// Li, Xu, Taylor, Studer and Goldstein 2018, Visualizing the Loss Landscape of
// Neural Nets, arXiv 1712.09913, section 4.
func RandomDirection(params *graph.Params, seed uint64) (Direction, error) {
	if params == nil {
		return nil, errors.New("insight: the parameters are nil")
	}
	d := Direction{}
	rng := rand.New(rand.NewPCG(seed, 0x646972656374696f))
	for _, p := range params.All() {
		if !p.Learnable || p.Value.Dims() < 2 {
			continue
		}
		w := float32s(p.Value)
		g := make([]float32, len(w))
		for i := range g {
			g[i] = float32(rng.NormFloat64())
		}
		d[p.Name] = g
	}
	if len(d) == 0 {
		return nil, errors.New("insight: no parameter has two dimensions: is the network built?")
	}
	return d, d.Normalize(params)
}

// Normalize makes every filter of the direction as long as that of params, as
// RandomDirection does. A filter of zeros stays.
func (d Direction) Normalize(params *graph.Params) error {
	for name, g := range d {
		p := params.Get(name)
		if p == nil || p.Value.Shape().TotalSize() != len(g) {
			return errors.Errorf("insight: a direction for %s of %d elements, which the parameters don't have", name, len(g))
		}
		w := float32s(p.Value)
		row := len(w) / p.Value.Shape()[0]
		for from := 0; from < len(w); from += row {
			if length := norm(g[from : from+row]); length > 0 {
				f := float32(norm(w[from:from+row]) / length)
				for i := from; i < from+row; i++ {
					g[i] *= f
				}
			}
		}
	}
	return nil
}

// Between is the direction from the weights a to the weights b, in parameters of
// two or more dimensions.
func Between(a, b *graph.Params) (Direction, error) {
	if a == nil || b == nil {
		return nil, errors.New("insight: the parameters are nil")
	}
	d := Direction{}
	for _, p := range a.All() {
		if !p.Learnable || p.Value.Dims() < 2 {
			continue
		}
		q := b.Get(p.Name)
		if q == nil || !q.Value.Shape().Eq(p.Value.Shape()) {
			return nil, errors.Errorf("insight: %s is not in both networks, or of another shape", p.Name)
		}
		from, to := float32s(p.Value), float32s(q.Value)
		step := make([]float32, len(from))
		for i := range step {
			step[i] = to[i] - from[i]
		}
		d[p.Name] = step
	}
	return d, nil
}

// Move writes from + sum of steps[i]*directions[i] into the parameters params,
// which are a clone of from. Buffers and what no direction names stay as they are
// in params.
func Move(params, from *graph.Params, directions []Direction, steps []float64) error {
	if params == nil || from == nil || len(directions) != len(steps) {
		return errors.Errorf("insight: %d steps for %d directions, want one each, and parameters", len(steps), len(directions))
	}
	for _, p := range from.All() {
		moved := false
		for _, d := range directions {
			moved = moved || d[p.Name] != nil
		}
		if !moved {
			continue
		}
		w := float32s(p.Value)
		data := make([]float64, len(w))
		for i, v := range w {
			data[i] = float64(v)
		}
		for k, d := range directions {
			for i, v := range d[p.Name] {
				data[i] += steps[k] * float64(v)
			}
		}
		if err := params.Set(p.Name, data); err != nil {
			return err
		}
	}
	return nil
}

func norm(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}
