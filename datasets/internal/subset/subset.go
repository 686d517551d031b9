// Package subset chooses the class-balanced part of MNIST that stheno embeds.
package subset

import (
	"math/rand/v2"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
)

// What is embedded: images per class from the training and from the test files, and the seed of
// the choice.
const (
	TrainPerClass = 1000
	TestPerClass  = 200
	Seed          = 1998 // the year of LeCun et al., Gradient-based learning applied to document recognition
	classes       = 10
)

// Choose draws perClass images of each of the ten digits at random (seeded) and returns them in
// the order 0, 1, ... 9, 0, 1, ..., so that every prefix is balanced too.
// images: (N, H, W); labels: (N).
func Choose(images, labels *idx.Array, perClass int, seed uint64) (*idx.Array, *idx.Array, error) {
	if len(images.Dims) != 3 || len(labels.Dims) != 1 || images.Dims[0] != labels.Dims[0] {
		return nil, nil, errors.Errorf("subset: images %v and labels %v do not belong together", images.Dims, labels.Dims)
	}
	var members [classes][]int
	for i, l := range labels.Data {
		if l >= classes {
			return nil, nil, errors.Errorf("subset: label %d of image %d is not a digit", l, i)
		}
		members[l] = append(members[l], i)
	}
	for c, m := range members {
		if len(m) < perClass {
			return nil, nil, errors.Errorf("subset: %d images of digit %d, want at least %d", len(m), c, perClass)
		}
		// Fisher-Yates written out: its result must not depend on the Go release.
		rng := rand.NewPCG(seed, uint64(c))
		for i := len(m) - 1; i > 0; i-- {
			j := int(rng.Uint64() % uint64(i+1))
			m[i], m[j] = m[j], m[i]
		}
	}
	size := images.Dims[1] * images.Dims[2]
	n := perClass * classes
	outImages := &idx.Array{Dims: []int{n, images.Dims[1], images.Dims[2]}, Data: make([]byte, 0, n*size)}
	outLabels := &idx.Array{Dims: []int{n}, Data: make([]byte, 0, n)}
	for k := range perClass {
		for c := range classes {
			i := members[c][k]
			outImages.Data = append(outImages.Data, images.Data[i*size:(i+1)*size]...)
			outLabels.Data = append(outLabels.Data, byte(c))
		}
	}
	return outImages, outLabels, nil
}
