package kernel

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// tensors draws the inputs of a property in both precisions. The float32 ones
// start at any offset and have guards behind them.
type tensors struct {
	t      *rapid.T
	guards []func() error
}

func (s *tensors) between(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(s.t, name) }

// input has n values in [-scale, scale), exact in float32.
func (s *tensors) input(name string, n int, scale float64) ([]float32, []float64) {
	x64 := random[float64](uint64(s.between(name, 0, 1<<30)), n, scale)
	x32 := s.output(n)
	for i, v := range x64 {
		x32[i] = float32(v)
		x64[i] = float64(x32[i])
	}
	return x32, x64
}

const guard = 12345

// output has n values that the kernel must overwrite, between guards.
func (s *tensors) output(n int) []float32 {
	at := s.between("offset", 0, 3)
	all := make([]float32, at+n+20)
	for i := range all {
		all[i] = guard
	}
	for i := range n {
		all[at+i] = float32(math.NaN())
	}
	s.guards = append(s.guards, func() error {
		for i, v := range all {
			if (i < at || i >= at+n) && v != guard {
				return fmt.Errorf("wrote element %d of a slice of %d", i-at, n)
			}
		}
		return nil
	})
	return all[at : at+n : at+n]
}

// same compares a result with what float64 gave, relative to the value or to
// floor if that is larger.
func (s *tensors) same(what string, got []float32, want []float64, rel, floor float64) {
	s.t.Helper()
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= rel*max(math.Abs(w), floor)) {
			s.t.Fatalf("%s: [%d] of %d is %v, want %v", what, i, len(want), got[i], w)
		}
	}
	for _, g := range s.guards {
		if err := g(); err != nil {
			s.t.Fatalf("%s: %v", what, err)
		}
	}
}

// onEachISA runs a property with every instruction set that the CPU has.
func onEachISA(t *testing.T, property func(s *tensors)) {
	was := isa
	defer func() { isa = was }()
	withThreads(t, 2)
	for _, set := range append([]*instructionSet{nil}, instructionSets...) {
		isa = set
		t.Run(ISA(), func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) { property(&tensors{t: r}) })
		})
	}
}
