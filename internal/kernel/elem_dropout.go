package kernel

import "math"

// mix64 is the finaliser of splitmix64 (Steele, Lea and Flood 2014).
func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// The mask's random numbers are a hash of the element's index under two keys,
// so they depend neither on the split over threads nor on what came before.
// All of it is 32-bit arithmetic, which vector units have.
const (
	hashStep = 0x9E3779B9
	hashMul1 = 0x85EBCA6B
	hashMul2 = 0xC2B2AE35
)

func hash32(i, key1, key2 uint32) uint32 {
	h := i*hashStep + key1
	h = (h ^ h>>16) * hashMul1
	h = (h ^ h>>13) + key2
	h *= hashMul2
	h = (h ^ h>>16) * hashMul1
	return h ^ h>>15
}

type dropoutJob[T Float] struct {
	key1, key2, threshold uint32
	keep                  T
	mask                  []T
}

func (j *dropoutJob[T]) run(lo, hi int) {
	dropoutRange(uint32(lo), j.key1, j.key2, j.threshold, j.keep, j.mask[lo:hi])
}

func dropoutRange[T Float](first, key1, key2, threshold uint32, keep T, mask []T) {
	if isSingle[T]() && vecDropout(float32s(mask), float32(keep), first, key1, key2, threshold) {
		return
	}
	for i := range mask {
		v := keep
		if hash32(first+uint32(i), key1, key2) < threshold {
			v = 0
		}
		mask[i] = v
	}
}

// DropoutMask fills mask with 0 with probability p, else with 1/(1-p). The
// mask is a function of seed, step and p alone.
// (Srivastava et al. 2014, in the scaling that leaves inference alone.)
func DropoutMask[T Float](seed, step uint64, p float64, mask []T) {
	if p <= 0 || p >= 1 {
		v := T(1)
		if p >= 1 {
			v = 0
		}
		fill(mask, v)
		return
	}
	key := mix64(mix64(seed+0x9E3779B97F4A7C15) + step)
	threshold := uint32(math.Round(min(p*(1<<32), math.MaxUint32)))
	parallel(len(mask), elementGrain, dropoutJob[T]{uint32(key), uint32(key >> 32), threshold, T(1 / (1 - p)), mask})
}
