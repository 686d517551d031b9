package trainer

import (
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// ClipGradNorm scales all gradients by max/(norm+1e-6) when their common L2
// norm is above max, and returns the norm before that. A gradient that several
// parameters share is counted for each but scaled once. A max of 0 or less
// measures only, and a norm that is not finite scales nothing.
//
// Pascanu, Mikolov and Bengio, "On the difficulty of training Recurrent Neural
// Networks", 2012, arXiv:1211.5063.
func ClipGradNorm(parameters []Parameter, max float64) (float64, error) {
	sum := 0.0
	for _, p := range parameters {
		if p.Grad == nil {
			continue
		}
		g32, g64, err := elements(p.Grad)
		if err != nil {
			return 0, errors.WithMessagef(err, "clip: gradient of %s", p.Name)
		}
		for _, v := range g32 {
			sum += float64(v) * float64(v)
		}
		for _, v := range g64 {
			sum += v * v
		}
	}
	norm := math.Sqrt(sum)
	if max <= 0 || norm <= max || math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, nil
	}
	factor := max / (norm + 1e-6)
	scaled := map[gorgonia.Value]bool{}
	for _, p := range parameters {
		if p.Grad == nil || scaled[p.Grad] {
			continue
		}
		scaled[p.Grad] = true
		g32, g64, _ := elements(p.Grad) // checked above
		for i := range g32 {
			g32[i] *= float32(factor)
		}
		for i := range g64 {
			g64[i] *= factor
		}
	}
	return norm, nil
}

// ClipGradValue brings every element of the gradients into [-max, max]; NaN
// stays. A max of 0 or less is an error.
func ClipGradValue(params []Parameter, max float64) error {
	if !(max > 0) {
		return errors.Errorf("clip: the largest value is %v, want more than 0", max)
	}
	for _, p := range params {
		if p.Grad == nil {
			continue
		}
		g32, g64, err := elements(p.Grad)
		if err != nil {
			return errors.WithMessagef(err, "clip: gradient of %s", p.Name)
		}
		clip(g32, float32(max))
		clip(g64, max)
	}
	return nil
}

func clip[T float32 | float64](g []T, most T) {
	for i, v := range g {
		switch {
		case v > most:
			g[i] = most
		case v < -most:
			g[i] = -most
		}
	}
}
