package main

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// PixelNorm is an operation: it brings the channels of every pixel to a mean
// square of 1,
//
//	y[c] = x[c] / r,   r = sqrt(Eps + mean over c of x[c]^2)
//
//	Input:  (N, C, H, W)
//	Output: the same
//
// (Karras et al. 2017, Progressive Growing of GANs, arXiv:1710.10196, section
// 4.2.) An operation is a value of settings: equal ones on equal inputs are one
// node of the graph.
type PixelNorm struct {
	Eps float64 // 0 means 1e-8
}

// Name is what errors and drawings say.
func (PixelNorm) Name() string { return "pixel_norm" }

// Shape refuses what is no image.
func (PixelNorm) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) != 1 || in[0].Dims() != 4 {
		return nil, errors.Errorf("inputs have shapes %v, want one (N, C, H, W)", in)
	}
	return in[0], nil
}

// Float32 computes one run in float32.
func (n PixelNorm) Float32(o ops.Operands[float32]) error { return normalize(n, o) }

// Float64 computes one run in float64.
func (n PixelNorm) Float64(o ops.Operands[float64]) error { return normalize(n, o) }

// normalize is the formula once for both element types.
func normalize[T float32 | float64](n PixelNorm, o ops.Operands[T]) error {
	x := o.In[0]
	pixels(o.OutShape, func(at []int) {
		r := n.root(at, func(i int) float64 { return float64(x[i]) })
		for _, i := range at {
			o.Out[i] = T(float64(x[i]) / r)
		}
	})
	return nil
}

// root is r for the pixel with elements at.
func (n PixelNorm) root(at []int, x func(int) float64) float64 {
	eps := n.Eps
	if eps == 0 {
		eps = 1e-8
	}
	sum := 0.0
	for _, i := range at {
		sum += x(i) * x(i)
	}
	return math.Sqrt(eps + sum/float64(len(at)))
}

// pixels calls visit with the indices of each pixel's channels.
func pixels(shape tensor.Shape, visit func(at []int)) {
	at, size := make([]int, shape[1]), shape[2]*shape[3]
	for first := range shape[0] * size {
		sample, pixel := first/size, first%size
		for c := range at {
			at[c] = (sample*shape[1]+c)*size + pixel
		}
		visit(at)
	}
}

// Overwrites lets a program give the result the input's memory: each pixel is
// read before it is written.
func (PixelNorm) Overwrites() []int { return []int{0} }

// Differentiate returns the gradient's node, an operation of one's own like the
// first. What it needs of the forward pass, x, is an input of it.
func (n PixelNorm) Differentiate(in gorgonia.Nodes, _, grad *gorgonia.Node) (gorgonia.Nodes, error) {
	dx, err := ops.Apply(pixelNormGrad{n}, in[0], grad)
	return gorgonia.Nodes{dx}, err
}

// pixelNormGrad is the derivative,
//
//	dx[c] = dy[c]/r - x[c] * (mean over c' of x[c']*dy[c']) / r^3
type pixelNormGrad struct{ Of PixelNorm }

func (pixelNormGrad) Name() string { return "pixel_norm_grad" }

func (pixelNormGrad) Shape(in []tensor.Shape) (tensor.Shape, error) { return in[0], nil }

func (g pixelNormGrad) Float32(o ops.Operands[float32]) error { return normalizeGrad(g.Of, o) }
func (g pixelNormGrad) Float64(o ops.Operands[float64]) error { return normalizeGrad(g.Of, o) }

func normalizeGrad[T float32 | float64](n PixelNorm, o ops.Operands[T]) error {
	x, dy := o.In[0], o.In[1]
	pixels(o.OutShape, func(at []int) {
		r := n.root(at, func(i int) float64 { return float64(x[i]) })
		mean := 0.0
		for _, i := range at {
			mean += float64(x[i]) * float64(dy[i]) / float64(len(at))
		}
		for _, i := range at {
			o.Out[i] = T(float64(dy[i])/r - float64(x[i])*mean/(r*r*r))
		}
	})
	return nil
}

// Build makes the operation a block without parameters too, for a Sequence.
func (n PixelNorm) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.Apply(n, x)
}

var (
	_ ops.Differentiable = PixelNorm{}
	_ ops.Overwriter     = PixelNorm{}
	_ graph.Block        = PixelNorm{}
)
