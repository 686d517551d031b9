package lab

import "testing"

func TestRace(t *testing.T) {
	r := tiny(t, "race")
	relu, sigmoid := meanOf(numbers(t, r, "results", "train_loss", "digits", "relu")), meanOf(numbers(t, r, "results", "train_loss", "digits", "sigmoid"))
	if relu >= sigmoid {
		t.Errorf("training loss on digits: ReLU %g, sigmoid %g", relu, sigmoid)
	}
	if got := firstAbove([]float64{0, 1, 1, 0}, 2, 1); got != 3 {
		t.Errorf("step %d, want 3", got)
	}
	if got := firstAbove([]float64{0, 1}, 2, 1); got != 0 {
		t.Errorf("step %d, want none", got)
	}
}
