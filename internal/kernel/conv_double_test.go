package kernel

import (
	"testing"

	"pgregory.net/rapid"
)

// TestFloat64ConvOnEveryTile holds the float64 path to the definition with
// every micro-kernel, also where operands take more than one block.
func TestFloat64ConvOnEveryTile(t *testing.T) {
	defer func(d *doubleTile) { double = d }(double)
	for _, d := range doubleTiles() {
		double = d
		for seed, c := range []Conv{
			{N: 2, C: 40, H: 16, W: 15, O: 13, KH: 3, KW: 3, SH: 1, SW: 1, PH: 1, PW: 1, DH: 1, DW: 1, Groups: 1},
			{N: 1, C: 9, H: 20, W: 41, O: 300, KH: 1, KW: 1, SH: 2, SW: 1, DH: 1, DW: 1, Groups: 1},
			{N: 2, C: 12, H: 23, W: 9, O: 24, KH: 5, KW: 2, SH: 2, SW: 3, PH: 4, PW: 1, DH: 1, DW: 2, Groups: 3},
			{N: 1, C: 2, H: 30, W: 30, O: 4, KH: 25, KW: 25, SH: 1, SW: 1, DH: 1, DW: 1, Groups: 1},
		} {
			checkConv[float64](t, c, uint64(seed), 1e-12)
		}
		rapid.Check(t, func(t *rapid.T) {
			checkConv[float64](t, drawConv(t), rapid.Uint64Range(0, 1<<20).Draw(t, "seed"), 1e-12)
		})
	}
}

func BenchmarkConvForward64(b *testing.B) {
	c := Conv{N: 2, C: 128, H: 28, W: 28, O: 128, KH: 3, KW: 3, PH: 1, PW: 1}.normal()
	x, w := make([]float64, c.N*c.C*c.H*c.W), make([]float64, c.O*c.C*9)
	y := make([]float64, c.N*c.O*c.OutH()*c.OutW())
	for range b.N {
		ConvForward(c, x, w, Epilogue[float64]{}, y)
	}
	flops := 2 * float64(len(y)) * float64(c.C*9) * float64(b.N)
	b.ReportMetric(flops/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
