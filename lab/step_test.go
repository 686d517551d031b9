package lab

import "testing"

func TestStep(t *testing.T) {
	r := tiny(t, "step")
	for _, moved := range numbers(t, r, "accuracy", "first_layer_moved", "digits", "step") {
		if moved != 0 {
			t.Errorf("the weights below a step moved by %g", moved)
		}
	}
	hard, straight := numbers(t, r, "accuracy", "test_accuracy", "spirals", "step"), numbers(t, r, "accuracy", "test_accuracy", "spirals", "step, straight-through")
	for i := range hard {
		if hard[i] >= straight[i] {
			t.Errorf("seed %d: %g with the step's derivative, %g with another", i+1, hard[i], straight[i])
		}
	}
}
