package blocks_test

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

func TestCombinators(t *testing.T) {
	elu := activations.ELU{Alpha: 1}
	checkAll(t, []one{
		{"sequence", blocks.Sequence{
			blocks.Conv2D{Out: 3, Kernel: 3}, blocks.Act{Func: activations.ReLU{}}, blocks.MaxPool2D{Kernel: 2}, blocks.As("last", blocks.Conv2D{Out: 2, Kernel: 1}), blocks.As("", blocks.BatchNorm{}),
		}, []int{2, 2, 6, 6}, []int{2, 2, 2, 2}, []string{"0.weight 3x2x3x3", "0.bias 3", "last.weight 2x3x1x1", "last.bias 2", "weight 2", "bias 2"},
			"Sequence {\n  0: Conv2D 3x3, 3\n  1: relu\n  2: MaxPool2D 2x2\n  last: Conv2D 1x1, 2\n  BatchNorm\n}"},
		{"repeat", blocks.Repeat(2, blocks.Linear{Out: 3}), []int{2, 4}, []int{2, 3}, []string{"0.weight 3x4", "0.bias 3", "1.weight 3x3", "1.bias 3"},
			"Sequence {\n  0: Linear 3\n  1: Linear 3\n}"},
		{"linear and activation", blocks.Sequence{blocks.Linear{Out: 3}, blocks.Act{Func: elu}}, []int{2, 4}, []int{2, 3}, []string{"0.weight 3x4", "0.bias 3"},
			"Sequence {\n  0: Linear 3\n  1: elu:1\n}"},
		{"parallel", blocks.Parallel{blocks.As("a", blocks.Conv2D{Out: 3, Kernel: 1}), blocks.MaxPool2D{Kernel: 3, Stride: 1, Padding: 1}}, []int{2, 2, 4, 4}, []int{2, 5, 4, 4},
			[]string{"a.weight 3x2x1x1", "a.bias 3"}, "Parallel {\n  a: Conv2D 1x1, 3\n  1: MaxPool2D 3x3, stride 1, padding 1\n}"},
		{"sum", blocks.Sum{blocks.Linear{Out: 3, NoBias: true}, blocks.As("body", blocks.Linear{Out: 3})}, []int{2, 4}, []int{2, 3},
			[]string{"0.weight 3x4", "body.weight 3x4", "body.bias 3"}, "Sum {\n  0: Linear 3, no bias\n  body: Linear 3\n}"},
		{"conv norm", blocks.ConvNorm{Out: 3, Kernel: 3, Act: activations.ReLU{}}, []int{2, 2, 5, 5}, []int{2, 3, 3, 3},
			[]string{"conv.weight 3x2x3x3", "bn.weight 3", "bn.bias 3"}, "ConvNorm 3x3, 3, relu"},
		{"conv norm rectangle", blocks.ConvNorm{Out: 3, Kernel: 3, KernelHW: [2]int{1, 0}, DilationHW: [2]int{1, 2}, Padding: blocks.Same}, []int{2, 2, 5, 5}, []int{2, 3, 5, 5},
			[]string{"conv.weight 3x2x1x3", "bn.weight 3", "bn.bias 3"}, "ConvNorm 1x3, 3, same padding, dilation 1x2, relu"},
		{"conv norm silu", blocks.ConvNorm{Out: 3, Kernel: 3, Act: activations.SiLU{}, Bias: true, Names: blocks.Names{Conv: "0", Norm: "1", Act: "2"}}, []int{2, 2, 5, 5}, []int{2, 3, 3, 3},
			[]string{"0.weight 3x2x3x3", "0.bias 3", "1.weight 3", "1.bias 3"}, "ConvNorm 3x3, 3, silu"},
		{"conv without norm", blocks.ConvNorm{Out: 3, Kernel: 3, Stride: 2, Norm: blocks.Identity{}, Act: activations.GELU{}}, []int{2, 2, 5, 5}, []int{2, 3, 2, 2},
			[]string{"conv.weight 3x2x3x3", "conv.bias 3"}, "ConvNorm 3x3, 3, stride 2, no norm, gelu"},
		{"conv and local response norm", blocks.ConvNorm{Out: 3, Kernel: 1, Norm: blocks.LocalResponseNorm{}, Act: activations.PReLU{}}, []int{2, 2, 3, 3}, []int{2, 3, 3, 3},
			[]string{"conv.weight 3x2x1x1", "conv.bias 3", "act.weight 1"}, "ConvNorm 1x1, 3, LocalResponseNorm 5, alpha 0.0005, beta 0.75, k 2, prelu"},
		{"conv norm maxout", blocks.ConvNorm{Out: 3, Kernel: 1, Act: activations.Maxout{Pieces: 2}}, []int{2, 2, 3, 3}, []int{2, 3, 3, 3},
			[]string{"conv.weight 6x2x1x1", "bn.weight 6", "bn.bias 6"}, "ConvNorm 1x1, 3, maxout:2"},
	})
}

