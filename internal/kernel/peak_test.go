package kernel

import (
	"runtime"
	"testing"
)

func TestPeakIsPlausible(t *testing.T) {
	generic := PeakGFLOPS("generic", 1)
	if generic <= 0 {
		t.Fatalf("generic peak is %v", generic)
	}
	for _, s := range instructionSets {
		// Vectors of 8 or 16 lanes against single numbers: even a busy
		// machine shows some of that. An emulated arm64 gains nothing by
		// vectors.
		if p := PeakGFLOPS(s.name, 1); p <= 0 || p <= generic && runtime.GOARCH != "arm64" {
			t.Errorf("%s: peak %v is not above plain Go's %v", s.name, p, generic)
		}
	}
	if got, want := PeakGFLOPS("no such", 1), 0.0; got <= want {
		t.Errorf("an unknown instruction set has peak %v, want plain Go's", got)
	}
}
