package augment

import (
	"math"

	"github.com/pkg/errors"
)

// space is how large each operation's magnitude may be, for a policy.
type space struct {
	shear, rotate, enhance float64 // largest magnitudes
	translate              float64 // pixels; 0: 150/331 of the picture's side
	bits                   float64 // that Posterize takes away at most
}

var (
	paper = space{shear: 0.3, rotate: 30, enhance: 0.9, bits: 4}                   // RandAugment, AutoAugment
	wide  = space{shear: 0.99, rotate: 135, enhance: 0.99, translate: 32, bits: 6} // TrivialAugmentWide
)

// magnitude is the bin-th of bins magnitudes from none to the largest.
func (s space) magnitude(o operation, bin, bins, height, width int) (v float64, signed bool) {
	part := float64(bin) / float64(bins-1)
	switch o {
	case shearX, shearY:
		return s.shear * part, true
	case translateX, translateY:
		most := s.translate
		if side := width; most == 0 {
			if o == translateY {
				side = height
			}
			most = 150. / 331 * float64(side)
		}
		return most * part, true
	case rotate:
		return s.rotate * part, true
	case brightness, color, contrast, sharpness:
		return s.enhance * part, true
	case posterize:
		// In float32, as torch has it: 2 of 9 steps by 4 bits are 0.5 exactly there, too.
		return math.RoundToEven(float64(8 - float32(bin)/float32(float64(bins-1)/s.bits))), false
	case solarize:
		return 255 * (1 - part), false
	}
	return 0, false
}

// draw applies the operation at a bin, its sign drawn.
func (s space) draw(p *Picture, r *Rand, o operation, bin, bins int, bilinear bool, fill [3]uint8) {
	v, signed := s.magnitude(o, bin, bins, p.Shape.Height, p.Shape.Width)
	if signed && r.Uint64()>>63 == 1 {
		v = -v
	}
	p.do(o, v, bilinear, fill)
}

// bins of RandAugment and TrivialAugment unless told otherwise.
const standardBins = 31

// drawn is the number of operations that RandAugment and TrivialAugment draw from: all but invert.
const drawn = int(invert)

// RandAugment applies Operations out of 14, drawn anew for each picture, all with one magnitude.
// Cubuk et al. 2019, arXiv:1909.13719; operations and magnitudes are torchvision's: identity, shear
// and translate along both axes, rotate, brightness, color, contrast, sharpness, posterize, solarize,
// auto_contrast and equalize.
type RandAugment struct {
	Operations int      `json:"operations,omitempty"` // one after the other; 0: 2
	Magnitude  int      `json:"magnitude,omitempty"`  // 0 to Bins - 1; 0: 9, below 0: none
	Bins       int      `json:"bins,omitempty"`       // 0: 31
	Bilinear   bool     `json:"bilinear,omitempty"`   // mix neighbouring pixels; otherwise the nearest
	Fill       [3]uint8 `json:"fill,omitzero"`        // of what comes in from outside; default black
}

// Name is "rand_augment".
func (RandAugment) Name() string { return "rand_augment" }

// Check refuses numbers out of range.
func (a RandAugment) Check() error {
	bins, n, m := or(a.Bins, standardBins), or(a.Operations, 2), or(a.Magnitude, 9)
	switch {
	case bins < 2 || bins > 1000:
		return errors.Errorf("bins is %d, want 2 to 1000", bins)
	case n < 1 || n > 100:
		return errors.Errorf("operations is %d, want 1 to 100", n)
	case m >= bins:
		return errors.Errorf("magnitude is %d, want 0 to %d", m, bins-1)
	}
	return nil
}

// Apply draws the operations and their directions.
func (a RandAugment) Apply(p *Picture, r *Rand) error {
	for range or(a.Operations, 2) {
		paper.draw(p, r, operation(r.Below(drawn)), max(0, or(a.Magnitude, 9)), or(a.Bins, standardBins), a.Bilinear, a.Fill)
	}
	return nil
}

