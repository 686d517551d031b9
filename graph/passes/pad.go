package passes

import (
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// pad moves zeros around images into the convolution or the pooling that reads
// them, which then reads the images themselves. Those pad both sides alike: zeros
// of another number on either side can move where the windows end in the same
// place all the same.
var pad = Pass{
	Name:    "pad",
	Purpose: "move zeros around images into the convolutions and poolings that read them",
	run:     bySweep(func(s *sweep) rule { return s.pad }),
}

func (s *sweep) pad(n *gorgonia.Node, in gorgonia.Nodes) (*gorgonia.Node, error) {
	if len(in) == 0 {
		return nil, nil
	}
	zeros, ok := ops.Configuration(in[0]).(ops.ZeroPad2DConfig)
	if !ok {
		return nil, nil
	}
	x := op.Inputs(in[0])[0]
	var y *gorgonia.Node
	var err error
	switch cfg := ops.Configuration(n).(type) {
	case ops.ZeroPad2DConfig:
		y, err = ops.ZeroPad2D(x, plus(zeros.Before, cfg.Before), plus(zeros.After, cfg.After))
		s.note(y, nil, "joined with the zeros before it")
		return y, err
	case ops.Conv2DConfig:
		cfg.Padding = plus(cfg.Padding, zeros.Before)
		g := cfg.Geometry(x.Shape(), in[1].Shape())
		if g.OutH() != n.Shape()[2] || g.OutW() != n.Shape()[3] {
			return nil, nil
		}
		var bias *gorgonia.Node
		if len(in) > 2 {
			bias = in[2]
		}
		y, err = ops.Conv2D(x, in[1], bias, cfg)
	case ops.AvgPool2DConfig:
		if cfg.ExcludePad || cfg.CeilMode {
			return nil, nil
		}
		cfg.Padding = plus(cfg.Padding, zeros.Before)
		if g, err := ops.AvgPoolGeometry("", x.Shape(), cfg); err != nil || g.OH != n.Shape()[2] || g.OW != n.Shape()[3] {
			return nil, nil
		}
		y, err = ops.AvgPool2D(x, cfg)
	case ops.MaxPool2DConfig:
		// Its own padding never wins, zeros do: unless nothing is below 0. A window
		// has at least one element of the images, since it pads by half the kernel
		// at most.
		if s.set.Training || cfg.CeilMode || cfg.Dilation != [2]int{} && cfg.Dilation != [2]int{1, 1} || !nonNegative(x, 8) {
			return nil, nil
		}
		cfg.Padding = plus(cfg.Padding, zeros.Before)
		if g, err := ops.MaxPoolGeometry("", x.Shape(), cfg); err != nil || g.OH != n.Shape()[2] || g.OW != n.Shape()[3] {
			return nil, nil
		}
		y, err = ops.MaxPool2D(x, cfg)
	default:
		return nil, nil
	}
	s.note(y, nil, "takes zeros %dx%d before and %dx%d after its input", zeros.Before[0], zeros.Before[1], zeros.After[0], zeros.After[1])
	return y, err
}

func plus(a, b [2]int) [2]int { return [2]int{a[0] + b[0], a[1] + b[1]} }

// nonNegative reports whether no element of n can be below 0, looking at so many
// operations before it at most.
func nonNegative(n *gorgonia.Node, depth int) bool {
	all := func() bool {
		for _, x := range op.Inputs(n) {
			if depth == 0 || !nonNegative(x, depth-1) {
				return false
			}
		}
		return true
	}
	var act ops.Act
	switch cfg := ops.Configuration(n).(type) {
	case ops.ActivateConfig:
		act = cfg.Act
	case ops.Conv2DConfig:
		act = cfg.Act
	case ops.Conv2DInferenceConfig:
		act = cfg.Act
	case ops.BatchNormInferenceConfig:
		act = cfg.Act
	case ops.AddConfig:
		if act = cfg.Act; act == nil {
			return all()
		}
	case ops.MaxPool2DConfig, ops.AvgPool2DConfig, ops.ConcatConfig, ops.SliceChannelsConfig, ops.ZeroPad2DConfig:
		return all()
	}
	switch act {
	case ops.ReLU, ops.ReLU6, ops.Sigmoid, ops.HardSigmoid, ops.Softplus:
		return true
	}
	return false
}
