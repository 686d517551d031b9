package ops

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// extend adds rows and columns of zeros at the bottom and the right of every
// image, or takes them away where the numbers are negative. Each way is the
// derivative of the other.
type extend struct{ rows, columns int }

func (extend) Name() string         { return "extend" }
func (o extend) Attributes() string { return fmt.Sprintf("rows=%d columns=%d", o.rows, o.columns) }

func (o extend) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := wantImages(o.Name(), "input", in[0]); err != nil {
		return nil, err
	}
	out := in[0].Clone()
	for i, more := range [2]int{o.rows, o.columns} {
		var err error
		if more < 0 {
			out[2+i] += more
		} else if out[2+i], err = size.Add(out[2+i], more); err != nil {
			return nil, errors.WithMessage(err, o.Name())
		}
	}
	return out, positive(o.Name(), "result", out)
}

func (o extend) Float32(a op.Args[float32]) error { return extendImages(a) }
func (o extend) Float64(a op.Args[float64]) error { return extendImages(a) }

func extendImages[T kernel.Float](a op.Args[T]) error {
	from, to := a.Shapes[0], a.OutShape
	rows, columns := min(from[2], to[2]), min(from[3], to[3])
	clear(a.Out)
	kernel.Parallel(to[0]*to[1], 8, func(lo, hi int) {
		for plane := lo; plane < hi; plane++ {
			src, dst := a.In[0][plane*from[2]*from[3]:], a.Out[plane*to[2]*to[3]:]
			for r := range rows {
				copy(dst[r*to[3]:][:columns], src[r*from[3]:])
			}
		}
	})
	return nil
}

func (o extend) Differentiate(_ gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := op.Apply(extend{-o.rows, -o.columns}, grad)
	return gorgonia.Nodes{dx}, err
}
