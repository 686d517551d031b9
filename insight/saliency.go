package insight

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
)

// Gradient is the plain saliency map of each image: how much the output of a
// class changes with a pixel,
//
//	m[i,j] = max over channels of |d output[class] / d x[c,i,j]|
//
// images: (N, C, H, W); classes: one an image, for instance the predicted one.
//
// Simonyan, Vedaldi and Zisserman 2013, Deep Inside Convolutional Networks,
// arXiv 1312.6034.
func (n Network) Gradient(ctx context.Context, images []float32, classes []int) ([]Map, error) {
	grads, err := n.inputGradients(ctx, images, classes)
	if err != nil {
		return nil, err
	}
	maps := make([]Map, len(classes))
	for i := range maps {
		maps[i] = n.overChannels(grads[i*len(grads)/len(maps):], func(most, v float32) float32 {
			return max(most, float32(math.Abs(float64(v))))
		})
	}
	return maps, nil
}

// IntegratedGradients shares each image's output of its class out among the
// pixels: the gradient's mean on the straight line from a baseline to the image,
// times the distance,
//
//	m[i,j] = sum over c of (x - baseline)[c,i,j] * mean over t of d output[class](baseline + t (x - baseline)) / d x[c,i,j]
//
// Summed over the pixels it is the output at the image less that at the baseline,
// up to the error of so many steps. baseline is one image (C, H, W); nil means
// zeros, which is the mean colour of normalised pixels. 0 steps mean 32. Values
// have signs. Since the map has the image as a factor, it shows the image's edges
// whatever the network does: see the experiment attention of package lab.
//
// Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep Networks,
// arXiv 1703.01365.
func (n Network) IntegratedGradients(ctx context.Context, images []float32, classes []int, baseline []float32, steps int) ([]Map, error) {
	count, one, err := n.count(images)
	if err != nil {
		return nil, err
	}
	if err := wantClasses(classes, count); err != nil {
		return nil, err
	}
	if steps == 0 {
		steps = 32
	}
	if steps < 1 || steps > 4096 {
		return nil, errors.Errorf("insight: %d steps, want 1 to 4096, or 0 for 32", steps)
	}
	if baseline == nil {
		baseline = make([]float32, one)
	}
	if len(baseline) != one {
		return nil, errors.Errorf("insight: a baseline of %d values, want one image of %v, or nil", len(baseline), n.Input)
	}
	g, err := n.gradienter(n.batchOf(count * steps))
	if err != nil {
		return nil, err
	}
	defer g.p.Close()
	maps := make([]Map, count)
	line, same := make([]float32, steps*one), make([]int, steps)
	for i := range maps {
		x := images[i*one : (i+1)*one]
		for s := range steps {
			t := (float32(s) + 0.5) / float32(steps)
			for k, v := range x {
				line[s*one+k] = baseline[k] + t*(v-baseline[k])
			}
			same[s] = classes[i]
		}
		grads, err := g.run(ctx, line, same)
		if err != nil {
			return nil, err
		}
		share := make([]float32, one)
		for s := range steps {
			for k := range share {
				share[k] += grads[s*one+k] * (x[k] - baseline[k]) / float32(steps)
			}
		}
		maps[i] = n.overChannels(share, func(sum, v float32) float32 { return sum + v })
	}
	return maps, nil
}

// overChannels makes one map of an image's channels.
func (n Network) overChannels(image []float32, f func(so, v float32) float32) Map {
	h, w := n.Input.Height, n.Input.Width
	m := Map{h, w, make([]float32, h*w)}
	for c := range n.Input.Channels {
		for i := range m.Values {
			m.Values[i] = f(m.Values[i], image[c*h*w+i])
		}
	}
	return m
}

// inputGradients are those of each image's output of its class, (N, C, H, W).
func (n Network) inputGradients(ctx context.Context, images []float32, classes []int) ([]float32, error) {
	count, _, err := n.count(images)
	if err != nil {
		return nil, err
	}
	if err := wantClasses(classes, count); err != nil {
		return nil, err
	}
	g, err := n.gradienter(n.batchOf(count))
	if err != nil {
		return nil, err
	}
	defer g.p.Close()
	return g.run(ctx, images, classes)
}

// gradienter computes gradients of chosen outputs at the images.
type gradienter struct {
	n     Network
	p     *graph.Program
	batch int
}

func (n Network) gradienter(batch int) (*gradienter, error) {
	p, err := n.program(batch, func(c *graph.Config) { c.Loss, c.InputGradient = graph.Weighted{}, true })
	if err != nil {
		return nil, err
	}
	return &gradienter{n, p, batch}, nil
}

func (g *gradienter) run(ctx context.Context, images []float32, classes []int) ([]float32, error) {
	one := len(images) / len(classes)
	var grads []float32
	err := g.n.chunks(ctx, images, one, g.batch, func(from, count int, part []float32) error {
		target, err := oneHot(classes[from:from+count], g.batch, g.p.Classes())
		if err != nil {
			return err
		}
		if _, err := g.p.Loss(ctx, part, target); err != nil {
			return err
		}
		d, err := g.p.InputGradient()
		if err != nil {
			return err
		}
		grads = append(grads, float32s(d)[:count*one]...)
		return nil
	})
	return grads, err
}

// oneHot is 1 at each image's class; the rows beyond are zero.
func oneHot(classes []int, batch, all int) (graph.Target, error) {
	v := make([]float32, batch*all)
	for i, c := range classes {
		if c < 0 || c >= all {
			return graph.Target{}, errors.Errorf("insight: class %d of image %d, the network tells %d apart", c, i, all)
		}
		v[i*all+c] = 1
	}
	return graph.Values(v), nil
}
