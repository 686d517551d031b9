package kernel

import "unsafe"

// Squeeze is the chain of a squeeze-and-excitation block, after which perhaps a
// sum and an activation come:
//
//	y = f(x·s + sum), s = gate(w2·act(w1·mean(x) + b1) + b2)
//
// on N images of HW pixels of C channels, with one s for each channel of each
// image.
type Squeeze[T Float] struct {
	N, C, HW, Hidden int
	W1, B1           []T // (Hidden, C), (Hidden) or nil
	W2, B2           []T // (C, Hidden), (C) or nil
	Act, Gate, Out   Act
}

// imagesAtOnce is the number of images that stay in the second-level caches
// between the means and the scaling.
func (q *Squeeze[T]) imagesAtOnce(floats int) int {
	bytes := floats * int(unsafe.Sizeof(*new(T)))
	return min(q.N, max(1, Threads()*caches.l2/2/max(bytes, 1)))
}

// gates computes s (n, C) from the means (n, C).
func (q *Squeeze[T]) gates(n int, mean, s []T) {
	hidden := takeFloats[T](n * q.Hidden)
	denseRows(n, q.C, q.Hidden, mean, q.W1, q.B1, q.Act, hidden)
	denseRows(n, q.Hidden, q.C, hidden, q.W2, q.B2, q.Gate, s)
	giveFloats(hidden)
}

// denseRows computes y = f(x·wᵀ + bias) for few rows. x: (n, in); w: (out, in);
// bias: (out) or nil; y: (n, out).
func denseRows[T Float](n, in, out int, x, w, bias []T, f Act, y []T) {
	var beta T
	if bias != nil {
		beta = 1
		for i := range n {
			copy(y[i*out:(i+1)*out], bias)
		}
	}
	Gemm(false, true, n, out, in, x, in, w, in, beta, y, out)
	if f.Kind != ActIdentity {
		actRange(f, y[:n*out], y[:n*out])
	}
}

// SqueezeExcite computes q on images (N, C, HW). sum may be nil, y may be x but
// not sum.
func SqueezeExcite[T Float](q Squeeze[T], x, sum, y []T) {
	image := q.C * q.HW
	step := q.imagesAtOnce(image)
	s := takeFloats[T](2 * step * q.C)
	mean, gate := s[:step*q.C], s[step*q.C:]
	for i := 0; i < q.N; i += step {
		n := min(step, q.N-i)
		from, to := i*image, (i+n)*image
		AdaptiveAvgPoolForward(n, q.C, q.HW, 1, 1, 1, x[from:to], mean)
		q.gates(n, mean, gate)
		j := exciteJob[T]{hw: q.HW, f: q.Out, x: x[from:to], s: gate, y: y[from:to]}
		if sum != nil {
			j.sum = sum[from:to]
		}
		parallel(n*q.C, planeGrain(q.HW), j)
	}
	giveFloats(s)
}

// exciteJob scales planes, a cache block at a time so that y goes to memory once.
type exciteJob[T Float] struct {
	hw           int
	f            Act
	x, s, sum, y []T
}

func (j *exciteJob[T]) run(lo, hi int) {
	for p := lo; p < hi; p++ {
		end := (p + 1) * j.hw
		for at := p * j.hw; at < end; at += actBlock {
			to := min(at+actBlock, end)
			y := j.y[at:to]
			scaleRange(j.s[p], j.x[at:to], y)
			if j.sum != nil {
				addRange(y, j.sum[at:to], y)
			}
			if j.f.Kind != ActIdentity {
				actRange(j.f, y, y)
			}
		}
	}
}
