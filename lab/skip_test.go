package lab

import "testing"

// The deep plain network trains worse than the deep one with shortcuts.
func TestSkip(t *testing.T) {
	r := tiny(t, "skip")
	final := func(kind string) Spread {
		var v []float64
		for _, seed := range []string{"1", "2"} {
			errors := numbers(t, r, "training", "train_error", kind, "32", seed)
			v = append(v, errors[len(errors)-1])
		}
		return spreadOf(v)
	}
	if plain, residual := final(plainKind), final(residualKind); plain.Low <= residual.High {
		t.Errorf("training error: plain %v, residual %v", plain, residual)
	}
}
