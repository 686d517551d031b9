package ops

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"pgregory.net/rapid"
)

// TestPoolingByDefinition compares both poolings with a walk over every
// window.
func TestPoolingByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, k, s := pair(t, "size", 1, 11), pair(t, "kernel", 1, 4), pair(t, "stride", 1, 4)
		p := [2]int{rapid.IntRange(0, k[0]/2).Draw(t, "paddingH"), rapid.IntRange(0, k[1]/2).Draw(t, "paddingW")}
		ceil, exclude := rapid.Bool().Draw(t, "ceil"), rapid.Bool().Draw(t, "exclude")
		x := optest.X("x", 1, 2, size[0], size[1])
		highest, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return MaxPool2D(in[0], MaxPool2DConfig{Kernel: k, Stride: s, Padding: p, CeilMode: ceil})
		}, x)
		if err != nil {
			t.Skip("the kernel does not fit")
		}
		mean, err := optest.Forward[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return AvgPool2D(in[0], AvgPool2DConfig{Kernel: k, Stride: s, Padding: p, CeilMode: ceil, ExcludePad: exclude})
		}, x)
		if err != nil {
			t.Fatal(err)
		}
		oh, ow := mean.Shape[2], mean.Shape[3]
		for i := range mean.Y {
			plane, top, left := x.Data[i/(oh*ow)*size[0]*size[1]:], i/ow%oh*s[0]-p[0], i%ow*s[1]-p[1]
			best, sum, inside, padded := math.Inf(-1), 0.0, 0, 0
			for h := top; h < top+k[0]; h++ {
				for w := left; w < left+k[1]; w++ {
					if h < size[0]+p[0] && w < size[1]+p[1] {
						padded++
					}
					if h >= 0 && w >= 0 && h < size[0] && w < size[1] {
						v := plane[h*size[1]+w]
						best, sum, inside = max(best, v), sum+v, inside+1
					}
				}
			}
			if exclude {
				padded = inside
			}
			if highest.Y[i] != best {
				t.Fatalf("max[%d] is %v, want %v", i, highest.Y[i], best)
			}
			if want := sum / float64(padded); !(math.Abs(mean.Y[i]-want) < 1e-14) {
				t.Fatalf("avg[%d] is %v, want %v", i, mean.Y[i], want)
			}
		}
	})
}
