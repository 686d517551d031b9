// Package channelslast has the operations of float32 inference on images whose
// channels stand last: the float32 values of one pixel are consecutive, which
// is what the fastest kernels read. Training and every surface of the library
// have them (N, C, H, W); a pass over a graph decides where these stand in.
//
// A node of this package has the shape (N, H, W, S): channel c of pixel
// (n, y, x) stands at ((n·H + y)·W + x)·S + c. The pixel stride S may be larger
// than the number of channels C. An operation reads and writes only the C
// channels of each pixel: what lies between belongs to someone else where a
// memory plan puts a result into the middle of a wider one.
//
// No operation here has a derivative.
package channelslast

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Image is a channels-last node: Node has the shape (N, H, W, S), of which each
// pixel's first C floats are its channels.
type Image struct {
	Node *gorgonia.Node
	C    int
}

// Shape is that of the images themselves, (N, C, H, W).
func (x Image) Shape() tensor.Shape {
	s := x.Node.Shape()
	return tensor.Shape{s[0], x.C, s[1], s[2]}
}

// Stride is the number of floats from one pixel to the next.
func (x Image) Stride() int { return x.Node.Shape()[3] }

// check refuses what is no image.
func (x Image) check(name, what string) error {
	if x.Node == nil {
		return errors.Errorf("%s: %s is nil", name, what)
	}
	if dt, _ := op.Dtype(x.Node); dt != tensor.Float32 {
		return errors.Errorf("%s: %s (%s) is %v, want float32", name, what, x.Node.Name(), dt)
	}
	s := x.Node.Shape()
	if s.Dims() != 4 || x.C < 1 || x.C > s[3] {
		return errors.Errorf("%s: %s has shape %v and %d channels, want (N, H, W, S) with 1 to S channels", name, what, s, x.C)
	}
	return nil
}

// checkAll refuses images that are none or that differ in shape.
func checkAll(name string, xs []Image) error {
	if len(xs) == 0 {
		return errors.Errorf("%s: no images", name)
	}
	for i, x := range xs {
		if err := x.check(name, fmt.Sprintf("input %d", i)); err != nil {
			return err
		}
		if !x.Shape().Eq(xs[0].Shape()) {
			return errors.Errorf("%s: input %d has shape %v, want %v like input 0", name, i, x.Shape(), xs[0].Shape())
		}
	}
	return nil
}

// result is what an operation that makes images knows of them: all its settings
// together with those of its kernel.
type result struct{ n, h, w, c, stride int }

func (r result) String() string {
	return fmt.Sprintf("n=%d h=%d w=%d c=%d stride=%d", r.n, r.h, r.w, r.c, r.stride)
}

// Shape is that of the operation's node.
func (r result) Shape([]tensor.Shape) (tensor.Shape, error) {
	return tensor.Shape{r.n, r.h, r.w, r.stride}, nil
}

func (r result) pixels() int   { return r.n * r.h * r.w }
func (r result) channels() int { return r.c }

// Float64 refuses: the constructors have already.
func (result) Float64(op.Args[float64]) error { return errors.New("channels last is for float32") }

// images is a result of a shape (N, C, H, W) with the usual pixel stride.
func images(s tensor.Shape) result {
	return result{s[0], s[2], s[3], s[1], kernel.PixelStride(s[1])}
}

// in is input i of a run.
func in(a op.Args[float32], i int) kernel.Pixels {
	return kernel.Pixels{Data: a.In[i], Stride: a.Shapes[i][3]}
}

// out is a run's result.
func out(a op.Args[float32]) kernel.Pixels {
	return kernel.Pixels{Data: a.Out, Stride: a.OutShape[3]}
}

// operation is an operation of this package that makes images.
type operation interface {
	op.Operation
	channels() int
	// restrided is the same operation with other distances of its results'
	// pixels.
	restrided(stride int) operation
}

func apply(o operation, inputs ...*gorgonia.Node) (Image, error) {
	n, err := op.Apply(o, inputs...)
	return Image{n, o.channels()}, err
}

// Of is the image that a node of this package makes; false for any other node.
func Of(n *gorgonia.Node) (Image, bool) {
	if made := op.Of(n); made != nil {
		if o, ok := made.Operation().(operation); ok {
			return Image{n, o.channels()}, true
		}
	}
	return Image{}, false
}

// Restride makes x again with another pixel stride: the same operation on the
// same inputs. So a branch of a concatenation gets the concatenation's stride,
// and can write into its memory. It returns an error for a stride that does not
// hold the channels and for images that no operation of this package made.
func Restride(x Image, stride int) (Image, error) {
	if err := x.check("restride", "input"); err != nil {
		return Image{}, err
	}
	if stride < x.C {
		return Image{}, errors.Errorf("restride: a stride of %d does not hold %d channels", stride, x.C)
	}
	made := op.Of(x.Node)
	if made == nil {
		return Image{}, errors.Errorf("restride: %s is not an operation's result", x.Node.Name())
	}
	o, ok := made.Operation().(operation)
	if !ok {
		return Image{}, errors.Errorf("restride: %s is not an image with channels last", made)
	}
	return apply(o.restrided(stride), made.Inputs()...)
}

// writeAct is an activation as an attribute.
func writeAct(a kernel.Act) string {
	if a == (kernel.Act{}) {
		return ""
	}
	return fmt.Sprintf(" act=%d:%g", a.Kind, a.A)
}

// overwrites lists those of the inputs, in order, whose pixels lie as the
// result's do.
func overwrites(stride int, inputs ...int) []int {
	var list []int
	for i, s := range inputs {
		if s == stride {
			list = append(list, i)
		}
	}
	return list
}
