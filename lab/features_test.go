package lab

import "testing"

// Before and soon after the start the first layer's answers are closer to those at
// the end than the last layer's.
func TestFeatures(t *testing.T) {
	r := tiny(t, "features")
	for _, seed := range []string{"1", "2"} {
		first := numbers(t, r, "settling", "similarity", "conv1", seed)
		last := numbers(t, r, "settling", "similarity", "conv5", seed)
		if first[0] <= last[0] {
			t.Errorf("seed %s: before training conv1 is %v like at the end, conv5 %v", seed, first[0], last[0])
		}
		if end := first[len(first)-1]; end < 0.9999 {
			t.Errorf("seed %s: the end is %v like itself", seed, end)
		}
	}
}
