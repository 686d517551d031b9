package blocks_test

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// With ExactConvolutions inference equals the direct algorithm bit for bit,
// fused or not; without, it equals Winograd's where that is in use.
func TestExactConvolutions(t *testing.T) {
	in := []int{2, 16, 16, 16}
	x := images(in...)
	direct := func(transposed, fast bool) graph.BlockFunc {
		return func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			weight, err := s.Param("weight", tensor.Shape{16, 16, 3, 3}, graph.HeNormal)
			if err != nil {
				return nil, err
			}
			bias, err := s.Param("bias", tensor.Shape{16}, graph.Zeros)
			if err != nil {
				return nil, err
			}
			if transposed {
				return ops.ConvTranspose2D(x, weight, bias, ops.ConvTranspose2DConfig{Padding: [2]int{1, 1}, Fast: fast})
			}
			return ops.Conv2D(x, weight, bias, ops.Conv2DConfig{Padding: [2]int{1, 1}, Fast: fast})
		}
	}
	run := func(b blocks.Block, exact, noFusion bool) []float32 {
		cfg := graph.InferenceConfig(in...)
		cfg.ExactConvolutions, cfg.NoFusion = exact, noFusion
		cfg.Without = []string{"layout"} // whose sums have another order
		y, err := build(t, b, graph.NewParams(1), cfg).Run(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		return append([]float32(nil), y.Float32s()...)
	}
	for _, c := range []struct {
		name       string
		block      blocks.Block
		transposed bool
	}{
		{"conv", blocks.Conv2D{Out: 16, Kernel: 3, Padding: 1, Init: graph.HeNormal, BiasInit: graph.Zeros}, false},
		{"transposed", blocks.ConvTranspose2D{Out: 16, Kernel: 3, Padding: 1, Init: graph.HeNormal, BiasInit: graph.Zeros}, true},
	} {
		exact, fast := run(direct(c.transposed, false), false, false), run(direct(c.transposed, true), false, false)
		for _, noFusion := range []bool{false, true} {
			if i := differ(run(c.block, true, noFusion), exact); i >= 0 {
				t.Errorf("%s, exact, fusion %v: differs from the direct algorithm at %d", c.name, !noFusion, i)
			}
			if i := differ(run(c.block, false, noFusion), fast); i >= 0 {
				t.Errorf("%s, fusion %v: differs from the fast algorithm at %d", c.name, !noFusion, i)
			}
		}
	}
}

// differ is the first place where two slices are not equal bit for bit, or -1.
func differ(a, b []float32) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

// No block's convolution forgets to ask.
func TestEveryConvolutionObeysExactness(t *testing.T) {
	in := []int{2, 4, 8, 8}
	for _, b := range []blocks.Block{
		blocks.Conv2D{Out: 4, Kernel: 3}, blocks.ConvTranspose2D{Out: 4, Kernel: 3}, blocks.ConvNorm{Out: 4, Kernel: 3}, blocks.MaxoutConv{Out: 4, Kernel: 3},
		blocks.DepthwiseSeparable{Out: 4}, blocks.InvertedResidual{Out: 4}, blocks.Residual{Out: 4}, blocks.Residual{Out: 4, PreActivation: true}, blocks.Residual{Out: 8, Stride: 2}, blocks.Bottleneck{Out: 8},
		blocks.DenseBlock{Growth: 2, Layers: 2}, blocks.Transition{}, blocks.UpsampleConv{Out: 4},
		blocks.Inception{Out1: 1, Reduce3: 1, Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1},
		blocks.Inception{Out1: 1, Reduce3: 1, Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1, Norm: blocks.BatchNorm{}},
		blocks.Sequence{blocks.AuxHead{Classes: 3}, blocks.Conv2D{Out: 4, Kernel: 3}},
		blocks.Sum{blocks.Conv2D{Out: 4, Kernel: 3, Padding: 1}, blocks.Identity{}},
	} {
		for _, c := range []struct {
			training, exact, noFusion, wantFast bool
		}{
			{wantFast: true}, {noFusion: true, wantFast: true},
			{exact: true}, {exact: true, noFusion: true},
			{training: true}, {training: true, noFusion: true},
		} {
			cfg := graph.InferenceConfig(in...)
			if c.training {
				cfg = graph.TrainingConfig(in...)
			}
			cfg.ExactConvolutions, cfg.NoFusion = c.exact, c.noFusion
			fast, all := 0, 0
			build(t, graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
				y, err := classifier(b).Build(s, x)
				for _, n := range s.Graph().AllNodes() {
					o := op.Of(n)
					if o == nil || !strings.HasPrefix(o.Operation().Name(), "conv") {
						continue
					}
					all++
					if strings.Contains(o.Operation().Attributes(), " fast") {
						fast++
					}
				}
				return y, err
			}), graph.NewParams(1), cfg)
			if all == 0 || c.wantFast != (fast > 0) || c.wantFast && fast != all {
				t.Errorf("%v, %+v: %d of %d convolutions are fast", b, c, fast, all)
			}
		}
	}
}
