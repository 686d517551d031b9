package ops

import (
	"slices"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
)

// As torch.nn.ZeroPad2d((1, 2, 1, 0)) has it: left, right, top, bottom.
func TestZeroPad2D(t *testing.T) {
	pad := func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
		return ZeroPad2D(in[0], [2]int{1, 1}, [2]int{0, 2})
	}
	r, err := optest.Forward[float64](pad, optest.Data("x", []float64{1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 2, 2))
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{
		0, 0, 0, 0, 0,
		0, 1, 2, 0, 0,
		0, 3, 4, 0, 0,

		0, 0, 0, 0, 0,
		0, 5, 6, 0, 0,
		0, 7, 8, 0, 0,
	}
	if !slices.Equal(r.Shape, []int{1, 2, 3, 5}) || !slices.Equal(r.Y, want) {
		t.Errorf("got %v of shape %v, want %v", r.Y, r.Shape, want)
	}
}
