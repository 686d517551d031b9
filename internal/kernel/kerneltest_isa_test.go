package kernel

import (
	"runtime"
	"testing"
)

// eachISA runs a test on every instruction set of this CPU and on plain Go.
func eachISA(t *testing.T, f func(t *testing.T)) {
	was := isa
	defer func() { isa = was }()
	for _, s := range append([]*instructionSet{nil}, instructionSets...) {
		isa = s
		t.Run(ISA(), f)
	}
}

func withThreads(t testing.TB, n int) {
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}
