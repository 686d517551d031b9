package datasets

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
)

// mixBatch is a batch of n images whose values are the image's number, and labels i % 3.
func mixBatch(n int, s Shape) Batch {
	one := s.Channels * s.Height * s.Width
	b := Batch{Index: 2, N: n, Target: graph.Labels(make([]int, n))}
	for i := range n {
		b.Target.Labels[i] = i % 3
		for range one {
			b.Images = append(b.Images, float32(i))
		}
	}
	return b
}

// Each image consists of itself and its partner in the shares that its probabilities say.
func TestMixSharesAreThoseOfThePixels(t *testing.T) {
	s := Shape{Channels: 2, Height: 6, Width: 5}
	const one = 2 * 6 * 5
	for _, m := range []Mix{{}, {Mixup: 0.2}, {CutMix: 1}, {Mixup: 0.4, CutMix: 1}} {
		shares := map[float32]bool{}
		for epoch := range 20 {
			for _, n := range []int{4, 5, 1} {
				b := mixBatch(n, s)
				got, err := m.Batch(1, epoch, b, s, 3, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got.Kind != graph.ClassProbabilities || len(got.Values) != 3*n {
					t.Fatalf("%+v", got)
				}
				for i := range n {
					own, other := i%3, (n-1-i)%3
					p := got.Values[3*i : 3*i+3]
					var sum, mean float32
					for _, v := range p {
						sum += v
					}
					for _, v := range b.Images[i*one : (i+1)*one] {
						mean += v / one
					}
					if math.Abs(float64(sum-1)) > 1e-6 {
						t.Fatalf("probabilities %v", p)
					}
					if own == other {
						continue
					}
					shares[p[own]] = true
					if want := p[own]*float32(i) + p[other]*float32(n-1-i); math.Abs(float64(mean-want)) > 1e-4 {
						t.Fatalf("%+v: image %d of %d has mean %g, want %g by %v", m, i, n, mean, want, p)
					}
				}
			}
		}
		if m == (Mix{}) && (len(shares) != 1 || !shares[1]) || m != (Mix{}) && len(shares) < 5 {
			t.Errorf("%+v: shares %v", m, shares)
		}
	}
}

// The same seed, epoch and batch give the same, others something else; a buffer is used again.
func TestMixIsDeterministic(t *testing.T) {
	s := Shape{Channels: 1, Height: 8, Width: 8}
	run := func(seed uint64, epoch, index int, to []float32) ([]float32, []float32) {
		b := mixBatch(6, s)
		b.Index = index
		got, err := Mix{Mixup: 1}.Batch(seed, epoch, b, s, 3, to)
		if err != nil {
			t.Fatal(err)
		}
		return b.Images, got.Values
	}
	buffer := make([]float32, 18)
	for i := range buffer {
		buffer[i] = 7
	}
	images, p := run(1, 2, 3, nil)
	again, q := run(1, 2, 3, buffer)
	if !slices.Equal(images, again) || !slices.Equal(p, q) || &q[0] != &buffer[0] {
		t.Error("the same batch was mixed in two ways")
	}
	for _, c := range [][3]int{{2, 2, 3}, {1, 3, 3}, {1, 2, 4}} {
		if other, _ := run(uint64(c[0]), c[1], c[2], nil); slices.Equal(images, other) {
			t.Errorf("seed, epoch, batch %v mix as 1, 2, 3 do", c)
		}
	}
}

// Beta(a, a) has mean 1/2 and variance 1/(4(2a+1)).
func TestBeta(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, a := range []float64{1e-3, 0.2, 1, 4} {
		const n = 20_000
		var sum, squares float64
		for range n {
			v := beta(r, a)
			if !(v >= 0 && v <= 1) {
				t.Fatalf("Beta(%g) gave %g", a, v)
			}
			sum += v
			squares += (v - 0.5) * (v - 0.5)
		}
		if mean, want := sum/n, 1/(4*(2*a+1)); math.Abs(mean-0.5) > 0.015 || math.Abs(squares/n-want) > 0.01 {
			t.Errorf("Beta(%g): mean %g, variance %g, want 0.5 and %g", a, mean, squares/n, want)
		}
	}
}

func TestMixRefuses(t *testing.T) {
	s := Shape{Channels: 1, Height: 2, Width: 2}
	for _, c := range []struct {
		m       Mix
		change  func(*Batch)
		classes int
		want    string
	}{
		{Mix{Mixup: -1}, nil, 3, "alphas are -1 and 0"},
		{Mix{CutMix: math.NaN()}, nil, 3, "alphas are 0 and NaN"},
		{Mix{Mixup: math.Inf(1)}, nil, 3, "alphas are +Inf"},
		{Mix{Mixup: 1}, nil, 2, "label 2 is 2, want 0 to 1"},
		{Mix{Mixup: 1}, func(b *Batch) { b.N = 3 }, 3, "16 values and 4 labels, want 12 and 3"},
		{Mix{Mixup: 1}, func(b *Batch) { b.N = -1 }, 3, "mix: "},
		{Mix{Mixup: 1}, func(b *Batch) { b.Target = graph.Probabilities(nil) }, 3, "want "},
	} {
		b := mixBatch(4, s)
		if c.change != nil {
			c.change(&b)
		}
		before := slices.Clone(b.Images)
		if _, err := c.m.Batch(1, 0, b, s, c.classes, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.m, err, c.want)
		}
		if !slices.Equal(before, b.Images) {
			t.Errorf("%+v: images were changed", c.m)
		}
	}
}
