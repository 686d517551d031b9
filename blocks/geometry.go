package blocks

import (
	"fmt"
	"math"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// Same is the padding that keeps height and width at stride 1 and divides them
// by the stride, rounded up, otherwise: dilation*(kernel-1)/2 on every side. It
// wants that to be a whole number: an odd kernel.
const Same = -1

// pair is {vertical, horizontal}, either number what hw has, else the square
// size, else what holds by default.
func pair(square int, hw [2]int, byDefault int) [2]int {
	for i := range hw {
		if hw[i] == 0 {
			hw[i] = square
		}
		if hw[i] == 0 {
			hw[i] = byDefault
		}
	}
	return hw
}

// pad resolves Same.
func pad(padding, kernel, dilation [2]int) ([2]int, error) {
	for i, p := range padding {
		if p != Same {
			continue
		}
		if kernel[i] < 1 || dilation[i] < 1 {
			padding[i] = 0 // the operation refuses them
			continue
		}
		reach, err := size.Product(dilation[i], kernel[i]-1)
		if err != nil {
			return padding, errors.WithMessage(err, "padding Same")
		}
		if reach%2 != 0 {
			return padding, errors.Errorf("padding Same with kernel %s and dilation %s: want an odd kernel", by(kernel), by(dilation))
		}
		padding[i] = reach / 2
	}
	return padding, nil
}

// times multiplies sizes of a block's settings. What is below 1, or too large to
// count, stays so, and is refused where it is used.
func times(n, k int) int {
	if n < 1 || k < 1 {
		return min(n, k)
	}
	if p, err := size.Product(n, k); err == nil {
		return p
	}
	return math.MaxInt
}

// by writes a size: 3x3.
func by(p [2]int) string { return fmt.Sprintf("%dx%d", p[0], p[1]) }

// words collects a description: "Conv2D 3x3, 64, stride 2".
type words []string

// note adds a setting that is not the default.
func (w *words) note(name string, square int, hw [2]int, byDefault int) {
	p := pair(square, hw, byDefault)
	switch {
	case p == [2]int{byDefault, byDefault}:
	case p == [2]int{Same, Same}:
		*w = append(*w, "same "+name)
	case p[0] == p[1]:
		*w = append(*w, fmt.Sprintf("%s %d", name, p[0]))
	default:
		*w = append(*w, name+" "+by(p))
	}
}

func (w *words) add(format string, args ...any) { *w = append(*w, fmt.Sprintf(format, args...)) }

func (w words) String() string { return strings.Join(w, ", ") }

// wantImages refuses inputs that are not (N, C, H, W).
func wantImages(name string, x tensor.Shape) error {
	if len(x) != 4 {
		return errors.Errorf("%s: input has shape %v, want (N, C, H, W)", name, x)
	}
	return nil
}

// orInit is the initialisation of a weight: PyTorch's unless one is given.
func orInit(init graph.Init) graph.Init {
	if init == nil {
		return graph.FanInUniform
	}
	return init
}

// orBiasInit is the initialisation of the bias beside a weight with that many
// inputs to an output: PyTorch's unless one is given.
func orBiasInit(init graph.Init, fanIn int) graph.Init {
	if init == nil {
		return graph.Uniform(1 / math.Sqrt(float64(fanIn)))
	}
	return init
}
