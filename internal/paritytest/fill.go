// Package paritytest gives tests the project's reference values and the rules
// by which they were made.
//
// The references were computed with PyTorch and torchvision in float64. They
// carry no weights: every parameter, buffer and input is a formula of its name
// and of the element's index, so a test rebuilds them exactly. Large results
// are kept as a Brief. Files come from this package's testdata folder and, when
// the environment variable PARITY_DIR is set, from that directory too.
package paritytest

import (
	"math"
	"strings"

	"github.com/pkg/errors"
)

const golden = 0x9E3779B97F4A7C15

// Hash is the 64-bit FNV-1a hash of a tensor's name.
func Hash(name string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(name) {
		h ^= uint64(name[i])
		h *= 0x100000001b3
	}
	return h
}

// U is the i-th number in [0, 1) that belongs to a name: the upper 24 bits of
// a splitmix64 output. Both u and 2u-1 are exact in float32.
func U(name string, i int) float64 { return unit(Hash(name), i) }

func unit(hash uint64, i int) float64 {
	z := hash + uint64(i)*golden + golden
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	z ^= z >> 31
	return float64(z>>40) / (1 << 24)
}

// Uniform returns f(U(name, 0)) ... f(U(name, n-1)).
func Uniform(name string, n int, f func(u float64) float64) []float64 {
	hash := Hash(name)
	x := make([]float64, n)
	for i := range x {
		x[i] = f(unit(hash, i))
	}
	return x
}

// Signed maps [0, 1) to [-1, 1): 2u - 1.
func Signed(u float64) float64 { return 2*u - 1 }

// Input is a model's input tensor, n elements of 2u-1 under the name "input".
func Input(n int) []float64 { return Uniform("input", n, Signed) }

// Labels are the labels of samples 0 to n-1: (7i + 3) mod classes.
func Labels(n, classes int) []int {
	labels := make([]int, n)
	for i := range labels {
		labels[i] = (7*i + 3) % classes
	}
	return labels
}

// Tensor returns a model's parameter or buffer by its dotted name and shape.
// The last part of the name decides: weight, bias, running_mean or running_var.
func Tensor(name string, shape ...int) ([]float64, error) {
	n, fanIn := 1, 1
	for i, d := range shape {
		n *= d
		if i > 0 {
			fanIn *= d
		}
	}
	var f func(u float64) float64
	switch last := name[strings.LastIndexByte(name, '.')+1:]; {
	case last == "weight" && len(shape) >= 2:
		bound := math.Sqrt(6 / float64(fanIn))
		f = func(u float64) float64 { return Signed(u) * bound }
	case last == "weight", last == "running_var":
		f = func(u float64) float64 { return 0.5 + u }
	case last == "bias", last == "running_mean":
		f = func(u float64) float64 { return Signed(u) * 0.1 }
	default:
		return nil, errors.Errorf("parity: no rule fills a tensor named %q; the last part must be weight, bias, running_mean or running_var", name)
	}
	return Uniform(name, n, f), nil
}

// Float32 rounds every element to float32.
func Float32(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// Convert returns x as a slice of T.
func Convert[T float32 | float64](x []float64) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// Float64 returns x as float64, which holds every float32.
func Float64(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
