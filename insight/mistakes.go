package insight

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
)

// Mistake is an image that the network takes for something else.
type Mistake struct {
	Image            int     // its index in the data
	Label, Predicted int     // what it is and what the network says
	Probability      float64 // of what the network says
	Loss             float64 // -log of the label's probability
}

// WorstMistakes finds the images whose label the network holds least probable,
// the worst first, at most so many. Fewer are returned when fewer are wrong.
func (n Network) WorstMistakes(ctx context.Context, data datasets.Source, most int) ([]Mistake, error) {
	if data == nil || most < 1 {
		return nil, errors.Errorf("insight: the %d worst mistakes of %T: want at least one, of some data", most, data)
	}
	if data.Shape() != n.Input {
		return nil, errors.Errorf("insight: the data's images are %v, the network's %v", data.Shape(), n.Input)
	}
	var worst []Mistake
	const step = 1024
	for from := 0; from < data.Len(); from += step {
		indices := make([]int, min(step, data.Len()-from))
		for i := range indices {
			indices[i] = from + i
		}
		images, labels, err := Read(data, indices...)
		if err != nil {
			return nil, err
		}
		rows, err := n.Probabilities(ctx, images)
		if err != nil {
			return nil, err
		}
		for i, p := range rows {
			if labels[i] < 0 || labels[i] >= len(p) {
				return nil, errors.Errorf("insight: image %d has label %d, the network tells %d classes apart", from+i, labels[i], len(p))
			}
			said := 0
			for c, v := range p {
				if v > p[said] {
					said = c
				}
			}
			if said != labels[i] {
				worst = append(worst, Mistake{from + i, labels[i], said, p[said], -math.Log(max(p[labels[i]], 1e-300))})
			}
		}
		slices.SortStableFunc(worst, func(a, b Mistake) int { return cmp.Compare(b.Loss, a.Loss) })
		worst = worst[:min(most, len(worst))]
	}
	return worst, nil
}
