package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
)

// Operations without settings of their own, and those with plain numbers, as
// Configuration tells them.
type (
	// AddConfig is Add's, with an activation AddAct's.
	AddConfig struct{ Act Act }
	// ActivateConfig is Activate's.
	ActivateConfig struct{ Act Act }
	// ConcatConfig is Concat's.
	ConcatConfig struct{}
	// GlobalAvgPool2DConfig is GlobalAvgPool2D's.
	GlobalAvgPool2DConfig struct{}
	// AdaptiveAvgPool2DConfig is AdaptiveAvgPool2D's.
	AdaptiveAvgPool2DConfig struct{ Out [2]int }
	// ScaleChannelsConfig is ScaleChannels'.
	ScaleChannelsConfig struct{}
	// SqueezeExciteConfig is SqueezeExciteInference's, with its nodes.
	SqueezeExciteConfig struct {
		SqueezeExciteNodes
		SqueezeExciteInferenceConfig
	}
	// SliceChannelsConfig is SliceChannels'.
	SliceChannelsConfig struct{ From, To int }
	// PadChannelsConfig is PadChannels'.
	PadChannelsConfig struct{ Before, After int }
	// ZeroPad2DConfig is ZeroPad2D's.
	ZeroPad2DConfig struct{ Before, After [2]int }
	// SubsampleConfig is Subsample's.
	SubsampleConfig struct{ Stride [2]int }
	// BatchNormInferenceConfig is BatchNormInference's.
	BatchNormInferenceConfig struct{ BatchNormConfig }
)

// Configuration tells the settings that a node of this package was made with, by
// the type of the value: Conv2DConfig, MaxPool2DConfig and so on. A
// Conv2DInferenceConfig has the node of its sum, too, a SqueezeExciteConfig all nodes. It is nil for operations
// that it does not know and for all nodes of others.
func Configuration(n *gorgonia.Node) any {
	made := op.Of(n)
	if made == nil {
		return nil
	}
	switch o := made.Operation().(type) {
	case conv2D:
		return o.config()
	case conv2DInference:
		cfg := Conv2DInferenceConfig{Conv2DConfig: o.conv.config()}
		if o.sum {
			cfg.Sum = made.Inputs()[made.Arity()-1]
		}
		return cfg
	case linear:
		return LinearConfig{Act: ActOf(o.act)}
	case batchNorm:
		if !o.training {
			return BatchNormInferenceConfig{BatchNormConfig{Eps: o.eps, Act: ActOf(o.act)}}
		}
	case maxPool2D:
		return MaxPool2DConfig{Kernel: o.kernel, Stride: o.stride, Padding: o.padding, Dilation: o.dilation, CeilMode: o.ceil}
	case avgPool2D:
		return AvgPool2DConfig{Kernel: o.kernel, Stride: o.stride, Padding: o.padding, CeilMode: o.ceil, ExcludePad: o.excludePad}
	case adaptiveAvgPool2D:
		return AdaptiveAvgPool2DConfig{[2]int{o.h, o.w}}
	case globalAvgPool2D:
		return GlobalAvgPool2DConfig{}
	case localResponseNorm:
		return LocalResponseNormConfig(o)
	case activate:
		return ActivateConfig{ActOf(o.act)}
	case add:
		return AddConfig{}
	case addAct:
		return AddConfig{ActOf(o.act)}
	case concat:
		return ConcatConfig{}
	case scaleChannels:
		return ScaleChannelsConfig{}
	case squeezeExcite:
		return o.configuration(made.Inputs())
	case sliceChannels:
		return SliceChannelsConfig{o.from, o.to}
	case padChannels:
		return PadChannelsConfig{o.before, o.after}
	case zeroPad2D:
		return ZeroPad2DConfig{o.before, o.after}
	case subsample:
		return SubsampleConfig{o.stride}
	}
	return nil
}

func (o conv2D) config() Conv2DConfig {
	return Conv2DConfig{Stride: o.stride, Padding: o.padding, Dilation: o.dilation, Groups: o.groups, Act: ActOf(o.act), Fast: o.fast}
}

// Geometry is the convolution of images x (N, C, H, W) with a weight, as the
// kernels have it.
func (cfg Conv2DConfig) Geometry(x, weight []int) kernel.Conv {
	c := cfg.geometry().conv(x, weight)
	c.Fast = cfg.Fast
	return c
}

// ActOf is the activation that KernelAct makes a of; nil is none.
func ActOf(a kernel.Act) Act {
	switch a.Kind {
	case kernel.ActIdentity:
		return nil
	case kernel.ActLeakyReLU:
		return LeakyReLU(a.A)
	case kernel.ActELU:
		return ELU(a.A)
	case kernel.ActCELU:
		return CELU(a.A)
	}
	for name, kind := range plainKinds {
		if kind == a.Kind {
			return name
		}
	}
	return nil
}
