package ops

import (
	"fmt"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// BatchNormRunning is the new value of a running statistic after one batch:
//
//	y = (1 - momentum) * running + momentum * factor * batch
//
// The factor is 1 for the mean and count/(count-1) for the variance, count
// being the number of values a channel: running variances are unbiased. It
// writes nothing: what runs the graph copies y into the buffer after the run.
//
//	Input:  running and batch of one shape, such as (C)
//	Output: the same
//
// It returns an error for shapes that differ, a momentum outside [0, 1] and a
// factor that is negative or not finite.
func BatchNormRunning(running, batch *gorgonia.Node, momentum, factor float64) (*gorgonia.Node, error) {
	return op.Apply(batchNormRunning{momentum, factor}, running, batch)
}

type batchNormRunning struct{ momentum, factor float64 }

func (batchNormRunning) Name() string { return "batch_norm_running" }
func (o batchNormRunning) Attributes() string {
	return fmt.Sprintf("momentum=%v factor=%v", o.momentum, o.factor)
}
func (o batchNormRunning) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if !(o.momentum >= 0 && o.momentum <= 1) {
		return nil, errors.Errorf("%s: momentum = %v, want 0 to 1", o.Name(), o.momentum)
	}
	if !(o.factor >= 0) || math.IsInf(o.factor, 0) {
		return nil, errors.Errorf("%s: factor = %v, want a finite number of at least 0", o.Name(), o.factor)
	}
	return sameShapes(o.Name(), in)
}
func (o batchNormRunning) Float32(a op.Args[float32]) error { return updateRunning(o, a) }
func (o batchNormRunning) Float64(a op.Args[float64]) error { return updateRunning(o, a) }

func updateRunning[T kernel.Float](o batchNormRunning, a op.Args[T]) error {
	for i, r := range a.In[0] {
		a.Out[i] = T((1-o.momentum)*float64(r) + o.momentum*o.factor*float64(a.In[1][i]))
	}
	return nil
}

// batchNormStats computes a batch's mean and biased variance: (2, C).
type batchNormStats struct{}

func (batchNormStats) Name() string       { return "batch_norm_stats" }
func (batchNormStats) Attributes() string { return "" }
func (o batchNormStats) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantDims(o.Name(), "input", in[0], "(N, C) or (N, C, H, W)", 2, 4); err != nil {
		return nil, err
	}
	n, c, hw := layout(in[0])
	if n*hw < 2 {
		return nil, errors.Errorf("%s: input %v has one value a channel, want at least 2 to normalise by", o.Name(), in[0])
	}
	return tensor.Shape{2, c}, nil
}
func (batchNormStats) Float32(a op.Args[float32]) error { return computeStats(a) }
func (batchNormStats) Float64(a op.Args[float64]) error { return computeStats(a) }

func computeStats[T kernel.Float](a op.Args[T]) error {
	n, c, hw := layout(a.Shapes[0])
	kernel.BatchNormStats(n, c, hw, a.In[0], a.Out[:c], a.Out[c:])
	return nil
}

// row copies one row of a matrix: a node has one output, so operations with
// several results put them in rows.
type row struct{ index int }

func (row) Name() string         { return "row" }
func (o row) Attributes() string { return fmt.Sprintf("index=%d", o.index) }
func (o row) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantDims(o.Name(), "input", in[0], "(rows, columns)", 2); err != nil {
		return nil, err
	}
	return tensor.Shape{in[0][1]}, nil
}
func (o row) Float32(a op.Args[float32]) error { return copyRow(o, a) }
func (o row) Float64(a op.Args[float64]) error { return copyRow(o, a) }

func copyRow[T kernel.Float](o row, a op.Args[T]) error {
	copy(a.Out, a.In[0][o.index*len(a.Out):])
	return nil
}
