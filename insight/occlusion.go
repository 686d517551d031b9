package insight

import (
	"context"

	"github.com/pkg/errors"
)

// OcclusionConfig says what covers an image. The zero value is a square of a
// quarter of the image's shorter side, moved by half of itself.
type OcclusionConfig struct {
	Size   int     // side of the square; 0 means a quarter of the shorter side
	Stride int     // by how much it moves; 0 means half of Size
	Value  float32 // of the covered pixels, normalised; 0 is the mean colour
}

// Occlusion covers one image (C, H, W) with a square at one place after the other
// and maps how much the probability of a class falls: high where the network
// needs what is there, below 0 where it does better without. A pixel has the mean
// of the squares that cover it.
//
// Zeiler and Fergus 2013, Visualizing and Understanding Convolutional Networks,
// arXiv 1311.2901, section 4.2.
func (n Network) Occlusion(ctx context.Context, image []float32, class int, cfg OcclusionConfig) (Map, error) {
	count, one, err := n.count(image)
	if err != nil {
		return Map{}, err
	}
	h, w := n.Input.Height, n.Input.Width
	if cfg.Size == 0 {
		cfg.Size = max(1, min(h, w)/4)
	}
	if cfg.Stride == 0 {
		cfg.Stride = max(1, cfg.Size/2)
	}
	if count != 1 || cfg.Size < 1 || cfg.Size > min(h, w) || cfg.Stride < 1 || cfg.Stride > cfg.Size {
		return Map{}, errors.Errorf("insight: occlusion of %d images of %v by a square of %d moved by %d: want one image, a square inside of it, and no gaps", count, n.Input, cfg.Size, cfg.Stride)
	}
	rows, columns := starts(h, cfg.Size, cfg.Stride), starts(w, cfg.Size, cfg.Stride)
	covered := append([]float32(nil), image...) // first the image as it is
	for _, y := range rows {
		for _, x := range columns {
			covered = append(covered, image...)
			last := covered[len(covered)-one:]
			for c := range n.Input.Channels {
				for i := y; i < y+cfg.Size; i++ {
					for j := x; j < x+cfg.Size; j++ {
						last[(c*h+i)*w+j] = cfg.Value
					}
				}
			}
		}
	}
	p, err := n.Probabilities(ctx, covered)
	if err != nil {
		return Map{}, err
	}
	if class < 0 || class >= len(p[0]) {
		return Map{}, errors.Errorf("insight: class %d, the network tells %d apart", class, len(p[0]))
	}
	sum, times := make([]float64, h*w), make([]float64, h*w)
	for k := range len(p) - 1 {
		y, x := rows[k/len(columns)], columns[k%len(columns)]
		for i := y; i < y+cfg.Size; i++ {
			for j := x; j < x+cfg.Size; j++ {
				sum[i*w+j] += p[0][class] - p[k+1][class]
				times[i*w+j]++
			}
		}
	}
	m := Map{h, w, make([]float32, h*w)}
	for i := range m.Values {
		m.Values[i] = float32(sum[i] / times[i])
	}
	return m, nil
}

// starts are where squares begin that cover a side; the last one ends with it.
func starts(side, size, stride int) []int {
	var out []int
	for at := 0; at+size < side; at += stride {
		out = append(out, at)
	}
	return append(out, side-size)
}