func TestResidual(t *testing.T) {
	names := func(first ...string) []string {
		return append(first, []string{"conv1.weight 4x4x3x3", "bn1.weight 4", "bn1.bias 4", "conv2.weight 4x4x3x3", "bn2.weight 4", "bn2.bias 4"}...)
	}
	wider := []string{"conv1.weight 6x4x3x3", "bn1.weight 6", "bn1.bias 6", "conv2.weight 6x6x3x3", "bn2.weight 6", "bn2.bias 6"}
	in, half := []int{2, 4, 5, 5}, []int{2, 6, 3, 3}
	checkAll(t, []one{
		{"identity", blocks.Residual{Out: 4}, in, in, names(), "Residual 4"},
		{"elu", blocks.Residual{Out: 4, Act: activations.ELU{Alpha: 1}}, in, in, names(), "Residual 4, elu:1"},
		{"mish", blocks.Residual{Out: 4, Act: activations.Mish{}}, in, in, names(), "Residual 4, mish"},
		{"prelu", blocks.Residual{Out: 4, Act: activations.PReLU{}}, in, in,
			[]string{"conv1.weight 4x4x3x3", "bn1.weight 4", "bn1.bias 4", "act1.weight 1", "conv2.weight 4x4x3x3", "bn2.weight 4", "bn2.bias 4", "act2.weight 1"}, "Residual 4, prelu"},
		{"maxout", blocks.Residual{Out: 2, Act: activations.Maxout{Pieces: 2}}, []int{2, 4, 3, 3}, []int{2, 2, 3, 3},
			[]string{"conv1.weight 4x4x3x3", "bn1.weight 4", "bn1.bias 4", "conv2.weight 4x2x3x3", "bn2.weight 4", "bn2.bias 4"}, "Residual 2, maxout:2"},
		{"no activation", blocks.Residual{Out: 4, Act: activations.Identity{}}, in, in, names(), "Residual 4, no activation"},
		{"no norm", blocks.Residual{Out: 4, Norm: blocks.Identity{}}, in, in, []string{"conv1.weight 4x4x3x3", "conv1.bias 4", "conv2.weight 4x4x3x3", "conv2.bias 4"}, "Residual 4, no norm"},
		{"projection", blocks.Residual{Out: 6, Stride: 2}, in, half, append([]string{"downsample.0.weight 6x4x1x1", "downsample.1.weight 6", "downsample.1.bias 6"}, wider...), "Residual 6, stride 2"},
		{"projection always", blocks.Residual{Out: 4, Shortcut: blocks.ProjectionAlways}, in, in, names("downsample.0.weight 4x4x1x1", "downsample.1.weight 4", "downsample.1.bias 4"),
			"Residual 4, projection always"},
		{"identity padding", blocks.Residual{Out: 6, Stride: 2, Shortcut: blocks.IdentityPadding}, in, half, wider, "Residual 6, stride 2, identity padding"},
		{"plain", blocks.Residual{Out: 6, Stride: 2, Shortcut: blocks.NoShortcut}, in, half, wider, "Residual 6, stride 2, no shortcut"},
		{"pre-activation", blocks.Residual{Out: 4, PreActivation: true}, in, in,
			[]string{"bn1.weight 4", "bn1.bias 4", "conv1.weight 4x4x3x3", "bn2.weight 4", "bn2.bias 4", "conv2.weight 4x4x3x3"}, "Residual 4, pre-activation"},
		{"pre-activation projection", blocks.Residual{Out: 6, Stride: 2, PreActivation: true, Act: activations.SiLU{}}, in, half,
			[]string{"bn1.weight 4", "bn1.bias 4", "downsample.0.weight 6x4x1x1", "conv1.weight 6x4x3x3", "bn2.weight 6", "bn2.bias 6", "conv2.weight 6x6x3x3"},
			"Residual 6, stride 2, silu, pre-activation"},
		{"pre-activation plain", blocks.Residual{Out: 4, PreActivation: true, Shortcut: blocks.NoShortcut}, in, in,
			[]string{"bn1.weight 4", "bn1.bias 4", "conv1.weight 4x4x3x3", "bn2.weight 4", "bn2.bias 4", "conv2.weight 4x4x3x3"}, "Residual 4, pre-activation, no shortcut"},
	})
}

