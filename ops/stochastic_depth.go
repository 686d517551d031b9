package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// StochasticDepthConfig configures StochasticDepth.
type StochasticDepthConfig struct {
	P     float64 // probability of dropping the branch, in [0, 1)
	Batch bool    // drop it for all images of a batch at once instead of for each by itself
	Seed  uint64  // of the masks
}

// StochasticDepth drops the branch of a residual unit: for every image by itself
// all of x becomes zero with probability P, and is multiplied by 1/(1-P)
// otherwise, so that the expectation stays. Inference leaves it out. With P = 0
// the result is x itself. (torchvision's modes "row" and, with Batch, "batch".)
//
// The mask is a function of the seed, of the number of runs so far and of the
// image's index alone, as that of Dropout. Layers of one network need different
// seeds.
//
//	Input:  (N, ...)
//	Output: the same
//
// It returns an error unless 0 <= P < 1.
//
// Huang, Sun, Liu, Sedra and Weinberger 2016, Deep Networks with Stochastic
// Depth, arXiv 1603.09382; scaled in training instead of in inference.
func StochasticDepth(x *gorgonia.Node, cfg StochasticDepthConfig) (*gorgonia.Node, error) {
	if !(cfg.P >= 0 && cfg.P < 1) {
		return nil, errors.Errorf("stochastic depth: P = %v, want at least 0 and less than 1", cfg.P)
	}
	if cfg.P == 0 && x != nil {
		return x, nil
	}
	m, err := op.Apply(&depthMask{p: cfg.P, batch: cfg.Batch, draws: newDraws(cfg.Seed)}, x)
	if err != nil {
		return nil, err
	}
	return op.Apply(scaleImages{}, x, m)
}

// depthMask is a number for each image, 0 or 1/(1-p), other ones at each run. It
// reads x's shape only.
type depthMask struct {
	p     float64
	batch bool
	*draws
}

var (
	_ op.Identified = (*depthMask)(nil)
	_ op.Stepper    = (*depthMask)(nil)
)

func (*depthMask) Name() string { return "stochastic_depth_mask" }
func (o *depthMask) Attributes() string {
	return fmt.Sprintf("p=%v batch=%v seed=%d", o.p, o.batch, o.seed)
}
func (o *depthMask) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in[0]) == 0 {
		return nil, errors.Errorf("%s: input has no dimensions, want (N, ...)", o.Name())
	}
	return tensor.Shape{in[0][0]}, nil
}
func (o *depthMask) Float32(a op.Args[float32]) error { return drawDepth(o, a) }
func (o *depthMask) Float64(a op.Args[float64]) error { return drawDepth(o, a) }

func drawDepth[T kernel.Float](o *depthMask, a op.Args[T]) error {
	if !o.batch {
		fill(o.draws, o.p, a.Out)
		return nil
	}
	fill(o.draws, o.p, a.Out[:1])
	for i := range a.Out {
		a.Out[i] = a.Out[0]
	}
	return nil
}

// scaleImages multiplies each image by its number of a mask, in which there is no
// derivative.
type scaleImages struct{}

func (scaleImages) Name() string       { return "stochastic_depth" }
func (scaleImages) Attributes() string { return "" }
func (o scaleImages) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in[0]) == 0 {
		return nil, errors.Errorf("%s: input has no dimensions, want (N, ...)", o.Name())
	}
	return in[0].Clone(), wantShape(o.Name(), "mask", in[1], in[0][0])
}
func (scaleImages) Float32(a op.Args[float32]) error { return scaleEach(a) }
func (scaleImages) Float64(a op.Args[float64]) error { return scaleEach(a) }
func (scaleImages) Overwrites() []int                { return []int{0} }
func (scaleImages) Wrt(int) []bool                   { return []bool{true, false} }

func scaleEach[T kernel.Float](a op.Args[T]) error {
	n := a.OutShape[0]
	kernel.ScaleChannel(n, 1, len(a.Out)/n, a.In[0], a.In[1], a.Out)
	return nil
}

func (scaleImages) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(scaleImages{}, grad, in[1])
	return gorgonia.Nodes{dx, nil}, err
}
