package kernel

import (
	"math"
	"time"
)

// layer is a convolution of a network and how often it occurs there.
type layer struct {
	Conv
	times int
}

// square is a convolution of square images by square kernels, padded so that
// the result has the input's size over the stride.
func square(times, c, size, o, k, stride int) layer {
	return layer{Conv{N: 1, C: c, H: size, W: size, O: o, KH: k, KW: k, SH: stride, SW: stride, PH: k / 2, PW: k / 2}, times}
}

// pixelNetworks lists the convolutions of networks; depthwise ones are not
// among them.
var pixelNetworks = map[string][]layer{
	"resnet50": {
		square(1, 3, 224, 64, 7, 2),
		square(1, 64, 56, 64, 1, 1), square(3, 64, 56, 64, 3, 1), square(4, 64, 56, 256, 1, 1), square(2, 256, 56, 64, 1, 1),
		square(1, 256, 56, 128, 1, 1), square(1, 128, 56, 128, 3, 2), square(4, 128, 28, 512, 1, 1), square(1, 256, 56, 512, 1, 2),
		square(3, 512, 28, 128, 1, 1), square(3, 128, 28, 128, 3, 1),
		square(1, 512, 28, 256, 1, 1), square(1, 256, 28, 256, 3, 2), square(6, 256, 14, 1024, 1, 1), square(1, 512, 28, 1024, 1, 2),
		square(5, 1024, 14, 256, 1, 1), square(5, 256, 14, 256, 3, 1),
		square(1, 1024, 14, 512, 1, 1), square(1, 512, 14, 512, 3, 2), square(3, 512, 7, 2048, 1, 1), square(1, 1024, 14, 2048, 1, 2),
		square(2, 2048, 7, 512, 1, 1), square(2, 512, 7, 512, 3, 1),
	},
	"googlenet": {
		square(1, 3, 224, 64, 7, 2), square(1, 64, 56, 64, 1, 1), square(1, 64, 56, 192, 3, 1),
		square(1, 192, 28, 64, 1, 1), square(1, 192, 28, 96, 1, 1), square(1, 96, 28, 128, 3, 1), square(1, 192, 28, 16, 1, 1), square(1, 16, 28, 32, 5, 1), square(1, 192, 28, 32, 1, 1),
		square(2, 256, 28, 128, 1, 1), square(1, 128, 28, 192, 3, 1), square(1, 256, 28, 32, 1, 1), square(1, 32, 28, 96, 5, 1), square(1, 256, 28, 64, 1, 1),
		square(1, 480, 14, 192, 1, 1), square(1, 480, 14, 96, 1, 1), square(1, 96, 14, 208, 3, 1), square(1, 480, 14, 16, 1, 1), square(1, 16, 14, 48, 5, 1), square(1, 480, 14, 64, 1, 1),
		square(1, 512, 14, 160, 1, 1), square(1, 512, 14, 112, 1, 1), square(1, 112, 14, 224, 3, 1), square(2, 512, 14, 24, 1, 1), square(2, 24, 14, 64, 5, 1), square(4, 512, 14, 64, 1, 1),
		square(2, 512, 14, 128, 1, 1), square(1, 128, 14, 256, 3, 1), square(1, 512, 14, 144, 1, 1), square(1, 144, 14, 288, 3, 1), square(1, 512, 14, 32, 1, 1), square(1, 32, 14, 64, 5, 1),
		square(1, 528, 14, 256, 1, 1), square(1, 528, 14, 160, 1, 1), square(1, 160, 14, 320, 3, 1), square(1, 528, 14, 32, 1, 1), square(1, 32, 14, 128, 5, 1), square(1, 528, 14, 128, 1, 1),
		square(1, 832, 7, 256, 1, 1), square(1, 832, 7, 160, 1, 1), square(1, 160, 7, 320, 3, 1), square(1, 832, 7, 32, 1, 1), square(1, 32, 7, 128, 5, 1), square(2, 832, 7, 128, 1, 1),
		square(1, 832, 7, 384, 1, 1), square(1, 832, 7, 192, 1, 1), square(1, 192, 7, 384, 3, 1), square(1, 832, 7, 48, 1, 1), square(1, 48, 7, 128, 5, 1),
	},
	"resnet20": {
		square(1, 3, 32, 16, 3, 1), square(6, 16, 32, 16, 3, 1),
		square(1, 16, 32, 32, 3, 2), square(5, 32, 16, 32, 3, 1),
		square(1, 32, 16, 64, 3, 2), square(5, 64, 8, 64, 3, 1),
	},
	"mobilenetv2": {
		square(1, 3, 224, 32, 3, 2), square(1, 32, 112, 16, 1, 1), square(1, 16, 112, 96, 1, 1),
		square(1, 96, 56, 24, 1, 1), square(2, 24, 56, 144, 1, 1), square(1, 144, 56, 24, 1, 1),
		square(1, 144, 28, 32, 1, 1), square(3, 32, 28, 192, 1, 1), square(2, 192, 28, 32, 1, 1),
		square(1, 192, 14, 64, 1, 1), square(4, 64, 14, 384, 1, 1), square(3, 384, 14, 64, 1, 1),
		square(1, 384, 14, 96, 1, 1), square(3, 96, 14, 576, 1, 1), square(2, 576, 14, 96, 1, 1),
		square(1, 576, 7, 160, 1, 1), square(3, 160, 7, 960, 1, 1), square(2, 960, 7, 160, 1, 1),
		square(1, 960, 7, 320, 1, 1), square(1, 320, 7, 1280, 1, 1),
	},
}

// batches are what the networks are measured with beside one image.
var batches = map[string]int{"resnet50": 8, "googlenet": 16, "resnet20": 128, "mobilenetv2": 16}

func flopsOf(c Conv) float64 {
	c = c.normal()
	return 2 * float64(c.N*c.OutH()*c.OutW()) * float64(c.O) * float64(c.C/c.Groups*c.KH*c.KW)
}

// fastest returns the least nanoseconds of a call of each function, called in
// turn for the given time: other work beside the measurement makes single calls
// longer, hardly the shortest of many.
func fastest(budget time.Duration, fs ...func()) []float64 {
	best := make([]float64, len(fs))
	for i, f := range fs {
		f()
		best[i] = math.Inf(1)
	}
	for end := time.Now().Add(budget); time.Now().Before(end); {
		for i, f := range fs {
			start := time.Now()
			f()
			best[i] = min(best[i], float64(time.Since(start).Nanoseconds()))
		}
	}
	return best
}

// peakRun multiplies and adds on registers.
func peakRun() (f func(), flops float64) {
	const rounds = 4000
	s := isa
	return func() { s.peak(rounds) }, s.flops * rounds
}

// shortPeak is the multiply-add peak of a thread in GFLOP/s.
func shortPeak() float64 {
	f, flops := peakRun()
	return flops / fastest(50*time.Millisecond, f)[0]
}
