package blocks_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// operations runs a program once and names what it computed: forward, without
// the classifier and the loss.
func operations(t *testing.T, b blocks.Block, cfg graph.Config) string {
	t.Helper()
	p := graph.NewParams(1)
	cfg.Without = []string{"layout", "prepare"}
	prog := build(t, b, p, cfg)
	times, err := prog.Profile(t.Context(), 1, func(context.Context) error {
		if cfg.Training {
			_, err := prog.Step(t.Context(), images(cfg.Input...), graph.Labels(labels(cfg.Input[0])))
			return err
		}
		_, err := prog.Run(t.Context(), images(cfg.Input...))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range times {
		statistics := strings.HasPrefix(o.Op, "batch_norm_") && !strings.HasPrefix(o.Op, "batch_norm_fold_") || o.Op == "row"
		if !o.Backward && !strings.HasPrefix(o.Layer, "head") && o.Layer != "loss" && !statistics {
			names = append(names, o.Op)
		}
	}
	return strings.Join(names, " ")
}

func TestFusion(t *testing.T) {
	in := []int{2, 4, 8, 8}
	relu, silu := blocks.Act{Func: activations.ReLU{}}, blocks.Act{Func: activations.SiLU{}}
	conv := blocks.Conv2D{Out: 4, Kernel: 3, Padding: 1}
	const fold = "batch_norm_fold_bias batch_norm_fold_scale batch_norm_fold_weight "
	for _, c := range []struct {
		name        string
		block       blocks.Block
		train, eval string
	}{
		{"relu", blocks.Sequence{conv, relu}, "conv2d", "conv2d"},
		{"silu", blocks.Sequence{conv, silu}, "conv2d silu", "conv2d_inference"},
		{"prelu", blocks.Sequence{conv, blocks.Act{Func: activations.PReLU{}}}, "conv2d prelu", "conv2d prelu"},
		{"norm", blocks.ConvNorm{Out: 4, Kernel: 3, Act: activations.SiLU{}}, "conv2d batch_norm", fold + "conv2d_inference"},
		{"dropout between", blocks.Sequence{conv, blocks.Dropout{P: 0.5}, relu}, "conv2d dropout_mask dropout relu", "conv2d"},
		{"residual", blocks.Residual{Out: 4}, "conv2d batch_norm conv2d batch_norm add_act", fold + "conv2d " + fold + "conv2d_inference"},
		{"sum", blocks.Sequence{blocks.Sum{conv, blocks.Identity{}}, relu}, "conv2d add_act", "conv2d_inference"},
		{"sum of three", blocks.Sequence{blocks.Sum{conv, blocks.Identity{}, conv}, silu}, "conv2d conv2d add silu", "conv2d add conv2d_inference"},
		{"sum with maxout", blocks.Sequence{blocks.Sum{conv, blocks.Identity{}}, blocks.Act{Func: activations.Maxout{Pieces: 2}}}, "conv2d add maxout", "conv2d_inference maxout"},
	} {
		for _, m := range []struct {
			cfg  graph.Config
			want string
		}{{graph.TrainingConfig(in...), c.train}, {graph.InferenceConfig(in...), c.eval}} {
			if got := operations(t, classifier(c.block), m.cfg); sortWords(got) != sortWords(m.want) {
				t.Errorf("%s, training %v: computes %s, want %s", c.name, m.cfg.Training, got, m.want)
			}
		}
	}
}

// sortWords forgets the order, which the tape chooses.
func sortWords(s string) string {
	w := strings.Fields(s)
	for i := range w {
		for j := i; j > 0 && w[j] < w[j-1]; j-- {
			w[j], w[j-1] = w[j-1], w[j]
		}
	}
	return strings.Join(w, " ")
}

// Scaling the weights of a large kernel costs more than a pass over one pixel.
func TestFoldingPays(t *testing.T) {
	got := operations(t, blocks.As("block", blocks.ConvNorm{Out: 4, Kernel: 3, Act: activations.ReLU{}}), graph.InferenceConfig(1, 64, 3, 3))
	if want := "batch_norm conv2d"; sortWords(got) != want {
		t.Errorf("computes %s, want %s", got, want)
	}
}

// Layers that were joined stay on record with what they are.
func TestFusedLayersOnRecord(t *testing.T) {
	list := func(cfg graph.Config) string {
		var b strings.Builder
		for _, l := range build(t, blocks.Sequence{blocks.As("unit", blocks.Residual{Out: 6, Stride: 2})}, graph.NewParams(1), cfg).Layers() {
			fmt.Fprintf(&b, "%s | %s | %v | %d | %d\n", l.Path, l.Kind, l.Out, l.Params, l.MACs)
		}
		return b.String()
	}
	cfg := graph.InferenceConfig(2, 4, 8, 8)
	fused := list(cfg)
	cfg.NoFusion = true
	if apart := list(cfg); fused != apart {
		t.Errorf("fused:\n%s\nunfused:\n%s", fused, apart)
	}
	for _, want := range []string{
		"unit.conv1 | Conv2D 3x3, 6, stride 2, padding 1, no bias | (2, 6, 4, 4) | 216 | 6912\n",
		"unit.bn1 | BatchNorm | (2, 6, 4, 4) | 12 | 0\n",
		"unit.act2 | relu | (2, 6, 4, 4) | 0 | 0\n",
		"unit.downsample.0 | Conv2D 1x1, 6, stride 2, no bias | (2, 6, 4, 4) | 24 | 768\n",
	} {
		if !strings.Contains(fused, want) {
			t.Errorf("record:\n%s\nwant in it: %s", fused, want)
		}
	}
}

// Taps show every layer's own output, whatever could have been joined.
func TestTaps(t *testing.T) {
	net := blocks.Sequence{blocks.As("conv", blocks.Conv2D{Out: 2, Kernel: 1}), blocks.As("relu", blocks.Act{Func: activations.ReLU{}})}
	cfg := graph.InferenceConfig(1, 1, 3, 3)
	cfg.Taps = true
	prog := build(t, net, graph.NewParams(1, graph.WithDtype(tensor.Float64)), cfg)
	if _, err := prog.Run(t.Context(), images(1, 1, 3, 3)); err != nil {
		t.Fatal(err)
	}
	z, err := prog.Tap("conv")
	if err != nil {
		t.Fatal(err)
	}
	y, err := prog.Tap("relu")
	if err != nil {
		t.Fatal(err)
	}
	negative := false
	for i, v := range z.Float64s() {
		negative = negative || v < 0
		if want := max(v, 0); y.Float64s()[i] != want {
			t.Errorf("relu[%d] is %v, conv %v", i, y.Float64s()[i], v)
		}
	}
	if !negative {
		t.Error("conv's tap has no negative value")
	}
}
