package augment

import "github.com/pkg/errors"

// ColorJitter changes brightness, contrast, saturation and hue by random factors, in random order.
// torchvision's ColorJitter. The zero value does nothing; of a grey picture, saturation and hue stay.
type ColorJitter struct {
	// Factors are drawn from max(0, 1 - v) to 1 + v.
	Brightness float64 `json:"brightness,omitempty"`
	Contrast   float64 `json:"contrast,omitempty"`
	Saturation float64 `json:"saturation,omitempty"`
	Hue        float64 `json:"hue,omitempty"` // the largest turn as a share of the circle, 0 to 0.5
}

// Name is "color_jitter".
func (ColorJitter) Name() string { return "color_jitter" }

// Check refuses negative factors and hues beyond half of the circle.
func (j ColorJitter) Check() error {
	for _, f := range []struct {
		name string
		v    float64
		most float64
	}{{"brightness", j.Brightness, 100}, {"contrast", j.Contrast, 100}, {"saturation", j.Saturation, 100}, {"hue", j.Hue, 0.5}} {
		if !(f.v >= 0 && f.v <= f.most) {
			return errors.Errorf("%s is %g, want 0 to %g", f.name, f.v, f.most)
		}
	}
	return nil
}

// Apply draws the order and the factors.
func (j ColorJitter) Apply(p *Picture, r *Rand) error {
	order := [4]int{0, 1, 2, 3}
	for i := len(order) - 1; i > 0; i-- {
		k := r.Below(i + 1)
		order[i], order[k] = order[k], order[i]
	}
	factor := func(v float64) float64 { return r.Between(max(0, 1-v), 1+v) }
	b, c, s, h := factor(j.Brightness), factor(j.Contrast), factor(j.Saturation), r.Between(-j.Hue, j.Hue)
	for _, o := range order {
		switch {
		case o == 0 && j.Brightness > 0:
			p.brightness(b)
		case o == 1 && j.Contrast > 0:
			p.contrast(c)
		case o == 2 && j.Saturation > 0:
			p.saturation(s)
		case o == 3 && j.Hue > 0:
			p.hue(h)
		}
	}
	return nil
}

// GaussianBlur blurs a picture, reflected at its edges. torchvision's GaussianBlur.
type GaussianBlur struct {
	Kernel      int        `json:"kernel,omitempty"`      // its width in pixels, odd; 0: 3
	Sigma       [2]float64 `json:"sigma,omitzero"`        // bounds of the deviation in pixels; zero: 0.1 to 2
	Probability float64    `json:"probability,omitempty"` // 0: always
}

// Name is "gaussian_blur".
func (GaussianBlur) Name() string { return "gaussian_blur" }

// Check refuses even and large kernels and deviations that are not positive.
func (b GaussianBlur) Check() error {
	sigma := or(b.Sigma, [2]float64{0.1, 2})
	if k := or(b.Kernel, 3); k < 1 || k > 255 || k%2 == 0 {
		return errors.Errorf("kernel is %d wide, want an odd number up to 255", b.Kernel)
	}
	if !(sigma[0] >= 1e-3 && sigma[0] <= sigma[1] && sigma[1] <= 1e3) {
		return errors.Errorf("sigma is %g to %g, want it within 0.001 to 1000", sigma[0], sigma[1])
	}
	return checkProbability(b.Probability)
}

// Apply blurs, or doesn't.
func (b GaussianBlur) Apply(p *Picture, r *Rand) error {
	sigma := or(b.Sigma, [2]float64{0.1, 2})
	happens, s := r.Chance(or(b.Probability, 1)), r.Between(sigma[0], sigma[1])
	if happens {
		p.blur(or(b.Kernel, 3), s)
	}
	return nil
}
