package classify

import (
	"image"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/pictures"
)

// Description says what a network is and how it takes pictures: all that is
// needed besides its weights. It is stored with them.
type Description struct {
	// Architecture is the network's name in package architectures, Activation
	// what replaces its ReLUs; both empty for a network of one's own.
	Architecture string `json:"architecture,omitempty"`
	Activation   string `json:"activation,omitempty"`

	Classes       []string              `json:"classes"`       // names, in the order of the outputs
	Input         imaging.Shape         `json:"input"`         // of one image
	Normalization imaging.Normalization `json:"normalization"` // of its pixels, after scaling to 0..1

	// Stretch scales a picture to the input's height and width, whatever its
	// proportions. Otherwise it is scaled to cover them and the middle is cut
	// out.
	Stretch bool `json:"stretch,omitempty"`
	// Side is the shorter side that a picture is scaled to before the middle is cut
	// out, such as 256 for an input of 224x224; 0: as covers the input.
	Side int `json:"side,omitempty"`
}

func (d Description) check() error {
	if len(d.Classes) < 1 {
		return errors.New("classify: no classes")
	}
	if c := d.Input.Channels; c != 1 && c != 3 {
		return errors.Errorf("classify: input %v, want 1 channel (grey) or 3 (colour)", d.Input)
	}
	if _, err := d.Input.Size(); err != nil {
		return errors.WithMessage(err, "classify: input")
	}
	if err := pictures.CheckSide(d.Side, d.Input.Width, d.Input.Height, d.Stretch); err != nil {
		return errors.WithMessage(err, "classify: side")
	}
	return errors.WithMessage(d.Normalization.Check(d.Input.Channels), "classify: normalization")
}

// prepare makes of a picture what the network takes.
func (d Description) prepare(img image.Image, dst []float32) error {
	s := d.Input
	img, err := pictures.Bring(img, s.Width, s.Height, d.Stretch, d.Side)
	if err != nil {
		return err
	}
	bytes := make([]uint8, len(dst))
	if err := pictures.Planes(img, s.Channels, bytes); err != nil {
		return err
	}
	for i, b := range bytes {
		dst[i] = float32(b) / 255
	}
	return d.Normalization.Apply(dst, s)
}
