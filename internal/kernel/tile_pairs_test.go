package kernel

import (
	"slices"
	"testing"
)

// Every second element goes its way, and nothing beyond is written.
func TestSplit(t *testing.T) {
	src := make([]float32, 80)
	for i := range src {
		src[i] = float32(i + 1)
	}
	sets := []*tileSet{{}}
	for _, s := range instructionSets {
		sets = append(sets, tileSets[s.kind])
	}
	for _, s := range sets {
		for n := range len(src) + 1 {
			even, odd := make([]float32, 41), make([]float32, 41)
			s.split(even, odd, src[:n])
			wantEven, wantOdd := make([]float32, 41), make([]float32, 41)
			for i, v := range src[:n] {
				[][]float32{wantEven, wantOdd}[i%2][i/2] = v
			}
			if !slices.Equal(even, wantEven) || !slices.Equal(odd, wantOdd) {
				t.Fatalf("%d lanes: %d elements split to %v and %v", s.lanes, n, even, odd)
			}
		}
	}
}
