package datasets

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/internal/lookup"
)

// Names returns the names that Lookup knows, in alphabetical order.
func Names() []string {
	names := append(PublishedSets().Names(), "embedded_mnist", "synthetic")
	slices.Sort(names)
	return names
}

// Lookup returns training and test images by name: "embedded_mnist", "synthetic" (3x32x32, 10
// classes), and the names of PublishedSets, from the folder dir or, when dir is empty, from where
// Fetch installs them; what is not there is an error that says how to get it. Case, hyphens and
// underscores don't matter; an unknown name is an error with the nearest known one.
//
// Imagenette's pictures are decoded into memory, which has to hold them; the function Imagenette
// reads them as they are asked for.
func Lookup(name, dir string) (train, test *Dataset, err error) {
	names := Names()
	i := lookup.Find(name, names)
	if i < 0 {
		return nil, nil, lookup.Unknown("dataset", name, names)
	}
	switch names[i] {
	case "embedded_mnist":
		return EmbeddedMNIST()
	case "synthetic":
		return Synthetic(SyntheticConfig{})
	}
	p, err := PublishedSets().Find(names[i])
	if err != nil {
		return nil, nil, err
	}
	if dir == "" {
		if dir, err = p.cached(); err != nil {
			return nil, nil, err
		}
	}
	ctx := context.Background()
	a, b, err := p.Load(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	if train, err = inMemory(ctx, a); err != nil {
		return nil, nil, err
	}
	test, err = inMemory(ctx, b)
	return train, test, err
}

// inMemory makes a Dataset of a source that can be one.
func inMemory(ctx context.Context, s Source) (*Dataset, error) {
	switch s := s.(type) {
	case *Dataset:
		return s, nil
	case *PictureFolder:
		return s.InMemory(ctx)
	}
	return nil, errors.Errorf("%s: a %T has no images in memory", NameOf(s), s)
}

// cached is the set's folder in the cache. If it is not there, the error says how to get it.
func (p Published) cached() (string, error) {
	root, err := CacheFolder()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, p.Name)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return dir, nil
	}
	more := ""
	if p.Name == "mnist" {
		more = "; embedded_mnist, a part of it, needs no files"
	}
	return "", errors.Errorf("%s is not in %s: get it with \"demo data fetch %s\" or datasets.Fetch, or name the folder that has its files%s",
		p.Title, dir, p.Name, more)
}
