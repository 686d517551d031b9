package kernel

import "math"

type crossEntropyJob[T Float] struct {
	cols      int
	logits    []T
	labels    []int
	smoothing float64
	loss      []T
}

// With z = x - max, -log p_i = log(sum e^z) - z_i. The smoothed target is
// 1-s of the label and s/cols of every class.
func (j *crossEntropyJob[T]) run(lo, hi int) {
	for r := lo; r < hi; r++ {
		x := j.logits[r*j.cols : (r+1)*j.cols]
		m := rowMax(x)
		logSum := math.Log(expRange(x, m, nil))
		loss := logSum - float64(x[j.labels[r]]-m)
		if s := j.smoothing; s != 0 {
			mean := sumRange(x)/float64(j.cols) - float64(m)
			loss = (1-s)*loss + s*(logSum-mean)
		}
		j.loss[r] = T(loss)
	}
}

// CrossEntropyForward computes each row's loss against a smoothed label,
//
//	loss = -(1 - smoothing)·log p[label] - smoothing/cols · sum log p,   p = softmax(logits)
//
// logits: (rows, cols); labels: (rows), each in [0, cols); loss: (rows).
func CrossEntropyForward[T Float](rows, cols int, logits []T, labels []int, smoothing float64, loss []T) {
	parallel(rows, rowGrain(cols), crossEntropyJob[T]{cols, logits, labels, smoothing, loss})
}

type crossEntropyBackwardJob[T Float] struct {
	cols      int
	logits    []T
	labels    []int
	smoothing float64
	scale     T
	dlogits   []T
}

func (j *crossEntropyBackwardJob[T]) run(lo, hi int) {
	every := T(j.smoothing / float64(j.cols))
	for r := lo; r < hi; r++ {
		x, dx := j.logits[r*j.cols:(r+1)*j.cols], j.dlogits[r*j.cols:(r+1)*j.cols]
		sum := expRange(x, rowMax(x), dx)
		affineRange(0, T(float64(j.scale)/sum), -j.scale*every, dx, dx)
		dx[j.labels[r]] -= j.scale * T(1-j.smoothing)
	}
}

// CrossEntropyBackward computes the gradient of scale times the sum of
// CrossEntropyForward's losses:
//
//	dlogits = scale · (p - smoothing/cols - (1 - smoothing)·[class = label])
//
// logits, dlogits: (rows, cols), possibly the same; labels: (rows).
func CrossEntropyBackward[T Float](rows, cols int, logits []T, labels []int, smoothing float64, scale T, dlogits []T) {
	parallel(rows, rowGrain(cols), crossEntropyBackwardJob[T]{cols, logits, labels, smoothing, scale, dlogits})
}
