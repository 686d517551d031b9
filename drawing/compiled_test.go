package drawing

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/kernel"
)

func inference(t *testing.T, net graph.Block, cfg graph.Config) *graph.Program {
	t.Helper()
	if kernel.ISA() == "generic" {
		t.Skip("plain Go computes planes only")
	}
	p, err := graph.Build(net, graph.NewParams(1), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// A compiled network speaks as papers do, whatever the layout: shapes (N, C, H, W),
// kinds of the siblings on planes, what is joined, conversions as strips, and no
// weights unless they are asked for.
func TestCompiledInference(t *testing.T) {
	net := blocks.Sequence{
		blocks.As("unit", blocks.Residual{Out: 16}),
		blocks.As("module", blocks.Parallel{blocks.Conv2D{Out: 16, Kernel: 1}, blocks.Conv2D{Out: 32, Kernel: 3, Padding: 1, Stride: 1}}),
		blocks.As("depthwise", blocks.Conv2D{Out: 48, Kernel: 3, Padding: 1, Stride: 2, Groups: 48}),
		blocks.As("flatten", blocks.Flatten{}), blocks.As("fc", blocks.Linear{Out: 3}),
	}
	p := inference(t, net, graph.InferenceConfig(1, 16, 16, 16))
	s := sound(t, "compiled", drawn(t, Operations(p, Options{Title: "Net"}), nil))
	texts := map[string]string{} // by the class
	for _, b := range s.boxes {
		texts[b.class] += b.words() + "\n"
		for _, bad := range []string{"{", "algorithm=", "channels_last", "prepared ", "winograd"} {
			if strings.Contains(b.words(), bad) {
				t.Errorf("a box says %q", b.words())
			}
		}
	}
	for class, want := range map[string][]string{
		"box conv":   {"3x3 conv, 16|+ bias, relu|", "+ bias + sum, relu|", "channels last|unit.conv1 · (1, 16, 16, 16)", "in the memory of the concatenation", "3x3 depthwise conv, 48, /2|+ bias|depthwise, channels last|depthwise · (1, 48, 8, 8)"},
		"box shape":  {"to channels last\n", "to NCHW\n"},
		"box join":   {"concat\n"},
		"box linear": {"linear, 3|+ bias|fc · (1, 3)"},
		"box data":   {"input|16x16x16\n"},
	} {
		for _, w := range want {
			if !strings.Contains(texts[class], w) {
				t.Errorf("no %s says %q:\n%s", class, w, texts[class])
			}
		}
	}
	with := sound(t, "with weights", drawn(t, Operations(p, Options{Weights: true}), nil))
	with.find(t, "unit.conv1 weight, prepared")
	with.find(t, "unit.conv1 bias, prepared")
	with.find(t, "fc.weight")
	if len(with.boxes) <= len(s.boxes) {
		t.Errorf("%d boxes with weights, %d without", len(with.boxes), len(s.boxes))
	}
	korean := sound(t, "Korean", drawn(t, Operations(p, Options{Korean: true}), nil))
	for _, b := range korean.boxes {
		for _, bad := range []string{"conv,", "channels", "bias", "to ", "memory"} {
			if strings.Contains(b.words(), bad) {
				t.Errorf("a Korean box says %q", b.words())
			}
		}
	}
}

// Every architecture's inference is drawn so that one can read it, with the passes
// and without some.
func TestCompiledArchitectures(t *testing.T) {
	for _, name := range []string{"lenet5", "cifar_resnet20", "googlenet", "mobilenet_v2"} {
		a, err := architectures.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		net, err := a.New(architectures.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, without := range [][]string{nil, {"fuse"}, {"layout"}} {
			cfg := graph.InferenceConfig(a.Input.WithBatch(1)...)
			cfg.Without = without
			p, err := graph.Build(net, graph.NewParams(0, graph.Uninitialized()), cfg)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, name, drawn(t, Operations(p, Options{}), nil))
			p.Close()
		}
	}
}
