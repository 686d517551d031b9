package lab

import (
	"math"
	"testing"
)

func TestELU(t *testing.T) {
	r := tiny(t, "elu")
	relu, elu := numbers(t, r, "units", "median_mean", "relu"), numbers(t, r, "units", "median_mean", "elu")
	for i := range relu {
		if math.Abs(elu[i]) >= relu[i] {
			t.Errorf("row %d: the median unit mean of ELU is %g, of ReLU %g", i, elu[i], relu[i])
		}
	}
	if j := numbers(t, r, "kinks", "jump", "elu:0.5")[0]; math.Abs(j-0.5) > 1e-6 {
		t.Errorf("the derivative of an ELU of alpha 0.5 jumps by %g", j)
	}
	if j := numbers(t, r, "kinks", "jump", "celu:0.5")[0]; j > 1e-6 {
		t.Errorf("the derivative of a CELU jumps by %g", j)
	}
}
