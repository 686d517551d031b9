package datasets

import (
	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
	"github.com/stheno-ml/stheno/imaging"
)

// Images in the published files. Files of fewer are read too.
const mnistTrain, mnistTest = 60000, 10000

var digits = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// MNIST reads the 60,000 training and 10,000 test images of handwritten digits, 1x28x28, in the
// published IDX format from dir or dir/mnist: train-images-idx3-ubyte, train-labels-idx1-ubyte,
// t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, gzipped (.gz) or plain.
// Pixels are normalised by mean 0.1307 and standard deviation 0.3081.
//
// Missing, truncated, overlong or inconsistent files, more images than published, and labels above 9 are errors that name the
// file, what was found and what was wanted.
//
// LeCun, Cortes, Burges, The MNIST database of handwritten digits, 1998; LeCun, Bottou, Bengio,
// Haffner, Gradient-based learning applied to document recognition, Proc. IEEE 86(11), 1998.
func MNIST(dir string) (train, test *Dataset, err error) {
	return idxSet{"MNIST", digits, imaging.MNIST()}.read(dir, "", "mnist", "MNIST/raw")
}

// FashionMNIST reads 60,000 training and 10,000 test images of clothes, 1x28x28, from dir or
// dir/fashion_mnist: files of MNIST's names and form, with MNIST's errors.
// Pixels are normalised by mean 0.2860 and standard deviation 0.3530.
//
// Xiao, Rasul, Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning
// algorithms, 2017, arXiv:1708.07747.
func FashionMNIST(dir string) (train, test *Dataset, err error) {
	return idxSet{"Fashion-MNIST", []string{"T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"},
		imaging.FashionMNIST()}.read(dir, "", "fashion_mnist", "FashionMNIST/raw")
}

// KMNIST reads 60,000 training and 10,000 test images of cursive Japanese characters, one of each
// row of hiragana, 1x28x28, from dir or dir/kmnist: files of MNIST's names and form, with MNIST's
// errors. Classes are named by their sounds.
// Pixels are normalised by mean 0.1918 and standard deviation 0.3483.
//
// Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha, Deep learning for classical Japanese
// literature, 2018, arXiv:1812.01718.
func KMNIST(dir string) (train, test *Dataset, err error) {
	return idxSet{"KMNIST", []string{"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"},
		imaging.KMNIST()}.read(dir, "", "kmnist", "KMNIST/raw")
}

// idxSet is a set in the four files that MNIST came in.
type idxSet struct {
	name    string
	classes []string
	norm    Normalization
}

// read looks for the files in the sub-folders.
func (s idxSet) read(dir string, subs ...string) (train, test *Dataset, err error) {
	read := func(name string, want ...idx.Bound) (*idx.Array, string, error) {
		path, err := find(dir, subs, []string{name, name + ".gz"}, s.name,
			"put the four published files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte there, gzipped (.gz) or plain")
		if err != nil {
			return nil, "", err
		}
		a, err := idx.ReadFile(path, want...)
		return a, path, err
	}
	part := func(prefix string, most int) (*Dataset, error) {
		images, imagePath, err := read(prefix+"-images-idx3-ubyte", digitBounds(most)...)
		if err != nil {
			return nil, err
		}
		labels, labelPath, err := read(prefix+"-labels-idx1-ubyte", idx.AtMost(most))
		if err != nil {
			return nil, err
		}
		return s.join(imagePath, images, labelPath, labels)
	}
	if train, err = part("train", mnistTrain); err != nil {
		return nil, nil, err
	}
	if test, err = part("t10k", mnistTest); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// digitBounds are the dimensions of a file of images: no more than were published.
func digitBounds(most int) []idx.Bound {
	return append([]idx.Bound{idx.AtMost(most)}, idx.Exactly(28, 28)...)
}

// join makes a set of the images (N, 28, 28) of one file and the labels (N) of another.
func (s idxSet) join(imagePath string, images *idx.Array, labelPath string, labels *idx.Array) (*Dataset, error) {
	n, h, w := images.Dims[0], images.Dims[1], images.Dims[2]
	if labels.Dims[0] != n {
		return nil, errors.Errorf("%s: %d labels, want %d, one for each image of %s", labelPath, labels.Dims[0], n, imagePath)
	}
	values := make([]int, n)
	for i, l := range labels.Data {
		if int(l) >= len(s.classes) {
			return nil, errors.Errorf("%s: label of image %d is %d, want 0 to %d", labelPath, i, l, len(s.classes)-1)
		}
		values[i] = int(l)
	}
	return New(Config{Name: s.name, Shape: Shape{Channels: 1, Height: h, Width: w}, Pixels: images.Data, Labels: values,
		Classes: s.classes, Normalization: s.norm})
}
