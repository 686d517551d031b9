package ops

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// Flatten makes a row of each sample.
//
//	Input:  (N, ...) of two or more dimensions
//	Output: (N, product of the others)
//
// It returns an error for fewer dimensions.
func Flatten(x *gorgonia.Node) (*gorgonia.Node, error) {
	if x == nil {
		return nil, errors.New("flatten: input is nil")
	}
	if x.Shape().Dims() < 2 {
		return nil, errors.Errorf("flatten: input has shape %v, want two or more dimensions", x.Shape())
	}
	return reshapeAs("flatten", x, []int{x.Shape()[0], -1})
}
