package ops

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

// TestNormByDefinition compares local response normalisation with the formula
// in its documentation.
func TestNormByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, hw := rapid.IntRange(1, 12).Draw(t, "c"), pair(t, "size", 1, 4)
		cfg := LocalResponseNormConfig{
			Size:  rapid.IntRange(1, 9).Draw(t, "window"),
			Alpha: rapid.Float64Range(1e-4, 2).Draw(t, "alpha"),
			Beta:  rapid.Float64Range(0.1, 2).Draw(t, "beta"),
			K:     rapid.Float64Range(0.5, 3).Draw(t, "k"),
		}
		x := optest.X("x", 2, c, hw[0], hw[1])
		r, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return LocalResponseNorm(in[0], cfg) }, x)
		if err != nil {
			t.Fatal(err)
		}
		plane := hw[0] * hw[1]
		for i, got := range r.Y {
			image, channel, at := i/(c*plane), i/plane%c, i%plane
			sum := 0.0
			for j := max(0, channel-cfg.Size/2); j <= min(c-1, channel+(cfg.Size-1)/2); j++ {
				v := x.Data[(image*c+j)*plane+at]
				sum += v * v
			}
			want := x.Data[i] * math.Pow(cfg.K+cfg.Alpha/float64(cfg.Size)*sum, -cfg.Beta)
			if !(math.Abs(got-want) < 1e-13) {
				t.Fatalf("y[%d] is %v, want %v", i, got, want)
			}
		}
	})
}
