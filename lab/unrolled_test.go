package lab

import "testing"

func TestUnrolled(t *testing.T) {
	r := tiny(t, "unrolled")
	for _, off := range numbers(t, r, "paths", "gradient_difference") {
		if off > 1e-10 {
			t.Errorf("the sum over paths is %g off the gradient", off)
		}
	}
	if linear, relu := meanOf(numbers(t, r, "paths", "output_difference", "identity")), meanOf(numbers(t, r, "paths", "output_difference", "relu")); linear > 1e-10 || relu < 1e-3 {
		t.Errorf("outputs against nested functions: linear %g, ReLU %g", linear, relu)
	}
	if n := len(numbers(t, r, "lengths", "norm", "relu", "1")); n != 8 {
		t.Errorf("%d paths, want 8", n)
	}
	plain, residual := numbers(t, r, "deep", "norm", "plain", "standard"), numbers(t, r, "deep", "norm", "residual", "standard")
	if last := len(plain) - 1; plain[last] > residual[last]/1000 {
		t.Errorf("gradient through 20 units: plain %g, residual %g", plain[last], residual[last])
	}
}
