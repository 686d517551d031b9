package insight

import (
	"context"
	"image"
	"image/color"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
)

// FeatureMaps are what a layer's channels make of one image (C, H, W), a map a
// channel.
func (n Network) FeatureMaps(ctx context.Context, layer string, image []float32) ([]Map, error) {
	if count, _, err := n.count(image); err != nil {
		return nil, err
	} else if count != 1 {
		return nil, errors.Errorf("insight: feature maps of %d images, want one", count)
	}
	shape, values, err := n.Outputs(ctx, layer, image)
	if err != nil {
		return nil, err
	}
	if len(shape) != 3 {
		return nil, errors.Errorf("insight: the output of %s has shape %v, want maps (C, H, W)", layer, shape)
	}
	maps, size := make([]Map, shape[0]), shape[1]*shape[2]
	for c := range maps {
		maps[c] = Map{shape[1], shape[2], values[c*size : (c+1)*size]}
	}
	return maps, nil
}

// Filters shows the kernels of a convolution that reads images of 1 or 3
// channels, such as "conv1.weight" (O, C, KH, KW): one picture a filter, grey in
// the middle for 0, each scaled by its own largest weight.
func Filters(params *graph.Params, name string) ([]image.Image, error) {
	if params == nil {
		return nil, errors.New("insight: the parameters are nil")
	}
	p := params.Get(name)
	if p == nil {
		return nil, errors.Errorf("insight: no parameter %s", name)
	}
	s := p.Value.Shape()
	if len(s) != 4 || s[1] != 1 && s[1] != 3 {
		return nil, errors.Errorf("insight: %s has shape %v: only filters (O, C, KH, KW) that read 1 or 3 channels are pictures", name, s)
	}
	w, size := float32s(p.Value), s[2]*s[3]
	out := make([]image.Image, s[0])
	for o := range out {
		filter := w[o*s[1]*size : (o+1)*s[1]*size]
		most := 1e-30
		for _, v := range filter {
			most = math.Max(most, math.Abs(float64(v)))
		}
		img := image.NewRGBA(image.Rect(0, 0, s[3], s[2]))
		for i := range size {
			var c [3]uint8
			for k := range c {
				v := filter[min(k, s[1]-1)*size+i]
				c[k] = uint8(math.Round(127.5 + 127.5*float64(v)/most))
			}
			img.SetRGBA(i%s[3], i/s[3], color.RGBA{c[0], c[1], c[2], 255})
		}
		out[o] = img
	}
	return out, nil
}
