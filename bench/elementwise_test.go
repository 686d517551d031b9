package bench

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/internal/kernel"
)

// values are as an activation's: half of them negative.
func values(n int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// bandwidth reports the memory traffic of run, the least it could do, in GB/s
// and as a share of what a copy of the same number of bytes moves just before
// and after.
func bandwidth(b *testing.B, bytes int, run func()) {
	src, dst := values(bytes/8), make([]float32, bytes/8)
	copies := func() time.Duration {
		best := time.Duration(1 << 62)
		for range 5 {
			start := time.Now()
			kernel.ActForward(kernel.Act{}, src, dst)
			best = min(best, time.Since(start))
		}
		return best
	}
	run()
	reference := copies()
	best := time.Duration(1 << 62)
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		run()
		best = min(best, time.Since(start))
	}
	reference = min(reference, copies())
	b.ReportMetric(float64(bytes)/float64(best.Nanoseconds()), "GB/s")
	b.ReportMetric(100*float64(reference)/float64(best), "%copy")
}

// The sizes are a layer of CIFAR ResNet-20 and one of ResNet-50, and a small
// one that stays in the cache.
var layers = []struct {
	name     string
	n, c, hw int
}{
	{"16x16x8x8", 16, 16, 64},
	{"128x16x32x32", 128, 16, 32 * 32},
	{"16x256x56x56", 16, 256, 56 * 56},
}

func BenchmarkElementwise(b *testing.B) {
	for _, l := range layers {
		n, c, hw := l.n, l.c, l.hw
		m := n * c * hw
		x, dy, y, z := values(m), values(m), values(m), values(m)
		mean, variance := make([]float32, c), make([]float32, c)
		weight, bias := values(c), values(c)
		dweight, dbias := values(c), values(c)
		kernel.BatchNormStats(n, c, hw, x, mean, variance)
		relu := kernel.Act{Kind: kernel.ActReLU}
		const eps = 1e-5
		for _, k := range []struct {
			name  string
			moved int // tensors read and written
			run   func()
		}{
			{"copy", 2, func() { kernel.ActForward(kernel.Act{}, x, y) }},
			{"relu", 2, func() { kernel.ActForward(relu, x, y) }},
			{"relu-backward", 3, func() { kernel.ActBackward(relu, x, dy, y) }},
			{"add-relu", 3, func() { kernel.AddAct(relu, x, dy, y) }},
			{"add-relu-backward", 4, func() { kernel.AddActBackward(relu, x, z, dy, y) }},
			{"add-3", 4, func() { kernel.AddN(y, x, dy, z) }},
			{"elu", 2, func() { kernel.ActForward(kernel.Act{Kind: kernel.ActELU, A: 1}, x, y) }},
			{"silu", 2, func() { kernel.ActForward(kernel.Act{Kind: kernel.ActSiLU}, x, y) }},
			{"silu-backward", 3, func() { kernel.ActBackward(kernel.Act{Kind: kernel.ActSiLU}, x, dy, y) }},
			{"gelu", 2, func() { kernel.ActForward(kernel.Act{Kind: kernel.ActGELU}, x, y) }},
			{"tanh", 2, func() { kernel.ActForward(kernel.Act{Kind: kernel.ActTanh}, x, y) }},
			{"mish", 2, func() { kernel.ActForward(kernel.Act{Kind: kernel.ActMish}, x, y) }},
			{"softplus", 2, func() { kernel.ActForward(kernel.Act{Kind: kernel.ActSoftplus}, x, y) }},
			{"bn-stats", 1, func() { kernel.BatchNormStats(n, c, hw, x, mean, variance) }},
			{"bn-relu", 2, func() { kernel.BatchNormForward(n, c, hw, x, mean, variance, weight, bias, eps, relu, y) }},
			{"bn-relu-reduce", 2, func() {
				kernel.BatchNormBackwardReduce(n, c, hw, x, mean, variance, weight, bias, dy, eps, relu, dweight, dbias)
			}},
			{"bn-relu-input", 3, func() {
				kernel.BatchNormBackwardInput(n, c, hw, x, mean, variance, weight, bias, dy, dweight, dbias, eps, relu, true, y)
			}},
			{"channel-sum", 1, func() { kernel.ChannelSum(n, c, hw, dy, dbias) }},
			{"lrn", 2, func() { kernel.LRNForward(n, c, hw, 5, 1e-4, 0.75, 2, x, y) }},
			{"lrn-backward", 3, func() { kernel.LRNBackward(n, c, hw, 5, 1e-4, 0.75, 2, x, dy, y) }},
			{"dropout-mask", 1, func() { kernel.DropoutMask(1, 1, 0.5, y) }},
			{"sgd", 5, func() {
				kernel.SGDStep(kernel.SGDRule{LR: 1e-6, Momentum: 0.9, WeightDecay: 1e-4}, x, dy, y)
			}},
			{"adam", 7, func() {
				kernel.AdamStep(kernel.AdamRule{LR: 1e-6, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 10}, x, dy, y, z, nil)
			}},
			{"softmax-rows", 2, func() { kernel.SoftmaxRows(m/1024, 1024, x, y) }},
		} {
			b.Run(l.name+"/"+k.name, func(b *testing.B) { bandwidth(b, 4*m*k.moved, k.run) })
		}
	}
}

func BenchmarkPool(b *testing.B) {
	for _, l := range []struct {
		name                  string
		n, c, h, w, k, s, pad int
	}{
		{"lenet-2x2s2", 128, 6, 28, 28, 2, 2, 0},
		{"vgg-2x2s2", 8, 64, 112, 112, 2, 2, 0},
		{"resnet-3x3s2p1", 16, 64, 112, 112, 3, 2, 1},
		{"alexnet-3x3s2", 32, 64, 55, 55, 3, 2, 0},
		{"inception-3x3s1p1", 16, 256, 28, 28, 3, 1, 1},
		{"inception-3x3s1p1", 16, 512, 14, 14, 3, 1, 1},
	} {
		p := kernel.Pool{N: l.n, C: l.c, H: l.h, W: l.w, KH: l.k, KW: l.k, SH: l.s, SW: l.s, PH: l.pad, PW: l.pad,
			OH: (l.h+2*l.pad-l.k)/l.s + 1, OW: (l.w+2*l.pad-l.k)/l.s + 1}
		in, out := l.n*l.c*l.h*l.w, l.n*l.c*p.OH*p.OW
		x, dx, y, dy := values(in), values(in), values(out), values(out)
		for _, k := range []struct {
			name  string
			moved int
			run   func()
		}{
			{"max", in + out, func() { kernel.MaxPoolForward(p, x, y) }},
			{"max-backward", 2*in + out, func() { kernel.MaxPoolBackward(p, x, dy, dx) }},
			{"average", in + out, func() { kernel.AvgPoolForward(p, x, y) }},
			{"average-backward", in + out, func() { kernel.AvgPoolBackward(p, dy, dx) }},
		} {
			b.Run(l.name+"/"+k.name, func(b *testing.B) { bandwidth(b, 4*k.moved, k.run) })
		}
		b.Run(l.name+"/global", func(b *testing.B) {
			bandwidth(b, 4*in, func() { kernel.AdaptiveAvgPoolForward(l.n, l.c, l.h, l.w, 1, 1, x, y) })
		})
	}
}
