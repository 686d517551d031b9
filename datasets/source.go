package datasets

import (
	"fmt"
	"reflect"

	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// Shape is the size of one image; see package imaging.
type Shape = imaging.Shape

// Normalization holds the mean and the deviation of pixels; see package imaging.
type Normalization = imaging.Normalization

// ParseShape reads the size of an image: "3x32x32".
func ParseShape(text string) (Shape, error) { return imaging.ParseShape(text) }

// Source is labelled images of one size, each to be had by its number: in memory
// (Dataset), in files, or made when they are asked for.
//
// Read may be called from several goroutines at once, and gives the same image
// for the same number each time: what changes from epoch to epoch is the
// loader's part. The other methods give the same answers as long as the source
// is in use. What Read returns as an error, a Loader hands on with the place; it
// makes an error of a panic, too.
type Source interface {
	// Len is the number of images.
	Len() int
	// Shape is the size of every image.
	Shape() Shape
	// Classes are the names of the labels.
	Classes() []string
	// Read writes image i, normalised, to all of image, (C, H, W), and returns
	// its label, an index into Classes.
	Read(i int, image []float32) (label int, err error)
}

// TargetSource is a Source that teaches something else than one class an image: class
// probabilities, any number of classes, or real values. The label that Read returns is then of no
// account, and without a meaning for it Classes may be empty.
type TargetSource interface {
	Source
	// Target is the kind of the targets and the number of values of one: as many as there are
	// classes for ClassProbabilities and MultiLabel, and for RealValues as many as the network puts
	// out for an image. With ClassLabels it is Read's label that counts, and the number is 0.
	Target() (kind graph.TargetKind, values int)
	// ReadTarget writes the target of image i to all of target. Like Read it may be called from
	// several goroutines. A Loader's Augment changes images only: a target that follows the image
	// pixel by pixel wants none.
	ReadTarget(i int, target []float32) error
}

// TargetOf is what the source's targets are: ClassLabels unless it is a TargetSource.
func TargetOf(source Source) (kind graph.TargetKind, values int) {
	if t, ok := source.(TargetSource); ok {
		return t.Target()
	}
	return graph.ClassLabels, 0
}

// NamedSource is a Source that has a name for messages.
type NamedSource interface {
	Source
	Name() string
}

// NameOf is the name of a source, or its type when it has none.
func NameOf(source Source) string {
	if n, ok := source.(NamedSource); ok && !isNil(source) {
		return n.Name()
	}
	return fmt.Sprintf("%T", source)
}

// BackgroundSource is a Source whose images lie on a background of their own. When
// a Loader moves an image in its frame (Augment.Pad), what comes in from outside
// is Background, one value a channel: black for a Dataset. For a source without
// it that is 0: the mean colour where pixels are normalised, black where they are
// from 0 to 1.
type BackgroundSource interface {
	Source
	Background() []float32
}

// PixelSource is a Source whose images are 8-bit pixels before they are normalised, which the steps of
// Augment work on: Dataset and PictureFolder.
type PixelSource interface {
	Source
	// ReadPixels writes image i to p and returns its label. With whole it is as large as it is
	// stored; otherwise it has been brought to Shape, as Read does. The channels are Shape's. Like
	// Read it may be called from several goroutines.
	ReadPixels(i int, whole bool, p *augment.Picture) (label int, err error)
	// Normalization is what Read makes of pixels.
	Normalization() Normalization
}

// isNil tells a nil pointer in the guise of a source.
func isNil(source Source) bool {
	if source == nil {
		return true
	}
	v := reflect.ValueOf(source)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