// TrivialAugment applies one of RandAugment's 14 operations with a magnitude drawn from all, which are
// wider: TrivialAugmentWide of Müller and Hutter 2021, arXiv:2103.10158, as torchvision has it.
type TrivialAugment struct {
	Bins     int      `json:"bins,omitempty"`     // 0: 31
	Bilinear bool     `json:"bilinear,omitempty"` // mix neighbouring pixels; otherwise the nearest
	Fill     [3]uint8 `json:"fill,omitzero"`      // of what comes in from outside; default black
}

// Name is "trivial_augment".
func (TrivialAugment) Name() string { return "trivial_augment" }

// Check refuses numbers out of range.
func (a TrivialAugment) Check() error {
	if bins := or(a.Bins, standardBins); bins < 2 || bins > 1000 {
		return errors.Errorf("bins is %d, want 2 to 1000", bins)
	}
	return nil
}

// Apply draws an operation, its magnitude and its direction.
func (a TrivialAugment) Apply(p *Picture, r *Rand) error {
	bins := or(a.Bins, standardBins)
	o := operation(r.Below(drawn))
	wide.draw(p, r, o, r.Below(bins), bins, a.Bilinear, a.Fill)
	return nil
}

// AutoAugment applies one of the 25 pairs of operations that were found for CIFAR-10, each operation
// with its own probability and magnitude. Cubuk et al. 2018, arXiv:1805.09501, table 7 (appendix);
// magnitudes are torchvision's.
type AutoAugment struct {
	Bilinear bool     `json:"bilinear,omitempty"` // mix neighbouring pixels; otherwise the nearest
	Fill     [3]uint8 `json:"fill,omitzero"`      // of what comes in from outside; default black
}

// Name is "auto_augment".
func (AutoAugment) Name() string { return "auto_augment" }

// Check finds nothing to refuse.
func (AutoAugment) Check() error { return nil }

// Apply draws a pair, whether each of the two happens, and its direction.
func (a AutoAugment) Apply(p *Picture, r *Rand) error {
	for _, c := range cifarPolicy[r.Below(len(cifarPolicy))] {
		if r.Chance(c.probability) {
			paper.draw(p, r, c.operation, c.bin, 10, a.Bilinear, a.Fill)
		}
	}
	return nil
}

// choice is an operation of a pair; the bin is one of ten, of no meaning where it has no magnitude.
type choice struct {
	operation   operation
	probability float64
	bin         int
}

var cifarPolicy = [25][2]choice{
	{{invert, 0.1, 0}, {contrast, 0.2, 6}},
	{{rotate, 0.7, 2}, {translateX, 0.3, 9}},
	{{sharpness, 0.8, 1}, {sharpness, 0.9, 3}},
	{{shearY, 0.5, 8}, {translateY, 0.7, 9}},
	{{autoContrast, 0.5, 0}, {equalize, 0.9, 0}},
	{{shearY, 0.2, 7}, {posterize, 0.3, 7}},
	{{color, 0.4, 3}, {brightness, 0.6, 7}},
	{{sharpness, 0.3, 9}, {brightness, 0.7, 9}},
	{{equalize, 0.6, 0}, {equalize, 0.5, 0}},
	{{contrast, 0.6, 7}, {sharpness, 0.6, 5}},
	{{color, 0.7, 7}, {translateX, 0.5, 8}},
	{{equalize, 0.3, 0}, {autoContrast, 0.4, 0}},
	{{translateY, 0.4, 3}, {sharpness, 0.2, 6}},
	{{brightness, 0.9, 6}, {color, 0.2, 8}},
	{{solarize, 0.5, 2}, {invert, 0, 0}},
	{{equalize, 0.2, 0}, {autoContrast, 0.6, 0}},
	{{equalize, 0.2, 0}, {equalize, 0.6, 0}},
	{{color, 0.9, 9}, {equalize, 0.6, 0}},
	{{autoContrast, 0.8, 0}, {solarize, 0.2, 8}},
	{{brightness, 0.1, 3}, {color, 0.7, 0}},
	{{solarize, 0.4, 5}, {autoContrast, 0.9, 0}},
	{{translateY, 0.9, 9}, {translateY, 0.7, 9}},
	{{autoContrast, 0.9, 0}, {solarize, 0.8, 3}},
	{{equalize, 0.8, 0}, {invert, 0.1, 0}},
	{{translateY, 0.7, 9}, {autoContrast, 0.9, 0}},
}
