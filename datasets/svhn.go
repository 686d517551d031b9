package datasets

import (
	"bufio"
	"io"
	"os"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/datasets/internal/mat"
	"github.com/stheno-ml/stheno/imaging"
)

// svhnTrain and svhnTest are in the published files; files of fewer are read too.
const svhnTrain, svhnTest = 73257, 26032

// SVHN reads the 73,257 training and 26,032 test images of digits of house numbers, cropped to
// 3x32x32, from the published MAT-files train_32x32.mat and test_32x32.mat in dir or dir/svhn.
// Label 10 stands for the digit 0 in the files and is 0 here.
// Pixels are normalised by means (0.4377, 0.4438, 0.4728) and deviations (0.1980, 0.2010, 0.1970).
//
// Missing, truncated or inconsistent files, more images than published, and labels out of range
// are errors that name the file.
//
// Netzer, Wang, Coates, Bissacco, Wu, Ng, Reading digits in natural images with unsupervised
// feature learning, NIPS workshop on deep learning, 2011.
func SVHN(dir string) (train, test *Dataset, err error) {
	var paths [2]string
	for i, name := range []string{"train_32x32.mat", "test_32x32.mat"} {
		paths[i], err = find(dir, []string{"", "svhn"}, []string{name}, "SVHN",
			"put the published files train_32x32.mat and test_32x32.mat there")
		if err != nil {
			return nil, nil, err
		}
	}
	var parts [2]*Dataset
	for i, most := range []int{svhnTrain, svhnTest} {
		f, err := os.Open(paths[i])
		if err != nil {
			return nil, nil, errors.WithStack(err)
		}
		parts[i], err = readSVHN(paths[i], bufio.NewReaderSize(f, 1<<16), most)
		f.Close()
		if err != nil {
			return nil, nil, err
		}
	}
	return parts[0], parts[1], nil
}

// readSVHN reads X (32, 32, 3, N) and y (N, 1), whose first dimension runs fastest: so an image's
// columns lie one behind the other, and are turned into rows.
func readSVHN(path string, r io.Reader, most int) (*Dataset, error) {
	arrays, err := mat.Read(path, r, map[string][]mat.Bound{
		"X": {{Min: 32, Max: 32}, {Min: 32, Max: 32}, {Min: 3, Max: 3}, {Min: 1, Max: most}},
		"y": {{Min: 1, Max: most}, {Min: 1, Max: 1}},
	})
	if err != nil {
		return nil, err
	}
	x, y := arrays["X"], arrays["y"]
	if x.Dims[3] != y.Dims[0] {
		return nil, errors.Errorf("%s: %d labels, want %d, one for each image", path, y.Dims[0], x.Dims[3])
	}
	labels := make([]int, len(y.Data))
	for i, l := range y.Data {
		if l < 1 || l > 10 {
			return nil, errors.Errorf("%s: label of image %d is %d, want 1 to 10", path, i, l)
		}
		labels[i] = int(l) % 10
	}
	for first := 0; first < len(x.Data); first += 32 * 32 {
		transpose(x.Data[first:first+32*32], 32)
	}
	return New(Config{Name: "SVHN", Shape: Shape{Channels: 3, Height: 32, Width: 32}, Pixels: x.Data, Labels: labels,
		Classes: digits, Normalization: imaging.SVHN()})
}

// transpose swaps rows and columns of a square of n x n bytes.
func transpose(square []byte, n int) {
	for y := range n {
		for x := range y {
			square[y*n+x], square[x*n+y] = square[x*n+y], square[y*n+x]
		}
	}
}
