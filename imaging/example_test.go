package imaging_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/imaging"
)

func ExampleParseShape() {
	shape, err := imaging.ParseShape("3x224x224")
	if err != nil {
		fmt.Println(err)
		return
	}
	values, err := shape.Size()
	fmt.Println(shape.Height, values, shape.WithBatch(32), err)
	_, err = imaging.ParseShape("224x224")
	fmt.Println(err)
	// Output:
	// 224 150528 [32 3 224 224] <nil>
	// image size is "224x224", want CHANNELSxHEIGHTxWIDTH such as 3x224x224
}

// An image of one red and one white pixel as a network for ImageNet sees it.
func ExampleNormalization_Apply() {
	image := []float32{
		1, 1, // red
		0, 1, // green
		0, 1, // blue
	}
	err := imaging.ImageNet().Apply(image, imaging.Shape{Channels: 3, Height: 1, Width: 2})
	fmt.Printf("%.2f %v\n", image, err)
	// Output: [2.25 2.25 -2.04 2.43 -1.80 2.64] <nil>
}
