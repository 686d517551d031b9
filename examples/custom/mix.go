package main

import (
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// Mixed is an expression of three makers: this library's convolution and mean,
// the operation and the activation of this module, and Gorgonia's own tanh,
// product, square and sum. The result is a scalar, the nodes are Gorgonia's:
// gorgonia.Grad differentiates it, and so does graph.Gradients.
//
//	x (N, C, H, W), weight (O, C, K, K), scale a scalar
func Mixed(x, weight, scale *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := ops.Conv2D(x, weight, nil, ops.Conv2DConfig{Padding: [2]int{1, 1}})
	if err != nil {
		return nil, err
	}
	if y, err = ops.Apply(PixelNorm{}, y); err != nil {
		return nil, err
	}
	if y, err = gorgonia.Tanh(y); err != nil {
		return nil, err
	}
	if y, err = gorgonia.Mul(scale, y); err != nil {
		return nil, err
	}
	if y, err = Snake.Apply(y); err != nil {
		return nil, err
	}
	if y, err = ops.GlobalAvgPool2D(y); err != nil {
		return nil, err
	}
	if y, err = gorgonia.Square(y); err != nil {
		return nil, err
	}
	return gorgonia.Sum(y)
}
