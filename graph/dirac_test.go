package graph

import (
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"
)

// TestDirac: the first filters copy their channel, the others are random.
func TestDirac(t *testing.T) {
	for _, shape := range []tensor.Shape{{5, 3, 3, 3}, {2, 4, 3, 3}, {3, 2, 2, 4}, {4, 2, 3}} {
		next := Dirac(Constant(7))(rand.New(rand.NewPCG(1, 1)), shape)
		field, middle := 1, 0
		for _, d := range shape[2:] {
			field, middle = field*d, middle*d+d/2
		}
		for o := range shape[0] {
			for i := range shape[1] {
				for k := range field {
					want := 0.0
					if o >= shape[1] {
						want = 7
					} else if o == i && k == middle {
						want = 1
					}
					if got := next(); got != want {
						t.Fatalf("%v: weight[%d, %d, %d] is %v, want %v", shape, o, i, k, got, want)
					}
				}
			}
		}
	}
	if v := Dirac(nil)(rand.New(rand.NewPCG(1, 1)), tensor.Shape{2, 4})(); v == 0 || v == 1 {
		t.Errorf("a matrix starts with %v, want a random number", v)
	}
}
