package lab

import "testing"

func TestLinear(t *testing.T) {
	r := tiny(t, "linear")
	linear := numbers(t, r, "accuracy", "test_accuracy", "spirals", "none", "4")
	relu := numbers(t, r, "accuracy", "test_accuracy", "spirals", "relu", "4")
	for i := range linear {
		if linear[i] >= relu[i] {
			t.Errorf("seed %d: %g without an activation, %g with ReLU", i+1, linear[i], relu[i])
		}
	}
	if r.Claims[0].Holds != Holds {
		t.Errorf("a product of matrices is no matrix: %s", r.Claims[0].Measured.EN)
	}
}
