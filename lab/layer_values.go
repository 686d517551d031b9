package lab

import (
	"context"
	"math"
	"strconv"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// layerValues are what the hidden layers of a stack compute on some images.
type layerValues struct {
	images int
	z      [][]float32 // a layer each: (images, units·pieces), before the activation
	y      [][]float32 // a layer each: (images, units)
}

// valuesOf runs a stack on the first images.
func valuesOf(ctx context.Context, k stack, params *graph.Params, data datasets.Source, n int) (layerValues, error) {
	images, _, err := firstImages(data, n)
	if err != nil {
		return layerValues{}, err
	}
	shape := data.Shape()
	cfg := graph.InferenceConfig(n, shape.Channels, shape.Height, shape.Width)
	cfg.Taps = true
	p, err := graph.Build(k.block(), params, cfg)
	if err != nil {
		return layerValues{}, err
	}
	defer p.Close()
	if _, err := p.Run(ctx, images); err != nil {
		return layerValues{}, err
	}
	v := layerValues{images: n}
	for i := 1; i <= k.hidden; i++ {
		for _, part := range []struct {
			name string
			to   *[][]float32
		}{{"fc", &v.z}, {"act", &v.y}} {
			t, err := p.Tap(part.name + strconv.Itoa(i))
			if err != nil {
				return layerValues{}, err
			}
			*part.to = append(*part.to, append([]float32(nil), t.Float32s()...))
		}
	}
	return v, nil
}

// slopeShares are, over all hidden layers, the share of units whose slope is 0
// for every image: they are dead; the share of units and images whose slope is
// 0; and the share whose slope is below a twentieth of the steepest: saturated.
func slopeShares(act activations.Activation, v layerValues) (dead, zero, saturated float64, err error) {
	var units, deadUnits, all, zeros, small int
	steepest, slopes := 0.0, make([][]float64, len(v.z))
	for l, z := range v.z {
		xs := make([]float64, len(z))
		for i, x := range z {
			xs[i] = float64(x)
		}
		if _, slopes[l], err = activations.Curve(act, xs); err != nil {
			return 0, 0, 0, err
		}
	}
	at := make([]float64, 801)
	for i := range at {
		at[i] = float64(i-400) / 50
	}
	_, typical, err := activations.Curve(act, at)
	if err != nil {
		return 0, 0, 0, err
	}
	for _, s := range typical {
		steepest = math.Max(steepest, math.Abs(s))
	}
	for _, d := range slopes {
		wide := len(d) / v.images
		for u := range wide {
			alive := false
			for n := range v.images {
				s := math.Abs(d[n*wide+u])
				all++
				if s == 0 {
					zeros++
				} else {
					alive = true
				}
				if s < steepest/20 {
					small++
				}
			}
			if units++; !alive {
				deadUnits++
			}
		}
	}
	return float64(deadUnits) / float64(units), float64(zeros) / float64(all), float64(small) / float64(all), nil
}

// unitMeans are the mean outputs of all hidden units over the images.
func (v layerValues) unitMeans() []float64 {
	var means []float64
	for _, y := range v.y {
		wide := len(y) / v.images
		for u := range wide {
			sum := 0.0
			for n := range v.images {
				sum += float64(y[n*wide+u])
			}
			means = append(means, sum/float64(v.images))
		}
	}
	return means
}
