package insight

import (
	"context"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
)

// GradCAM weights the channels A of a layer by how much the output of a class
// grows with them, and adds up what speaks for the class,
//
//	a[k] = mean over i, j of d output[class] / d A[k,i,j]
//	m    = max(0, sum over k of a[k] A[k])
//
// The maps have the layer's size, that of the last convolution usually: see
// Map.Resize and Map.Over.
//
// Selvaraju et al. 2016, Grad-CAM, arXiv 1610.02391.
func (n Network) GradCAM(ctx context.Context, layer string, images []float32, classes []int) ([]Map, error) {
	count, one, err := n.count(images)
	if err != nil {
		return nil, err
	}
	if err := wantClasses(classes, count); err != nil {
		return nil, err
	}
	batch := n.batchOf(count)
	p, err := n.program(batch, func(c *graph.Config) { c.Loss, c.TapGradients = graph.Weighted{}, true })
	if err != nil {
		return nil, err
	}
	defer p.Close()
	var maps []Map
	err = n.chunks(ctx, images, one, batch, func(from, count int, part []float32) error {
		target, err := oneHot(classes[from:from+count], batch, p.Classes())
		if err != nil {
			return err
		}
		if _, err := p.Loss(ctx, part, target); err != nil {
			return err
		}
		value, err := p.Tap(layer)
		if err != nil {
			return errors.WithMessage(err, "insight: Grad-CAM")
		}
		grad, err := p.TapGradient(layer)
		if err != nil {
			return errors.WithMessage(err, "insight: Grad-CAM")
		}
		s := value.Shape()
		if len(s) != 4 {
			return errors.Errorf("insight: Grad-CAM: the output of %s has shape %v, want maps (N, C, H, W)", layer, s)
		}
		a, d, size := float32s(value), float32s(grad), s[1]*s[2]*s[3]
		for i := range count {
			maps = append(maps, gradCAM(a[i*size:(i+1)*size], d[i*size:(i+1)*size], s[1], s[2], s[3]))
		}
		return nil
	})
	return maps, err
}

func gradCAM(a, d []float32, channels, height, width int) Map {
	m := Map{height, width, make([]float32, height*width)}
	for k := range channels {
		from := k * len(m.Values)
		weight := float32(0)
		for i := range m.Values {
			weight += d[from+i] / float32(len(m.Values))
		}
		for i := range m.Values {
			m.Values[i] += weight * a[from+i]
		}
	}
	for i, v := range m.Values {
		m.Values[i] = max(0, v)
	}
	return m
}
