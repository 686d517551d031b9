package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Linear is the fully connected layer y = x * weight^T + bias.
//
//	Input:  (N, features), or images (N, C, H, W), which it flattens
//	Output: (N, Out)
//
// Parameters: weight (Out, features), bias (Out).
type Linear struct {
	Out    int  // features; required
	NoBias bool // y = x * weight^T

	Init     graph.Init // of weight; nil means U(-b, b), b = 1/sqrt(features of the input)
	BiasInit graph.Init // of bias; nil means the same range
}

// Build adds the layer.
func (l Linear) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if l.Out < 1 {
		return nil, errors.Errorf("linear: Out = %d, want the number of output features", l.Out)
	}
	x, err := Flatten{}.Build(s, x)
	if err != nil {
		return nil, err
	}
	in := x.Shape()[1]
	weight, err := s.Param("weight", tensor.Shape{l.Out, in}, orInit(l.Init))
	if err != nil {
		return nil, err
	}
	var bias *gorgonia.Node
	if !l.NoBias {
		if bias, err = s.Param("bias", tensor.Shape{l.Out}, orBiasInit(l.BiasInit, in)); err != nil {
			return nil, err
		}
	}
	return ops.Linear(x, weight, bias, ops.LinearConfig{})
}

// String describes it: "Linear 1000".
func (l Linear) String() string {
	if l.NoBias {
		return fmt.Sprintf("Linear %d, no bias", l.Out)
	}
	return fmt.Sprintf("Linear %d", l.Out)
}
