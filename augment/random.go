package augment

import "math"

// Rand draws what happens to one picture: a function of (seed, epoch, index) alone, by SplitMix64
// (Steele, Lea and Flood 2014), which no Go release changes.
type Rand struct{ state uint64 }

// NewRand begins the sequence of a picture, the index-th of its source, in an epoch.
func NewRand(seed, epoch uint64, index int) Rand {
	r := Rand{seed}
	for _, v := range [...]uint64{epoch, uint64(index)} {
		r.state = r.Uint64() + v
	}
	return Rand{r.Uint64()}
}

// Uint64 is uniform over all values.
func (r *Rand) Uint64() uint64 {
	r.state += 0x9e3779b97f4a7c15
	x := r.state
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Float64 is uniform in [0, 1).
func (r *Rand) Float64() float64 { return float64(r.Uint64()>>11) / (1 << 53) }

// Below is uniform over 0 to n-1; n is at least 1.
func (r *Rand) Below(n int) int { return int(r.Uint64() >> 1 % uint64(n)) }

// Between is uniform in [low, high).
func (r *Rand) Between(low, high float64) float64 { return low + float64((high-low)*r.Float64()) }

// Chance is true with a probability.
func (r *Rand) Chance(probability float64) bool { return r.Float64() < probability }

// Normal has mean 0 and deviation 1 (Box and Muller 1958).
func (r *Rand) Normal() float64 {
	u := 1 - r.Float64() // not 0
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*r.Float64())
}