func TestBottleneck(t *testing.T) {
	checkAll(t, []one{
		{"projection", blocks.Bottleneck{Out: 8, Stride: 2}, []int{2, 4, 5, 5}, []int{2, 8, 3, 3},
			[]string{"downsample.0.weight 8x4x1x1", "downsample.1.weight 8", "downsample.1.bias 8",
				"conv1.weight 2x4x1x1", "bn1.weight 2", "bn1.bias 2", "conv2.weight 2x2x3x3", "bn2.weight 2", "bn2.bias 2", "conv3.weight 8x2x1x1", "bn3.weight 8", "bn3.bias 8"}, "Bottleneck 8, stride 2"},
		{"resnext", blocks.Bottleneck{Out: 4, Width: 4, Groups: 2}, []int{2, 4, 3, 3}, []int{2, 4, 3, 3},
			[]string{"conv1.weight 4x4x1x1", "bn1.weight 4", "bn1.bias 4", "conv2.weight 4x2x3x3", "bn2.weight 4", "bn2.bias 4", "conv3.weight 4x4x1x1", "bn3.weight 4", "bn3.bias 4"},
			"Bottleneck 4, width 4, groups 2"},
		{"plain", blocks.Bottleneck{Out: 4, Shortcut: blocks.NoShortcut}, []int{2, 4, 3, 3}, []int{2, 4, 3, 3},
			[]string{"conv1.weight 1x4x1x1", "bn1.weight 1", "bn1.bias 1", "conv2.weight 1x1x3x3", "bn2.weight 1", "bn2.bias 1", "conv3.weight 4x1x1x1", "bn3.weight 4", "bn3.bias 4"},
			"Bottleneck 4, no shortcut"},
		{"pre-activation", blocks.Bottleneck{Out: 8, PreActivation: true, Act: activations.LeakyReLU{Slope: 0.1}}, []int{2, 8, 3, 3}, []int{2, 8, 3, 3},
			[]string{"bn1.weight 8", "bn1.bias 8", "conv1.weight 2x8x1x1", "bn2.weight 2", "bn2.bias 2", "conv2.weight 2x2x3x3", "bn3.weight 2", "bn3.bias 2", "conv3.weight 8x2x1x1"},
			"Bottleneck 8, leaky_relu:0.1, pre-activation"},
	})
}

// A unit whose body gives zero shows what goes past it: every second row and
// column, between as many channels of zeros on both sides.
func TestIdentityPadding(t *testing.T) {
	p := graph.NewParams(1, graph.WithDtype(tensor.Float64))
	unit := blocks.Residual{Out: 5, Stride: 2, Shortcut: blocks.IdentityPadding, Act: activations.Identity{}}
	prog := build(t, unit, p, graph.InferenceConfig(1, 2, 3, 3))
	for _, q := range p.All() {
		if strings.HasSuffix(q.Name, "weight") {
			q.Value.Zero()
		}
	}
	x := make([]float32, 18)
	for i := range x {
		x[i] = float32(i + 1)
	}
	y, err := prog.Run(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "output", [][]float64{y.Float64s()}, [][]float64{{
		0, 0, 0, 0,
		1, 3, 7, 9,
		10, 12, 16, 18,
		0, 0, 0, 0,
		0, 0, 0, 0,
	}})
}
