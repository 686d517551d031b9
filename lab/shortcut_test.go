package lab

import "testing"

// The less the shortcut carries, the more the gradient grows towards the input, as
// in a plain network.
func TestShortcut(t *testing.T) {
	r := tiny(t, "shortcut")
	for _, seed := range []string{"1", "2"} {
		ratio := func(kind string) float64 {
			norms := numbers(t, r, "gradients", "norm", kind, seed)
			return norms[0] / norms[len(norms)-1]
		}
		if one, half := ratio(residualKind), ratio(halfKind); one >= half {
			t.Errorf("seed %s: first unit's gradient against the last one's: identity %v, a half %v", seed, one, half)
		}
	}
}
