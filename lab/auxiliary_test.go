package lab

import "testing"

// Heads bring more gradient to the first module where there is no batch norm.
func TestAuxiliary(t *testing.T) {
	r := tiny(t, "auxiliary")
	for _, seed := range []string{"1", "2"} {
		with := numbers(t, r, "gradients", "norm", "false", "true", seed, "inception3a")[0]
		without := numbers(t, r, "gradients", "norm", "false", "false", seed, "inception3a")[0]
		if with <= without {
			t.Errorf("seed %s: gradient at 3a %v with heads, %v without", seed, with, without)
		}
	}
}
