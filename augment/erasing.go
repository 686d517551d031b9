package augment

import (
	"math"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
)

// Erasing sets a rectangle of random size, proportion and place in a normalised image to 0, the mean
// colour, or to noise. The zero value erases nothing. Zhong et al. 2017, arXiv:1708.04896;
// torchvision's RandomErasing.
type Erasing struct {
	Probability float64    `json:"probability,omitempty"` // of an image to lose a rectangle; 0: none
	Scale       [2]float64 `json:"scale,omitzero"`        // bounds of its share of the area; zero: 0.02 to 0.33
	Ratio       [2]float64 `json:"ratio,omitzero"`        // bounds of height by width; zero: 0.3 to 3.3
	Noise       bool       `json:"noise,omitempty"`       // fill it with normal noise, mean 0, deviation 1
}

// Check refuses what is no probability, and bounds that are not positive or the wrong way round.
func (e Erasing) Check() error {
	if err := checkProbability(e.Probability); err != nil {
		return err
	}
	scale, ratio := e.bounds()
	if !(scale[0] > 0 && scale[0] <= scale[1] && scale[1] <= 1) {
		return errors.Errorf("scale is %g to %g, want it within 0 (excluded) to 1", scale[0], scale[1])
	}
	if !(ratio[0] > 0 && ratio[0] <= ratio[1] && ratio[1] <= 1e6) {
		return errors.Errorf("ratio is %g to %g, want two positive numbers, the smaller first", ratio[0], ratio[1])
	}
	return nil
}

func (e Erasing) bounds() (scale, ratio [2]float64) {
	return or(e.Scale, [2]float64{0.02, 0.33}), or(e.Ratio, [2]float64{0.3, 3.3})
}

// Window draws the rectangle; false: none, by chance or because ten were too large.
func (e Erasing) Window(height, width int, r *Rand) (w Window, ok bool) {
	if !r.Chance(e.Probability) {
		return w, false
	}
	scale, ratio := e.bounds()
	area := float64(height) * float64(width)
	for range 10 {
		target := area * r.Between(scale[0], scale[1])
		aspect := math.Exp(r.Between(math.Log(ratio[0]), math.Log(ratio[1])))
		h, w := int(math.RoundToEven(math.Sqrt(target*aspect))), int(math.RoundToEven(math.Sqrt(target/aspect)))
		if h > 0 && w > 0 && h < height && w < width {
			return Window{Top: r.Below(height - h + 1), Left: r.Below(width - w + 1), Height: h, Width: w}, true
		}
	}
	return w, false
}

// Apply erases from an image (C, H, W) of any number of channels.
func (e Erasing) Apply(image []float32, s imaging.Shape, r *Rand) {
	w, ok := e.Window(s.Height, s.Width, r)
	if !ok {
		return
	}
	for c := range s.Channels {
		for y := w.Top; y < w.Top+w.Height; y++ {
			row := image[(c*s.Height+y)*s.Width+w.Left:][:w.Width]
			clear(row)
			if e.Noise {
				for i := range row {
					row[i] = float32(r.Normal())
				}
			}
		}
	}
}
