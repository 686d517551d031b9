package activations

import (
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op/optest"
)

// TestOverwrites: where an operation says that its result may lie on an input,
// it gives the same bits there, small and on several threads.
func TestOverwrites(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range append(everyActivation(t), sine(3)) {
		for _, shape := range [][]int{{3, 6, 2}, {2, 6, 50, 60}} {
			checkOverwrites[float32](t, a, seen, shape...)
			checkOverwrites[float64](t, a, seen, shape...)
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d operations overwrite an input: %v", len(seen), seen)
	}
}

func checkOverwrites[T kernel.Float](t *testing.T, a Activation, seen map[string]bool, shape ...int) {
	if a == (Identity{}) {
		return // nothing is computed
	}
	names, err := optest.Overwrites[T](build(a), withParameters(a, optest.X("x", shape...))...)
	if err != nil {
		t.Errorf("%v: %v", a, err)
	}
	for _, n := range names {
		seen[n] = true
	}
}
