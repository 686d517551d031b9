package channelslast

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

// prepared is Conv on weights of random numbers, and their convolution on x as
// package ops has it.
func (r *rig) prepared(x *gorgonia.Node, last Image, cfg ops.Conv2DConfig, out, size int, bias *gorgonia.Node, sum *gorgonia.Node, sumLast Image) (*gorgonia.Node, Image) {
	w := r.node(out, x.Shape()[1]/max(cfg.Groups, 1), size, size)
	inference := ops.Conv2DInferenceConfig{Conv2DConfig: cfg, Sum: sum}
	y, err := ops.Conv2DInference(x, w, bias, inference)
	if err != nil {
		r.Fatal(err)
	}
	c := cfg.Geometry(x.Shape(), w.Shape())
	settings := ConvConfig{Conv: c, Algorithm: "direct", Act: cfg.Act}
	if c.Groups > 1 {
		settings.Algorithm = "depthwise"
	}
	p, err := Prepare(w, settings)
	if err != nil {
		r.Fatal(err)
	}
	z, err := Conv(last, p, bias, sumLast, settings)
	if err != nil {
		r.Fatal(err)
	}
	return y, r.wider(z)
}

func TestSeparable(t *testing.T) {
	if kernel.ISA() == "generic" {
		t.Skip("plain Go has no bands")
	}
	single := func(*gorgonia.Node) bool { return true }
	always := func(kernel.PixelSeparable) bool { return true }
	rapid.Check(t, func(t *rapid.T) {
		r := newRig(t, rapid.Uint64().Draw(t, "seed"))
		n, in, size, _ := dims(t)
		middle, out := rapid.IntRange(2, 40).Draw(t, "middle"), rapid.IntRange(1, 20).Draw(t, "o")
		expands := rapid.Bool().Draw(t, "expands")
		if !expands {
			in = middle
		}
		bias := func(c int) *gorgonia.Node {
			if rapid.Bool().Draw(t, "bias") {
				return r.node(c)
			}
			return nil
		}
		x := r.node(n, in, size, size)
		y, last := x, r.last(x)
		if expands {
			y, last = r.prepared(y, last, ops.Conv2DConfig{Act: drawAct(t)}, middle, 1, bias(middle), nil, Image{})
		}
		stride := rapid.IntRange(1, 2).Draw(t, "stride")
		y, last = r.prepared(y, last, ops.Conv2DConfig{Act: drawAct(t), Padding: [2]int{1, 1}, Stride: [2]int{stride, stride}, Groups: middle}, middle, 3, bias(middle), nil, Image{})
		var sum *gorgonia.Node
		var sumLast Image
		if rapid.Bool().Draw(t, "sum") {
			sum = r.node(n, out, y.Shape()[2], y.Shape()[3])
			sumLast = r.last(sum)
		}
		want, last := r.prepared(y, last, ops.Conv2DConfig{Act: drawAct(t)}, out, 1, bias(out), sum, sumLast)
		got, ok, err := inBands(last, single, always)
		if err != nil || !ok {
			t.Fatalf("not joined: %v", err)
		}
		if o := op.Of(got.Node); o.MACs() < op.Of(last.Node).MACs() || strings.Count(o.Operation().(op.Teller).Tell().Settings, "kernel") != len(o.Operation().(separable).convolutions()) {
			t.Errorf("%d multiply-additions, told as %v", o.MACs(), o.Operation().(op.Teller).Tell())
		}
		if expands != op.Of(got.Node).Operation().(separable).Expands() {
			t.Error("the first convolution was forgotten, or made up")
		}
		r.images = r.images[:0] // those between are not computed
		r.compare(want, got, nil, nil, 1e-3)
		if _, ok, _ := inBands(last, func(*gorgonia.Node) bool { return false }, always); ok {
			t.Error("takes what others read")
		}
	})
}
