package insight

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// Patch is a place in an image that a channel answers to strongly.
type Patch struct {
	Image, Label int             // in the data
	Row, Column  int             // in the channel's map
	Value        float32         // of the channel there
	Box          image.Rectangle // what the channel looks at there, in the image
}

// PatchConfig says which patches are looked for.
type PatchConfig struct {
	Channels []int // of the layer; nil means the first eight
	Count    int   // patches a channel, each of another image; 0 means nine
	Images   int   // the first so many images of the data; 0 means 1024, or all if fewer
}

// StrongestPatches finds the images to which channels of a layer answer most, and
// the part of each that they look at: the box that holds nine tenths of the
// gradient of the channel's value there, in height and in width. There is a list
// for each channel, the strongest first.
//
// Zeiler and Fergus 2013, arXiv 1311.2901, figure 2, show such patches; their
// boxes are the whole receptive field.
func (n Network) StrongestPatches(ctx context.Context, layer string, data datasets.Source, cfg PatchConfig) ([][]Patch, error) {
	if data == nil || data.Len() == 0 || data.Shape() != n.Input {
		return nil, errors.Errorf("insight: strongest patches need images of %v", n.Input)
	}
	if cfg.Count == 0 {
		cfg.Count = 9
	}
	if cfg.Images == 0 {
		cfg.Images = 1024
	}
	cfg.Images = min(cfg.Images, data.Len())
	if cfg.Count < 1 || cfg.Images < 1 {
		return nil, errors.Errorf("insight: %d patches of %d images, want at least 1", cfg.Count, cfg.Images)
	}
	lists, shape, err := n.peaks(ctx, layer, data, &cfg)
	if err != nil {
		return nil, err
	}
	return lists, n.boxes(ctx, layer, data, cfg.Channels, lists, shape)
}

// peaks finds the strongest images without their boxes.
func (n Network) peaks(ctx context.Context, layer string, data datasets.Source, cfg *PatchConfig) (lists [][]Patch, shape []int, err error) {
	const step = 256
	for from := 0; from < cfg.Images; from += step {
		indices := make([]int, min(step, cfg.Images-from))
		for i := range indices {
			indices[i] = from + i
		}
		images, labels, err := Read(data, indices...)
		if err != nil {
			return nil, nil, err
		}
		var values []float32
		if shape, values, err = n.Outputs(ctx, layer, images); err != nil {
			return nil, nil, err
		}
		if len(shape) != 3 {
			return nil, nil, errors.Errorf("insight: the output of %s has shape %v, want maps (C, H, W)", layer, shape)
		}
		if cfg.Channels == nil {
			for c := range min(8, shape[0]) {
				cfg.Channels = append(cfg.Channels, c)
			}
		}
		if lists == nil {
			lists = make([][]Patch, len(cfg.Channels))
		}
		size := shape[1] * shape[2]
		for k, c := range cfg.Channels {
			if c < 0 || c >= shape[0] {
				return nil, nil, errors.Errorf("insight: channel %d, %s has %d", c, layer, shape[0])
			}
			for i := range indices {
				m := values[(i*shape[0]+c)*size : (i*shape[0]+c+1)*size]
				best := 0
				for at, v := range m {
					if v > m[best] {
						best = at
					}
				}
				lists[k] = append(lists[k], Patch{Image: from + i, Label: labels[i], Row: best / shape[2], Column: best % shape[2], Value: m[best]})
			}
			slices.SortStableFunc(lists[k], func(a, b Patch) int { return cmp.Compare(b.Value, a.Value) })
			lists[k] = lists[k][:min(cfg.Count, len(lists[k]))]
		}
	}
	return lists, shape, nil
}

// boxes finds what each patch's channel looks at.
func (n Network) boxes(ctx context.Context, layer string, data datasets.Source, channels []int, lists [][]Patch, shape []int) error {
	var all []*Patch
	var of []int
	for k := range lists {
		for i := range lists[k] {
			all, of = append(all, &lists[k][i]), append(of, channels[k])
		}
	}
	batch := n.batchOf(len(all))
	p, err := n.program(batch, func(c *graph.Config) {
		c.Output, c.Loss, c.InputGradient = layer, graph.Weighted{}, true
	})
	if err != nil {
		return err
	}
	defer p.Close()
	size := shape[0] * shape[1] * shape[2]
	for from := 0; from < len(all); from += batch {
		count := min(batch, len(all)-from)
		indices, target := make([]int, batch), make([]float32, batch*size)
		for i := range indices {
			a := all[min(from+i, len(all)-1)]
			indices[i] = a.Image
			if i < count {
				target[i*size+(of[from+i]*shape[1]+a.Row)*shape[2]+a.Column] = 1
			}
		}
		images, _, err := Read(data, indices...)
		if err != nil {
			return err
		}
		if _, err := p.Loss(ctx, images, graph.Values(target)); err != nil {
			return err
		}
		d, err := p.InputGradient()
		if err != nil {
			return err
		}
		g, one := float32s(d), len(images)/batch
		for i := range count {
			m := n.overChannels(g[i*one:(i+1)*one], func(sum, v float32) float32 { return sum + float32(math.Abs(float64(v))) })
			all[from+i].Box = m.box(0.9)
		}
	}
	return nil
}

// box holds that share of the map's sum in height and in width, as much being
// left out on both sides; the whole map where there is nothing.
func (m Map) box(share float64) image.Rectangle {
	rows, columns, sum := make([]float64, m.Height), make([]float64, m.Width), 0.0
	for i, v := range m.Values {
		rows[i/m.Width] += float64(v)
		columns[i%m.Width] += float64(v)
		sum += float64(v)
	}
	if !(sum > 0) {
		return image.Rect(0, 0, m.Width, m.Height)
	}
	y0, y1 := middle(rows, sum*(1-share)/2)
	x0, x1 := middle(columns, sum*(1-share)/2)
	return image.Rect(x0, y0, x1, y1)
}

// middle leaves out so much at both ends.
func middle(v []float64, out float64) (from, to int) {
	to = len(v)
	for left := out; from < to-1 && v[from] <= left; from++ {
		left -= v[from]
	}
	for left := out; to > from+1 && v[to-1] <= left; to-- {
		left -= v[to-1]
	}
	return from, to
}
