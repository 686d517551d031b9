package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
)

// checksumKey is where the checksum of the elements stands in the metadata.
const checksumKey = "sha256"

// Checksum is the SHA-256, in hexadecimal, of names, types, shapes and elements
// of tensors, in the order of their names, and of the metadata but for an older
// checksum. Equal content has an equal checksum, whatever the order in a file.
func Checksum(f *weights.File) string {
	h := sha256.New()
	tensors := slices.Clone(f.Tensors)
	slices.SortStableFunc(tensors, func(a, b weights.Tensor) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range tensors {
		shape := t.Shape
		if len(shape) == 0 {
			shape = nil
		}
		fmt.Fprintf(h, "%q %s %v %d\n", t.Name, t.Dtype, shape, len(t.Bytes))
		h.Write(t.Bytes)
	}
	for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
		if key != checksumKey {
			io.WriteString(h, fmt.Sprintf("%q %q\n", key, f.Metadata[key]))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ParamsChecksum is the Checksum of a model's parameters and buffers: equal for
// equal weights.
func ParamsChecksum(p *graph.Params) (string, error) {
	tensors, err := weights.FromParams(p)
	if err != nil {
		return "", err
	}
	return Checksum(&weights.File{Tensors: tensors}), nil
}

// Sign returns the content with its checksum in the metadata.
func Sign(f *weights.File) *weights.File {
	signed := &weights.File{Tensors: f.Tensors, Metadata: maps.Clone(f.Metadata)}
	if signed.Metadata == nil {
		signed.Metadata = map[string]string{}
	}
	signed.Metadata[checksumKey] = Checksum(f)
	return signed
}

func verify(f *weights.File) error {
	want, ok := f.Metadata[checksumKey]
	if !ok {
		return errors.New("not a checkpoint: no checksum in its metadata")
	}
	if got := Checksum(f); got != want {
		return errors.Errorf("damaged: checksum is %s, want %s", got, want)
	}
	return nil
}
