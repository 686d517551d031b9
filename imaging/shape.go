// Package imaging says how a network takes its images: their size, and the
// constants by which their pixels are normalised. It has only these two types,
// and stands below both the networks that state them and the datasets that
// follow them.
package imaging

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
)

// Shape is the size of one image, stored channel by channel and row by row.
type Shape struct {
	Channels, Height, Width int
}

// ParseShape reads channels, height and width: "3x224x224".
func ParseShape(text string) (Shape, error) {
	var s Shape
	parts := strings.Split(strings.ToLower(text), "x")
	if len(parts) != 3 {
		return s, errors.Errorf("image size is %q, want CHANNELSxHEIGHTxWIDTH such as 3x224x224", text)
	}
	for i, to := range []*int{&s.Channels, &s.Height, &s.Width} {
		n, err := strconv.Atoi(strings.TrimSpace(parts[i]))
		if err != nil || n < 1 {
			return Shape{}, errors.Errorf("image size is %q, want CHANNELSxHEIGHTxWIDTH such as 3x224x224", text)
		}
		*to = n
	}
	if _, err := s.Size(); err != nil {
		return Shape{}, err
	}
	return s, nil
}

// String is the shape as ParseShape reads it: "3x224x224".
func (s Shape) String() string { return fmt.Sprintf("%dx%dx%d", s.Channels, s.Height, s.Width) }

// Size is the number of values in one image, Channels * Height * Width. Sizes
// below 1 and a product that is no int are errors.
func (s Shape) Size() (int, error) {
	if s.Channels < 1 || s.Height < 1 || s.Width < 1 {
		return 0, errors.Errorf("image size is %v, want every size at least 1", s)
	}
	n, err := size.Product(s.Channels, s.Height, s.Width)
	return n, errors.WithMessage(err, "image size")
}

// MarshalText writes the shape as ParseShape reads it, in JSON and elsewhere.
func (s Shape) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseShape.
func (s *Shape) UnmarshalText(text []byte) error {
	shape, err := ParseShape(string(text))
	if err == nil {
		*s = shape
	}
	return err
}

// WithBatch is the shape of n images, (N, C, H, W), as the functions want it
// that configure a program:
//
//	cfg := graph.InferenceConfig(shape.WithBatch(32)...)
func (s Shape) WithBatch(n int) []int { return []int{n, s.Channels, s.Height, s.Width} }
