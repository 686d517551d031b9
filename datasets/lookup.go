package datasets

import (
	"github.com/stheno-ml/stheno/internal/lookup"
)

var names = []string{"cifar10", "embedded_mnist", "mnist", "synthetic"}

// Names returns the names that Lookup knows.
func Names() []string { return append([]string(nil), names...) }

// Lookup returns training and test images by name: "mnist" and "cifar10" from the folder dir,
// "embedded_mnist" and "synthetic" (3x32x32, 10 classes) without one. "mnist" with an empty dir is
// the embedded subset. Case, hyphens and underscores don't matter; an unknown name is an error
// with the nearest known one.
func Lookup(name, dir string) (train, test *Dataset, err error) {
	i := lookup.Find(name, names)
	if i < 0 {
		return nil, nil, lookup.Unknown("dataset", name, names)
	}
	switch names[i] {
	case "cifar10":
		return CIFAR10(dir)
	case "mnist":
		if dir != "" {
			return MNIST(dir)
		}
		return EmbeddedMNIST()
	case "embedded_mnist":
		return EmbeddedMNIST()
	}
	return Synthetic(SyntheticConfig{})
}
