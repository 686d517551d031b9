package lab

import "testing"

// The effective field grows with depth, but more slowly than the receptive field.
func TestReceptive(t *testing.T) {
	r := tiny(t, "receptive")
	for _, seed := range []string{"1", "2"} {
		shallow := numbers(t, r, "stacks", "effective_field", "relu", "2", seed)[0]
		deep := numbers(t, r, "stacks", "effective_field", "relu", "8", seed)[0]
		if deep <= shallow || deep/shallow >= 17.0/5 {
			t.Errorf("seed %s: effective field %v with 2 layers, %v with 8", seed, shallow, deep)
		}
	}
}
