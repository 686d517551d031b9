package datasets

import (
	"math"
	"math/rand/v2"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// Mix blends the images of a batch in pairs and turns their labels into class probabilities. What
// it draws follows from (seed, epoch, index of the batch) alone. The zero value blends nothing.
// With both settings each batch takes one of them, by a coin.
type Mix struct {
	// Mixup is alpha: both images become lambda x + (1-lambda) y, with lambda from
	// Beta(alpha, alpha). 0.2 is usual. Default 0: none.
	//
	// Zhang, Cisse, Dauphin, Lopez-Paz 2017, mixup, arXiv:1710.09412.
	Mixup float64 `json:"mixup,omitempty"`
	// CutMix is alpha: a rectangle of 1-lambda of the area, as far as it is inside, changes places
	// between both images. 1 is usual. Default 0: none.
	//
	// Yun, Han, Oh, Chun, Choe, Yoo 2019, CutMix, arXiv:1905.04899.
	CutMix float64 `json:"cutmix,omitempty"`
}

// Check refuses an alpha that is negative or not finite.
func (m Mix) Check() error {
	if !(m.Mixup >= 0) || !(m.CutMix >= 0) || math.IsInf(m.Mixup, 0) || math.IsInf(m.CutMix, 0) {
		return errors.Errorf("mix: alphas are %g and %g, want 0 or positive numbers", m.Mixup, m.CutMix)
	}
	return nil
}

// Batch changes the images of a batch of labels in place, the first one with the last and so on
// inwards, and returns the probabilities of as many classes:
//
//	lambda for the image's own class, 1-lambda for that of the other
//
// They are written to the slice to when it is long enough. A batch of other targets, a label out
// of range, sizes that don't fit the batch, and an alpha that is negative or not finite are
// errors; nothing was changed then.
func (m Mix) Batch(seed uint64, epoch int, b Batch, shape Shape, classes int, to []float32) (graph.Target, error) {
	one, err := shape.Size()
	if err != nil {
		return graph.Target{}, errors.WithMessage(err, "mix")
	}
	values, err := size.Product(b.N, one)
	if err != nil {
		return graph.Target{}, errors.WithMessage(err, "mix")
	}
	switch {
	case b.Target.Kind != graph.ClassLabels:
		return graph.Target{}, errors.Errorf("mix: targets are %v, want %v", b.Target.Kind, graph.ClassLabels)
	case len(b.Images) != values || len(b.Target.Labels) != b.N:
		return graph.Target{}, errors.Errorf("mix: %d values and %d labels, want %d and %d for %d images %v",
			len(b.Images), len(b.Target.Labels), values, b.N, b.N, shape)
	}
	if err := m.Check(); err != nil {
		return graph.Target{}, err
	}
	for i, l := range b.Target.Labels {
		if l < 0 || l >= classes {
			return graph.Target{}, errors.Errorf("mix: label %d is %d, want 0 to %d", i, l, classes-1)
		}
	}
	if err := size.FitShape("mix: class probabilities", []int{b.N, classes}, 4); err != nil {
		return graph.Target{}, err
	}
	if cap(to) < b.N*classes {
		to = make([]float32, b.N*classes)
	}
	to = to[:b.N*classes]
	clear(to)
	share := m.blend(rand.New(rand.NewPCG(mix64(mix64(seed)+uint64(epoch)), uint64(b.Index))), b.Images, b.N, one, shape)
	for i, l := range b.Target.Labels {
		to[i*classes+l] += share
		to[i*classes+b.Target.Labels[b.N-1-i]] += 1 - share
	}
	return graph.Probabilities(to), nil
}

// blend changes the images and returns each one's share in itself.
func (m Mix) blend(r *rand.Rand, images []float32, n, one int, s Shape) float32 {
	cut := m.CutMix > 0
	if cut && m.Mixup > 0 {
		cut = r.Uint64()>>63 == 1
	}
	pairs := func(f func(x, y []float32)) {
		for i := range n / 2 {
			j := n - 1 - i
			f(images[i*one:(i+1)*one], images[j*one:(j+1)*one])
		}
	}
	switch {
	case cut:
		x0, x1, y0, y1, share := rectangle(r, beta(r, m.CutMix), s)
		pairs(func(x, y []float32) {
			for c := range s.Channels {
				for row := y0; row < y1; row++ {
					at := (c*s.Height + row) * s.Width
					for k := at + x0; k < at+x1; k++ {
						x[k], y[k] = y[k], x[k]
					}
				}
			}
		})
		return share
	case m.Mixup > 0:
		share := float32(beta(r, m.Mixup))
		pairs(func(x, y []float32) {
			for k := range x {
				a, b := x[k], y[k]
				x[k], y[k] = share*a+(1-share)*b, share*b+(1-share)*a
			}
		})
		return share
	}
	return 1
}

// rectangle draws one of 1-lambda of the area around a centre anywhere in the image, and returns
// the share of the area that is left outside of it.
func rectangle(r *rand.Rand, lambda float64, s Shape) (x0, x1, y0, y1 int, share float32) {
	side := math.Sqrt(1 - lambda)
	w, h := int(side*float64(s.Width)), int(side*float64(s.Height))
	x, y := r.IntN(s.Width), r.IntN(s.Height)
	x0, x1 = max(0, x-w/2), min(s.Width, x-w/2+w)
	y0, y1 = max(0, y-h/2), min(s.Height, y-h/2+h)
	return x0, x1, y0, y1, 1 - float32((x1-x0)*(y1-y0))/float32(s.Width*s.Height)
}

// beta draws from Beta(alpha, alpha): x/(x+y) of two draws from Gamma(alpha).
func beta(r *rand.Rand, alpha float64) float64 {
	x, y := logGamma(r, alpha), logGamma(r, alpha)
	return 1 / (1 + math.Exp(y-x))
}

// logGamma draws the logarithm of a number from Gamma(alpha): of small alphas the number itself
// may be too small for a float64. Marsaglia and Tsang 2000, A simple method for generating gamma
// variables.
func logGamma(r *rand.Rand, alpha float64) float64 {
	less := 0.0
	if alpha < 1 { // Gamma(alpha+1) times U^(1/alpha)
		less = math.Log(1-r.Float64()) / alpha
		alpha++
	}
	d := alpha - 1.0/3
	for {
		z := r.NormFloat64()
		v := 1 + z/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-r.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return math.Log(d) + math.Log(v) + less
		}
	}
}
