package lab

import (
	"context"
	"math"
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"
)

// initial is a way to start a stack's weights.
type initial struct {
	name string
	init graph.Init
}

// initials are those that the experiments compare: the default of this and other
// libraries, the same without biases (what Glorot and Bengio call the standard
// one), and the two that were made for depth.
var initials = map[string]initial{
	"default":  {"default", nil},
	"standard": {"standard", graph.FanInUniform},
	"glorot":   {"glorot", graph.GlorotUniform},
	"he":       {"he", graph.HeNormal},
}

// flow is how a stack's gradients are before training, one number a hidden layer
// from the input on.
type flow struct {
	activation []float64 // L2 norm over the batch of dL/d(layer's output)
	weight     []float64 // L2 norm of dL/d(layer's weight)
	singular   []float64 // mean singular value of d(output)/d(input), see jacobians; nil unless asked for
}

// measureFlow builds the stack in float64, runs one step on the images, and reads
// its gradients. In float32 those of 50 sigmoids would be 0.
func measureFlow(ctx context.Context, k stack, data datasets.Source, batch int, seed uint64, singular bool) (flow, error) {
	k.probes = true
	images, labels, err := firstImages(data, batch)
	if err != nil {
		return flow{}, err
	}
	shape := data.Shape()
	cfg := graph.TrainingConfig(batch, shape.Channels, shape.Height, shape.Width)
	cfg.Taps = singular
	p, err := graph.Build(k.block(), graph.NewParams(seed, graph.WithDtype(tensor.Float64)), cfg)
	if err != nil {
		return flow{}, err
	}
	defer p.Close()
	if _, err := p.Step(ctx, images, graph.Labels(labels)); err != nil {
		return flow{}, err
	}
	grads, err := p.Gradients()
	if err != nil {
		return flow{}, err
	}
	norms := map[string]float64{}
	for _, g := range grads {
		norms[g.Name] = norm(g.Grad.Float64s())
	}
	var f flow
	for i := 1; i <= k.hidden; i++ {
		n := strconv.Itoa(i)
		f.activation = append(f.activation, norms["probe"+n+".probe"])
		f.weight = append(f.weight, norms["fc"+n+".weight"])
	}
	if singular {
		if f.singular, err = jacobians(p, k, min(2, batch)); err != nil {
			return flow{}, err
		}
	}
	return f, nil
}

// firstImages reads a source's first images as one batch.
func firstImages(data datasets.Source, n int) (images []float32, labels []int, err error) {
	if n > data.Len() {
		return nil, nil, errors.Errorf("%d images are wanted, there are %d", n, data.Len())
	}
	size := data.Shape().Channels * data.Shape().Height * data.Shape().Width
	images, labels = make([]float32, n*size), make([]int, n)
	for i := range n {
		if labels[i], err = data.Read(i, images[i*size:(i+1)*size]); err != nil {
			return nil, nil, err
		}
	}
	return images, labels, nil
}

// jacobians computes, for every hidden layer but the first, whose input has
// another size, the mean of the singular values of
//
//	J = d(output)/d(input) = diag(f'(z)) W
//
// over all directions and the first samples of the batch: below 1 a layer shrinks
// most of what passes back through it (Glorot and Bengio 2010, section 4.2.1).
func jacobians(p *graph.Program, k stack, samples int) ([]float64, error) {
	means := make([]float64, k.hidden)
	means[0] = math.NaN()
	var z []float64 // pre-activations of all layers and samples
	per := 1
	if k.act != nil {
		per = k.act.InputsPerOutput()
	}
	wide := k.width * per
	for i := 2; i <= k.hidden; i++ {
		t, err := p.Tap("fc" + strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		z = append(z, t.Float64s()[:samples*wide]...)
	}
	slopes := make([]float64, len(z))
	switch {
	case k.act == nil:
		for i := range slopes {
			slopes[i] = 1
		}
	case per > 1: // maxout: the winner's row counts, the others don't
		for at := 0; at < len(z); at += per {
			best := at
			for j := at + 1; j < at+per; j++ {
				if z[j] > z[best] {
					best = j
				}
			}
			slopes[best] = 1
		}
	default:
		var err error
		if _, slopes, err = activations.Curve(k.act, z); err != nil {
			return nil, err
		}
	}
	for i := 2; i <= k.hidden; i++ {
		w := p.Params().Get("fc" + strconv.Itoa(i) + ".weight").Value.Float64s()
		sum := 0.0
		for n := range samples {
			at := ((i-2)*samples + n) * wide
			j := mat.NewDense(k.width, k.width, nil)
			for row := range wide {
				slope := slopes[at+row]
				if slope == 0 {
					continue
				}
				for col := range k.width {
					out := row / per
					j.Set(out, col, j.At(out, col)+slope*w[row*k.width+col])
				}
			}
			var svd mat.SVD
			if !svd.Factorize(j, mat.SVDNone) {
				return nil, errors.Errorf("fc%d: the singular values of its Jacobian can't be found", i)
			}
			for _, v := range svd.Values(nil) {
				sum += v
			}
		}
		means[i-1] = sum / float64(samples*k.width)
	}
	return means, nil
}

// norm is the length of a vector.
func norm[T float32 | float64](v []T) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// meanOf is the mean of the numbers that are none of NaN; NaN of none.
func meanOf(v []float64) float64 {
	sum, n := 0.0, 0
	for _, x := range v {
		if !math.IsNaN(x) {
			sum += x
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

// perLayer is the factor by which a norm changes from a layer to the next one
// towards the input, as the geometric mean.
func perLayer(v []float64) float64 {
	if len(v) < 2 {
		return math.NaN()
	}
	return math.Pow(v[0]/v[len(v)-1], 1/float64(len(v)-1))
}
