package insight

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
)

// ReceptiveField maps what the middle of a layer sees of the image: the mean over
// images, and over so many random mixtures of the layer's channels for each, of
// the gradient's size,
//
//	m[i,j] = mean of |sum over c of d (sum over k of r[k] A[k, middle]) / d x[c,i,j]|
//
// with r drawn from the normal distribution by the seed. What it depends on at all
// is the receptive field that the kernels' sizes give; where most of the sum lies
// is the effective one. images: (N, C, H, W).
//
// Luo, Li, Urtasun and Zemel 2016, Understanding the Effective Receptive Field in
// Deep Convolutional Neural Networks, arXiv 1701.04128.
func (n Network) ReceptiveField(ctx context.Context, layer string, images []float32, mixtures int, seed uint64) (Map, error) {
	count, one, err := n.count(images)
	if err != nil {
		return Map{}, err
	}
	if mixtures < 1 {
		return Map{}, errors.Errorf("insight: %d mixtures of channels, want at least 1", mixtures)
	}
	batch := n.batchOf(count)
	p, err := n.program(batch, func(c *graph.Config) {
		c.Output, c.Loss, c.InputGradient = layer, graph.Weighted{}, true
	})
	if err != nil {
		return Map{}, err
	}
	defer p.Close()
	shape := p.OutputShape()
	if len(shape) != 4 {
		return Map{}, errors.Errorf("insight: the output of %s has shape %v, want maps (N, C, H, W)", layer, shape)
	}
	out := Map{n.Input.Height, n.Input.Width, make([]float32, n.Input.Height*n.Input.Width)}
	sums := make([]float64, len(out.Values))
	rng := rand.New(rand.NewPCG(seed, 0x7265636570746976))
	err = n.chunks(ctx, images, one, batch, func(_, count int, part []float32) error {
		for range mixtures {
			target := make([]float32, batch*shape[1]*shape[2]*shape[3])
			for i := range count {
				for k := range shape[1] {
					target[((i*shape[1]+k)*shape[2]+shape[2]/2)*shape[3]+shape[3]/2] = float32(rng.NormFloat64())
				}
			}
			if _, err := p.Loss(ctx, part, graph.Values(target)); err != nil {
				return err
			}
			d, err := p.InputGradient()
			if err != nil {
				return err
			}
			for i := range count {
				m := n.overChannels(float32s(d)[i*one:(i+1)*one], func(sum, v float32) float32 { return sum + v })
				for k, v := range m.Values {
					sums[k] += math.Abs(float64(v))
				}
			}
		}
		return nil
	})
	for i, v := range sums {
		out.Values[i] = float32(v / float64(count*mixtures))
	}
	return out, err
}
