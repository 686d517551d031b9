package datasets_test

import (
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// stripes makes its images when they are asked for: horizontal or vertical stripes of a width that
// follows from the image's number. It has no state, so that any number of goroutines may read it.
type stripes struct{ images, side int }

func (s stripes) Len() int          { return s.images }
func (s stripes) Classes() []string { return []string{"horizontal", "vertical"} }
func (s stripes) Shape() datasets.Shape {
	return datasets.Shape{Channels: 1, Height: s.side, Width: s.side}
}

func (s stripes) Read(i int, image []float32) (label int, err error) {
	if i < 0 || i >= s.images {
		return 0, errors.Errorf("stripes: image %d, want 0 to %d", i, s.images-1)
	}
	label = i % 2
	width := 1 + i/2%3
	for k := range image {
		at := k / s.side // the row
		if label == 1 {
			at = k % s.side // the column
		}
		image[k] = float32(at / width % 2)
	}
	return label, nil
}

// A source of one's own: four methods.
func ExampleSource() {
	loader, err := datasets.NewLoader(stripes{images: 1000, side: 4}, datasets.LoaderConfig{Batch: 2, Prefetch: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch, err := range loader.Epoch(0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(batch.Target.Labels, batch.Images)
		break
	}
	// Output: [0 1] [0 0 0 0 1 1 1 1 0 0 0 0 1 1 1 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1]
}

// waves are images that teach a number each: how often a wave fits into the image.
type waves struct{ stripes }

func (w waves) Classes() []string { return nil }

func (w waves) Target() (graph.TargetKind, int) { return graph.RealValues, 1 }

func (w waves) often(i int) float64 { return 1 + float64(i)/10 }

func (w waves) Read(i int, image []float32) (label int, err error) {
	for k := range image {
		x := float64(k%w.side) / float64(w.side)
		image[k] = float32(math.Sin(2 * math.Pi * w.often(i) * x))
	}
	return 0, nil
}

func (w waves) ReadTarget(i int, target []float32) error {
	target[0] = float32(w.often(i))
	return nil
}

// A source whose targets are real numbers.
func ExampleTargetSource() {
	loader, err := datasets.NewLoader(waves{stripes{images: 100, side: 16}}, datasets.LoaderConfig{Batch: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch, err := range loader.Epoch(0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(batch.Target.Kind, batch.Target.Values)
		break
	}
	// Output: real values [1 1.1 1.2 1.3]
}

// damaged is a source of which one image can't be read.
type damaged struct{ stripes }

func (d damaged) Read(i int, image []float32) (int, error) {
	if i == 17 {
		return 0, errors.New("unexpected end of the file")
	}
	return d.stripes.Read(i, image)
}

// What can't be read comes out of the loop, with its place.
func ExampleLoader_Epoch() {
	loader, err := datasets.NewLoader(damaged{stripes{images: 100, side: 4}}, datasets.LoaderConfig{Batch: 8, Prefetch: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch, err := range loader.Epoch(0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("batch", batch.Index, "of", batch.N, "images")
	}
	// Output:
	// batch 0 of 8 images
	// batch 1 of 8 images
	// image 17 of datasets_test.damaged (epoch 0, batch 2, counted from 0): unexpected end of the file
}
