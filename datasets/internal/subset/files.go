package subset

import (
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
)

// Make reads the four files of the full MNIST set (gzipped, under their published names) from dir
// or dir/mnist and returns the contents of the embedded files by their names without ".gz".
func Make(dir string) (map[string]*idx.Array, error) {
	if _, err := os.Stat(filepath.Join(dir, "mnist")); err == nil {
		dir = filepath.Join(dir, "mnist")
	}
	out := map[string]*idx.Array{}
	for _, part := range []struct {
		prefix   string
		perClass int
	}{{"train", TrainPerClass}, {"t10k", TestPerClass}} {
		imageName, labelName := part.prefix+"-images-idx3-ubyte", part.prefix+"-labels-idx1-ubyte"
		images, err := idx.ReadFile(filepath.Join(dir, imageName+".gz"), append([]idx.Bound{idx.AtMost(60000)}, idx.Exactly(28, 28)...)...)
		if err != nil {
			return nil, err
		}
		labels, err := idx.ReadFile(filepath.Join(dir, labelName+".gz"), idx.AtMost(60000))
		if err != nil {
			return nil, err
		}
		if out[imageName], out[labelName], err = Choose(images, labels, part.perClass, Seed); err != nil {
			return nil, errors.Wrap(err, part.prefix)
		}
	}
	return out, nil
}
