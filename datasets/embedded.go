package datasets

import (
	"bytes"
	"embed"
	"sync"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
	"github.com/stheno-ml/stheno/imaging"
)

//go:generate go run ./internal/subset/gen -out embedded

//go:embed embedded/*.gz
var embedded embed.FS

// EmbeddedMNIST returns 10,000 training and 2,000 test images of MNIST that are part of the
// program: 1,000 and 200 of each digit, drawn at random from the full training and test files, in
// the order 0, 1, ... 9, 0, 1, ... Everything else is as in MNIST.
func EmbeddedMNIST() (train, test *Dataset, err error) {
	parts, err := decodeEmbedded()
	if err != nil {
		return nil, nil, err
	}
	train, test = parts[0].Take(parts[0].Len()), parts[1].Take(parts[1].Len())
	return train, test, nil
}

// decodeEmbedded unpacks the files once a process; datasets don't change, so all callers share
// the pixels.
var decodeEmbedded = sync.OnceValues(func() (parts [2]*Dataset, err error) {
	read := func(path string, want ...idx.Bound) (*idx.Array, error) {
		b, err := embedded.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return idx.Read(path, bytes.NewReader(b), want...)
	}
	for i, prefix := range []string{"embedded/train", "embedded/t10k"} {
		imagePath, labelPath := prefix+"-images-idx3-ubyte.gz", prefix+"-labels-idx1-ubyte.gz"
		images, err := read(imagePath, digitBounds(mnistTrain)...)
		if err != nil {
			return parts, err
		}
		labels, err := read(labelPath, idx.AtMost(mnistTrain))
		if err != nil {
			return parts, err
		}
		if parts[i], err = (idxSet{"MNIST (embedded)", digits, imaging.MNIST()}).join(imagePath, images, labelPath, labels); err != nil {
			return parts, err
		}
	}
	return parts, nil
})
