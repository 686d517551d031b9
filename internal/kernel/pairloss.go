package kernel

import "math"

// PairLossKind names a loss of one number x against its target t.
type PairLossKind uint8

// The losses, with d = x - t.
const (
	LossSquared  PairLossKind = iota // d²
	LossAbsolute                     // |d|
	LossHuber                        // d²/2 for |d| <= Delta, else Delta·(|d| - Delta/2)
	LossBinary                       // -w·t·log σ(x) - (1-t)·log(1 - σ(x))
)

// PairLoss is a loss with its settings. The w of LossBinary for element i is
// Weights[i/Inner mod len(Weights)], 1 without weights.
type PairLoss struct {
	Kind    PairLossKind
	Delta   float64
	Weights []float64
	Inner   int
}

func (l *PairLoss) weight(i int) float64 {
	if l.Weights == nil {
		return 1
	}
	return l.Weights[i/l.Inner%len(l.Weights)]
}

// pairChunk is the number of elements whose losses are added up apart: the sum
// does not depend on the number of threads.
const pairChunk = 8192

type pairLossJob[T Float] struct {
	l    PairLoss
	x, t []T
	sums []float64
}

func (j *pairLossJob[T]) run(lo, hi int) {
	for c := lo; c < hi; c++ {
		from := c * pairChunk
		to := min(from+pairChunk, len(j.x))
		j.sums[c] = pairLossRange(&j.l, j.x[from:to], j.t[from:to], from)
	}
}

func pairLossRange[T Float](l *PairLoss, x, t []T, at int) float64 {
	t = t[:len(x)]
	sum := 0.0
	switch l.Kind {
	case LossSquared:
		for i, v := range x {
			d := float64(v) - float64(t[i])
			sum += d * d
		}
	case LossAbsolute:
		for i, v := range x {
			sum += math.Abs(float64(v) - float64(t[i]))
		}
	case LossHuber:
		for i, v := range x {
			d := math.Abs(float64(v) - float64(t[i]))
			if d <= l.Delta {
				sum += d * d / 2
			} else {
				sum += l.Delta * (d - l.Delta/2)
			}
		}
	case LossBinary:
		for i, v := range x {
			z, y := float64(v), float64(t[i])
			// -log σ(z) = softplus(-z), -log(1 - σ(z)) = softplus(z).
			if y != 0 {
				sum += l.weight(at+i) * y * softplus(-z)
			}
			if y != 1 {
				sum += (1 - y) * softplus(z)
			}
		}
	}
	return sum
}

// PairLossForward is the sum of the loss over all elements of x and t.
func PairLossForward[T Float](l PairLoss, x, t []T) float64 {
	chunks := (len(x) + pairChunk - 1) / pairChunk
	sums := scratch64.take(chunks)
	parallel(chunks, 2, pairLossJob[T]{l, x, t, sums})
	sum := 0.0
	for _, v := range sums {
		sum += v
	}
	scratch64.give(sums)
	return sum
}

type pairLossBackwardJob[T Float] struct {
	l        PairLoss
	scale    float64
	x, t, dx []T
}

func (j *pairLossBackwardJob[T]) run(lo, hi int) {
	x, t, dx := j.x[lo:hi], j.t[lo:hi], j.dx[lo:hi]
	switch j.l.Kind {
	case LossSquared:
		for i, v := range x {
			dx[i] = T(j.scale * 2 * (float64(v) - float64(t[i])))
		}
	case LossAbsolute:
		for i, v := range x {
			dx[i] = T(j.scale * signOf(float64(v)-float64(t[i])))
		}
	case LossHuber:
		for i, v := range x {
			d := float64(v) - float64(t[i])
			if !(math.Abs(d) <= j.l.Delta) {
				d = j.l.Delta * signOf(d)
			}
			dx[i] = T(j.scale * d)
		}
	case LossBinary:
		for i, v := range x {
			y, s := float64(t[i]), sigmoid(float64(v))
			w := j.l.weight(lo + i)
			dx[i] = T(j.scale * ((1-y)*s - w*y*sigmoid(-float64(v))))
		}
	}
}

// signOf is -1, 0 or 1, and NaN of NaN.
func signOf(d float64) float64 {
	switch {
	case d > 0:
		return 1
	case d < 0:
		return -1
	}
	return 0 * d
}

// PairLossBackward computes the gradient of scale times PairLossForward in x.
// dx may be x or t.
func PairLossBackward[T Float](l PairLoss, scale float64, x, t, dx []T) {
	parallel(len(dx), elementGrain/4, pairLossBackwardJob[T]{l, scale, x, t, dx})
}
