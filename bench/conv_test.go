package bench

import (
	"fmt"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
)

// layer is a square convolution: channels in, height, channels out, kernel,
// stride, padding.
type layer struct{ c, h, o, k, s, p int }

func (l layer) conv(n int) kernel.Conv {
	return kernel.Conv{N: n, C: l.c, H: l.h, W: l.h, O: l.o, KH: l.k, KW: l.k, SH: l.s, SW: l.s, PH: l.p, PW: l.p, DH: 1, DW: 1, Groups: 1}
}

// networks lists every distinct convolution of a network.
var networks = []struct {
	name   string
	batch  int
	layers []layer
}{
	{"resnet18", 16, []layer{
		{3, 224, 64, 7, 2, 3}, {64, 56, 64, 3, 1, 1},
		{64, 56, 128, 3, 2, 1}, {64, 56, 128, 1, 2, 0}, {128, 28, 128, 3, 1, 1},
		{128, 28, 256, 3, 2, 1}, {128, 28, 256, 1, 2, 0}, {256, 14, 256, 3, 1, 1},
		{256, 14, 512, 3, 2, 1}, {256, 14, 512, 1, 2, 0}, {512, 7, 512, 3, 1, 1},
	}},
	{"resnet50", 16, []layer{
		{64, 56, 64, 1, 1, 0}, {64, 56, 256, 1, 1, 0}, {256, 56, 64, 1, 1, 0},
		{256, 56, 128, 1, 1, 0}, {128, 56, 128, 3, 2, 1}, {128, 28, 512, 1, 1, 0}, {256, 56, 512, 1, 2, 0}, {512, 28, 128, 1, 1, 0},
		{512, 28, 256, 1, 1, 0}, {256, 28, 256, 3, 2, 1}, {256, 14, 1024, 1, 1, 0}, {512, 28, 1024, 1, 2, 0}, {1024, 14, 256, 1, 1, 0},
		{1024, 14, 512, 1, 1, 0}, {512, 14, 512, 3, 2, 1}, {512, 7, 2048, 1, 1, 0}, {1024, 14, 2048, 1, 2, 0}, {2048, 7, 512, 1, 1, 0},
	}},
	{"googlenet", 16, []layer{
		{64, 56, 192, 3, 1, 1},
		{192, 28, 64, 1, 1, 0}, {192, 28, 96, 1, 1, 0}, {96, 28, 128, 3, 1, 1}, {192, 28, 16, 1, 1, 0}, {16, 28, 32, 3, 1, 1}, {192, 28, 32, 1, 1, 0},
		{256, 28, 128, 1, 1, 0}, {128, 28, 192, 3, 1, 1}, {256, 28, 32, 1, 1, 0}, {32, 28, 96, 3, 1, 1}, {256, 28, 64, 1, 1, 0},
		{480, 14, 192, 1, 1, 0}, {480, 14, 96, 1, 1, 0}, {96, 14, 208, 3, 1, 1}, {480, 14, 16, 1, 1, 0}, {16, 14, 48, 3, 1, 1}, {480, 14, 64, 1, 1, 0},
		{512, 14, 160, 1, 1, 0}, {512, 14, 112, 1, 1, 0}, {112, 14, 224, 3, 1, 1}, {512, 14, 24, 1, 1, 0}, {24, 14, 64, 3, 1, 1},
		{512, 14, 128, 1, 1, 0}, {128, 14, 256, 3, 1, 1}, {512, 14, 144, 1, 1, 0}, {144, 14, 288, 3, 1, 1}, {512, 14, 32, 1, 1, 0}, {32, 14, 64, 3, 1, 1},
		{528, 14, 256, 1, 1, 0}, {528, 14, 160, 1, 1, 0}, {160, 14, 320, 3, 1, 1}, {528, 14, 32, 1, 1, 0}, {32, 14, 128, 3, 1, 1},
		{832, 7, 256, 1, 1, 0}, {832, 7, 160, 1, 1, 0}, {160, 7, 320, 3, 1, 1}, {832, 7, 32, 1, 1, 0}, {32, 7, 128, 3, 1, 1}, {832, 7, 128, 1, 1, 0},
		{832, 7, 384, 1, 1, 0}, {832, 7, 192, 1, 1, 0}, {192, 7, 384, 3, 1, 1}, {832, 7, 48, 1, 1, 0}, {48, 7, 128, 3, 1, 1},
	}},
	{"cifar_resnet20", 128, []layer{
		{3, 32, 16, 3, 1, 1}, {16, 32, 16, 3, 1, 1}, {16, 32, 32, 3, 2, 1},
		{32, 16, 32, 3, 1, 1}, {32, 16, 64, 3, 2, 1}, {64, 8, 64, 3, 1, 1},
	}},
	{"lenet5", 128, []layer{{1, 28, 6, 5, 1, 2}, {6, 14, 16, 5, 1, 0}}},
	{"alexnet", 32, []layer{
		{3, 224, 64, 11, 4, 2}, {64, 27, 192, 5, 1, 2}, {192, 13, 384, 3, 1, 1}, {384, 13, 256, 3, 1, 1}, {256, 13, 256, 3, 1, 1},
	}},
}

// BenchmarkConv runs all three passes of every layer. The GFLOP/s are
// effective ones: the operations of the definition over the time, whatever
// the algorithm.
func BenchmarkConv(b *testing.B) {
	for _, net := range networks {
		for _, batch := range []int{net.batch, 1} {
			b.Run(fmt.Sprintf("%s_b%d", net.name, batch), func(b *testing.B) {
				for _, l := range net.layers {
					name := fmt.Sprintf("%dx%dx%d_%d_k%ds%d", l.c, l.h, l.h, l.o, l.k, l.s)
					b.Run(name, func(b *testing.B) { convPasses(b, l.conv(batch)) })
				}
			})
		}
	}
}

func convPasses(b *testing.B, c kernel.Conv) {
	x, w := normals(c.N*c.C*c.H*c.W), normals(c.O*c.C*c.KH*c.KW)
	y := normals(c.N * c.O * c.OutH() * c.OutW())
	flops := 2 * float64(len(y)) * float64(c.C*c.KH*c.KW)
	onThreads(b, func(b *testing.B, threads int) {
		b.Run("forward", func(b *testing.B) {
			c := c
			c.Fast = c.N == 1
			measure(b, flops, threads, func() { kernel.ConvForward(c, x, w, kernel.Epilogue[float32]{}, y) })
		})
		if c.N == 1 {
			return // batch 1 is for inference
		}
		b.Run("inference", func(b *testing.B) {
			c := c
			c.Fast = true
			measure(b, flops, threads, func() { kernel.ConvForward(c, x, w, kernel.Epilogue[float32]{}, y) })
		})
		if c.C > 3 { // nobody asks for the image's gradient
			b.Run("data", func(b *testing.B) {
				c := c
				c.Fast = true
				measure(b, flops, threads, func() { kernel.ConvBackwardData(c, y, w, x) })
			})
		}
		b.Run("weights", func(b *testing.B) {
			measure(b, flops, threads, func() { kernel.ConvBackwardWeights(c, x, y, w) })
		})
	})
}
