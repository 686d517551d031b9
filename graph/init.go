package graph

import (
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"
)

// Init is an initialisation: for a tensor of that shape it returns the
// function that yields its elements in row-major order.
//
// Fan-in is the product of all dimensions but the first, fan-out the first
// times the product of those after the second: (O, I, KH, KW) has fan-in
// I*KH*KW and fan-out O*KH*KW.
type Init func(rng *rand.Rand, shape tensor.Shape) func() float64

// Constant fills with v.
func Constant(v float64) Init {
	return func(*rand.Rand, tensor.Shape) func() float64 { return func() float64 { return v } }
}

// Zeros fills with 0, Ones with 1.
var (
	Zeros = Constant(0)
	Ones  = Constant(1)
)

// Normal draws from N(0, std^2).
func Normal(std float64) Init {
	return func(rng *rand.Rand, _ tensor.Shape) func() float64 {
		return func() float64 { return std * rng.NormFloat64() }
	}
}

// TruncatedNormal draws from N(0, std^2) until the value lies within
// [lo, hi] (absolute bounds, not multiples of std).
func TruncatedNormal(std, lo, hi float64) Init {
	return func(rng *rand.Rand, _ tensor.Shape) func() float64 {
		return func() float64 {
			for range 1000 {
				if v := std * rng.NormFloat64(); v >= lo && v <= hi {
					return v
				}
			}
			return min(max(0, lo), hi)
		}
	}
}

// Uniform draws from U(-bound, bound).
func Uniform(bound float64) Init {
	return func(rng *rand.Rand, _ tensor.Shape) func() float64 {
		return func() float64 { return bound * (2*rng.Float64() - 1) }
	}
}

// HeNormal draws from N(0, 2/fan-in), for layers that a ReLU follows
// (He et al. 2015, arXiv 1502.01852, equation 10).
func HeNormal(rng *rand.Rand, shape tensor.Shape) func() float64 {
	in, _ := fans(shape)
	return Normal(math.Sqrt(2/in))(rng, shape)
}

// HeNormalFanOut draws from N(0, 2/fan-out), which keeps the variance of
// gradients instead (He et al. 2015, equation 14; torchvision's ResNet).
func HeNormalFanOut(rng *rand.Rand, shape tensor.Shape) func() float64 {
	_, out := fans(shape)
	return Normal(math.Sqrt(2/out))(rng, shape)
}

// GlorotUniform draws from U(-b, b), b = sqrt(6/(fan-in + fan-out))
// (Glorot and Bengio 2010, equation 16).
func GlorotUniform(rng *rand.Rand, shape tensor.Shape) func() float64 {
	in, out := fans(shape)
	return Uniform(math.Sqrt(6/(in+out)))(rng, shape)
}

// FanInUniform draws from U(-b, b), b = 1/sqrt(fan-in): PyTorch's default for
// the weights of convolutions and linear layers.
func FanInUniform(rng *rand.Rand, shape tensor.Shape) func() float64 {
	in, _ := fans(shape)
	return Uniform(1/math.Sqrt(in))(rng, shape)
}

// Dirac makes the first filters of a convolution, as many as it has input
// channels, pass those channels on: 1 in the middle of the kernel of the
// channel of the same number, else 0. Filters beyond them start by rest, nil
// meaning FanInUniform; so do weights of fewer than three dimensions.
//
//	weight[o, i, KH/2, KW/2] = 1 where o = i < I
//
// Zagoruyko and Komodakis 2017, DiracNets, arXiv 1706.00388; PyTorch's dirac_.
func Dirac(rest Init) Init {
	if rest == nil {
		rest = FanInUniform
	}
	return func(rng *rand.Rand, shape tensor.Shape) func() float64 {
		random := rest(rng, shape)
		if len(shape) < 3 {
			return random
		}
		in, field, middle := shape[1], 1, 0
		for _, d := range shape[2:] {
			field, middle = field*d, middle*d+d/2
		}
		at := -1
		return func() float64 {
			at++
			filter, channel := at/(in*field), at/field%in
			switch {
			case filter >= in:
				return random()
			case channel == filter && at%field == middle:
				return 1
			}
			return 0
		}
	}
}

func fans(shape tensor.Shape) (in, out float64) {
	if len(shape) < 2 {
		n := float64(shape.TotalSize())
		return n, n
	}
	field := 1
	for _, d := range shape[2:] {
		field *= d
	}
	return float64(shape[1] * field), float64(shape[0] * field)
}
