package datasets

import (
	"strings"

	"github.com/pkg/errors"
)

// Names returns the names that Load knows.
func Names() []string { return []string{"cifar10", "embedded_mnist", "mnist", "synthetic"} }

// Load returns training and test images by name: "mnist" and "cifar10" from a folder,
// "embedded_mnist" and "synthetic" (3x32x32, 10 classes) without one. "mnist" with an empty dir is
// the embedded subset. Case doesn't matter, "-" counts as "_".
func Load(name, dir string) (train, test *Dataset, err error) {
	switch strings.ReplaceAll(strings.ToLower(name), "-", "_") {
	case "mnist":
		if dir == "" {
			return EmbeddedMNIST()
		}
		return MNIST(dir)
	case "embedded_mnist", "mnist_embedded":
		return EmbeddedMNIST()
	case "cifar10", "cifar_10":
		return CIFAR10(dir)
	case "synthetic":
		return Synthetic(SyntheticConfig{})
	}
	return nil, nil, errors.Errorf("unknown dataset %q, want one of %s", name, strings.Join(Names(), ", "))
}
