package augment

import (
	"math"

	"github.com/pkg/errors"
)

// Rotation turns a picture by a random angle around its middle, within its frame. torchvision's
// RandomRotation.
type Rotation struct {
	Degrees  float64  `json:"degrees,omitempty"`  // up to so many, either way; 0: 15
	Bilinear bool     `json:"bilinear,omitempty"` // mix neighbouring pixels; otherwise the nearest
	Fill     [3]uint8 `json:"fill,omitzero"`      // of what comes in from outside; default black
}

// Name is "rotation".
func (Rotation) Name() string { return "rotation" }

// Check refuses angles that are no number of 0 to 180.
func (t Rotation) Check() error {
	if !(t.Degrees >= 0 && t.Degrees <= 180) {
		return errors.Errorf("degrees is %g, want 0 to 180", t.Degrees)
	}
	return nil
}

// Apply turns.
func (t Rotation) Apply(p *Picture, r *Rand) error {
	d := or(t.Degrees, 15)
	p.rotate(r.Between(-d, d), t.Bilinear, t.Fill)
	return nil
}

// Affine turns, moves, scales and shears a picture within its frame, each by chance and around its
// middle. torchvision's RandomAffine. The zero value does nothing.
type Affine struct {
	Degrees float64 `json:"degrees,omitempty"` // turned up to so many, either way
	// Translate is the largest move right or left and up or down, as shares of width and height.
	Translate [2]float64 `json:"translate,omitzero"`
	Scale     [2]float64 `json:"scale,omitzero"` // bounds of the factor; zero: 1
	// Shear is the largest angle in degrees along the rows and along the columns.
	Shear    [2]float64 `json:"shear,omitzero"`
	Bilinear bool       `json:"bilinear,omitempty"` // mix neighbouring pixels; otherwise the nearest
	Fill     [3]uint8   `json:"fill,omitzero"`      // of what comes in from outside; default black
}

// Name is "affine".
func (Affine) Name() string { return "affine" }

// Check refuses angles and factors that leave nothing of a picture.
func (a Affine) Check() error {
	scale := or(a.Scale, [2]float64{1, 1})
	switch {
	case !(a.Degrees >= 0 && a.Degrees <= 180):
		return errors.Errorf("degrees is %g, want 0 to 180", a.Degrees)
	case !(a.Translate[0] >= 0 && a.Translate[0] <= 1 && a.Translate[1] >= 0 && a.Translate[1] <= 1):
		return errors.Errorf("translate is %g and %g, want 0 to 1", a.Translate[0], a.Translate[1])
	case !(scale[0] >= 0.01 && scale[0] <= scale[1] && scale[1] <= 100):
		return errors.Errorf("scale is %g to %g, want it within 0.01 to 100", scale[0], scale[1])
	case !(a.Shear[0] >= 0 && a.Shear[0] <= 80 && a.Shear[1] >= 0 && a.Shear[1] <= 80):
		return errors.Errorf("shear is %g and %g degrees, want 0 to 80", a.Shear[0], a.Shear[1])
	}
	return nil
}

// Apply draws the four and resamples once.
func (a Affine) Apply(p *Picture, r *Rand) error {
	h, w := float64(p.Shape.Height), float64(p.Shape.Width)
	scale := or(a.Scale, [2]float64{1, 1})
	angle := r.Between(-a.Degrees, a.Degrees)
	tx := math.RoundToEven(r.Between(-a.Translate[0]*w, a.Translate[0]*w))
	ty := math.RoundToEven(r.Between(-a.Translate[1]*h, a.Translate[1]*h))
	factor := r.Between(scale[0], scale[1])
	sx, sy := r.Between(-a.Shear[0], a.Shear[0]), r.Between(-a.Shear[1], a.Shear[1])
	m := affine(angle, tx, ty, factor, sx, sy, w/2, h/2)
	p.warp(m, a.Bilinear, a.Fill)
	return nil
}
