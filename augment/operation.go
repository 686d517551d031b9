package augment

import (
	"math"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/internal/lookup"
)

// operation is one of those that the policies choose from.
type operation int

const (
	identity operation = iota
	shearX
	shearY
	translateX
	translateY
	rotate
	brightness
	color
	contrast
	sharpness
	posterize
	solarize
	autoContrast
	equalize
	invert
)

var operationNames = []string{
	"identity", "shear_x", "shear_y", "translate_x", "translate_y", "rotate", "brightness", "color",
	"contrast", "sharpness", "posterize", "solarize", "auto_contrast", "equalize", "invert",
}

// Operations lists what Operation can do.
func Operations() []string { return append([]string(nil), operationNames...) }

// do applies the operation. The magnitude's meaning is said at Operation.
func (p *Picture) do(o operation, magnitude float64, bilinear bool, fill [3]uint8) {
	w, h := float64(p.Shape.Width)/2, float64(p.Shape.Height)/2
	switch o {
	case shearX:
		p.warp(affine(0, 0, 0, 1, degrees(math.Atan(magnitude)), 0, 0, 0), bilinear, fill)
	case shearY:
		p.warp(affine(0, 0, 0, 1, 0, degrees(math.Atan(magnitude)), 0, 0), bilinear, fill)
	case translateX:
		p.warp(affine(0, math.Trunc(magnitude), 0, 1, 0, 0, w, h), bilinear, fill)
	case translateY:
		p.warp(affine(0, 0, math.Trunc(magnitude), 1, 0, 0, w, h), bilinear, fill)
	case rotate:
		p.rotate(magnitude, bilinear, fill)
	case brightness:
		p.brightness(1 + magnitude)
	case color:
		p.saturation(1 + magnitude)
	case contrast:
		p.contrast(1 + magnitude)
	case sharpness:
		p.sharpness(1 + magnitude)
	case posterize:
		p.posterize(int(magnitude))
	case solarize:
		p.solarize(magnitude)
	case autoContrast:
		p.autoContrast()
	case equalize:
		p.equalize()
	case invert:
		p.invert()
	}
}

func degrees(radians float64) float64 { return radians * (180 / math.Pi) }

// Operation is one of the operations of RandAugment and its kin as a step of its own:
//
//	identity                              nothing
//	shear_x, shear_y                      magnitude: pixels a row (a column), -4 to 4
//	translate_x, translate_y              magnitude: whole pixels, right and down
//	rotate                                magnitude: degrees, counter-clockwise
//	brightness, color, contrast, sharpness   magnitude: the factor less 1, from -1; 0 changes nothing
//	posterize                             magnitude: bits kept, 0 to 8
//	solarize                              magnitude: pixels from here on are inverted, 0 to 256
//	auto_contrast, equalize, invert       without
type Operation struct {
	Op          string   `json:"op"`
	Magnitude   float64  `json:"magnitude,omitempty"`
	Probability float64  `json:"probability,omitempty"` // 0: always
	Bilinear    bool     `json:"bilinear,omitempty"`    // mix neighbouring pixels; otherwise the nearest
	Fill        [3]uint8 `json:"fill,omitzero"`         // of what comes in from outside; default black
}

// Name is "operation".
func (Operation) Name() string { return "operation" }

// Check refuses unknown operations and magnitudes that mean nothing.
func (o Operation) Check() error {
	at := lookup.Find(o.Op, operationNames)
	if at < 0 {
		return lookup.Unknown("operation", o.Op, operationNames)
	}
	low, high := 0., 0.
	switch operation(at) {
	case shearX, shearY:
		low, high = -4, 4
	case translateX, translateY:
		low, high = -10000, 10000
	case rotate:
		low, high = -360, 360
	case brightness, color, contrast, sharpness:
		low, high = -1, 100
	case posterize:
		high = 8
	case solarize:
		high = 256
	}
	if !(o.Magnitude >= low && o.Magnitude <= high) {
		return errors.Errorf("magnitude of %s is %g, want %g to %g", operationNames[at], o.Magnitude, low, high)
	}
	return checkProbability(o.Probability)
}

// Apply does it, or doesn't.
func (o Operation) Apply(p *Picture, r *Rand) error {
	if !r.Chance(or(o.Probability, 1)) {
		return nil
	}
	at := -1
	for i, name := range operationNames { // Find would fold strings, at every picture
		if name == o.Op {
			at = i
		}
	}
	if at < 0 {
		at = lookup.Find(o.Op, operationNames)
	}
	p.do(operation(at), o.Magnitude, o.Bilinear, o.Fill)
	return nil
}
