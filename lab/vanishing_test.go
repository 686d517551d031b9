package lab

import (
	"testing"
)

func TestVanishing(t *testing.T) {
	r := tiny(t, "vanishing")
	ratio := func(column, act, init string) float64 {
		return meanOf(numbers(t, r, "summary", column, act, init, "20"))
	}
	sigmoid, tanh, relu, he := ratio("activation_gradient_ratio", "sigmoid", "default"), ratio("activation_gradient_ratio", "tanh", "default"),
		ratio("activation_gradient_ratio", "relu", "default"), ratio("activation_gradient_ratio", "relu", "he")
	if !(sigmoid < relu && relu < tanh && tanh < he) {
		t.Errorf("first against last layer: sigmoid %g, ReLU %g, tanh %g, ReLU with He's initialisation %g", sigmoid, relu, tanh, he)
	}
	if out, weight := ratio("activation_gradient_ratio", "tanh", "standard"), ratio("weight_gradient_ratio", "tanh", "standard"); out*100 > weight {
		t.Errorf("tanh without biases: gradient of outputs %g, of weights %g", out, weight)
	}
	if standard, glorot := ratio("singular_value", "tanh", "standard"), ratio("singular_value", "tanh", "glorot"); standard >= glorot {
		t.Errorf("singular values %g and %g", standard, glorot)
	}
}
