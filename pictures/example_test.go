package pictures_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"log"

	"github.com/stheno-ml/stheno/pictures"
)

// A picture becomes what a network takes: 3 planes of 32x32 bytes.
func Example() {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
		log.Fatal(err)
	}
	img, err := pictures.Decode(file.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	if img, err = pictures.Fit(img, 32, 32); err != nil {
		log.Fatal(err)
	}
	planes := make([]uint8, 3*32*32)
	if err := pictures.Planes(img, 3, planes); err != nil {
		log.Fatal(err)
	}
	fmt.Println(img.Bounds().Dx(), img.Bounds().Dy(), planes[0])
	// Output: 32 32 0
}
