package datasets

import (
	"math/bits"
	"math/rand/v2"
)

// permute fills order with a random permutation of 0..len-1 (Fisher-Yates). It is written out, on
// a generator whose sequence is specified, so that no Go release changes what a seed means.
func permute(order []int, rng *rand.PCG) {
	for i := range order {
		order[i] = i
	}
	for i := len(order) - 1; i > 0; i-- {
		// The high word of a 64-bit product is uniform over 0..i up to a bias of i / 2^64.
		j, _ := bits.Mul64(rng.Uint64(), uint64(i+1))
		order[i], order[int(j)] = order[int(j)], order[i]
	}
}

// mix64 is the finaliser of SplitMix64: neighbouring inputs give unrelated outputs.
func mix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
