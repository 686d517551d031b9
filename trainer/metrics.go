package trainer

import (
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// Accuracy is the share of rows whose largest logit is at the label. Of equal
// logits the first counts; a row with NaN is wrong.
// logits: (N, classes), float32 or float64; rows beyond len(labels) are left
// out.
func Accuracy(logits *tensor.Dense, labels []int) (float64, error) { return TopK(logits, labels, 1) }

// TopK is the share of rows whose label is among the k largest logits.
func TopK(logits *tensor.Dense, labels []int, k int) (float64, error) {
	if k < 1 || len(labels) == 0 {
		return 0, errors.Errorf("top-%d accuracy of %d samples; want at least 1 of each", k, len(labels))
	}
	rows, err := rowsOf(logits, labels)
	if err != nil {
		return 0, err
	}
	right := 0
	for i, l := range labels {
		if rows.rank(i, l) < k {
			right++
		}
	}
	return float64(right) / float64(len(labels)), nil
}

// rows reads a matrix of logits of either element type.
type rows struct {
	classes int
	x32     []float32
	x64     []float64
}

// rowsOf checks the logits against the labels.
func rowsOf(logits *tensor.Dense, labels []int) (rows, error) {
	s := logits.Shape()
	if len(s) != 2 || s[0] < len(labels) {
		return rows{}, errors.Errorf("logits have shape %v, want (%d, classes)", s, len(labels))
	}
	x32, x64, err := elements(logits)
	if err != nil {
		return rows{}, errors.WithMessage(err, "logits")
	}
	for i, l := range labels {
		if l < 0 || l >= s[1] {
			return rows{}, errors.Errorf("label %d of sample %d is outside 0..%d", l, i, s[1]-1)
		}
	}
	return rows{s[1], x32, x64}, nil
}

func (r rows) at(i, c int) float64 {
	if r.x32 != nil {
		return float64(r.x32[i*r.classes+c])
	}
	return r.x64[i*r.classes+c]
}

// rank is the number of classes that come before class c in row i.
func (r rows) rank(i, c int) int {
	x, before := r.at(i, c), 0
	for k := range r.classes {
		switch y := r.at(i, k); {
		case math.IsNaN(x) || math.IsNaN(y):
			return r.classes
		case y > x || y == x && k < c:
			before++
		}
	}
	return before
}

// best is the class of the largest logit of row i, the first of equals.
func (r rows) best(i int) int {
	best := 0
	for c := 1; c < r.classes; c++ {
		if r.at(i, c) > r.at(i, best) {
			best = c
		}
	}
	return best
}

// loss is the cross-entropy of row i: log(sum(exp(x))) - x[label].
func (r rows) loss(i, label int) float64 {
	peak := r.at(i, r.best(i))
	sum := 0.0
	for c := range r.classes {
		sum += math.Exp(r.at(i, c) - peak)
	}
	return math.Log(sum) + peak - r.at(i, label)
}

// correct counts rows whose largest logit is at the label.
func (r rows) correct(labels []int) int {
	n := 0
	for i, l := range labels {
		if r.rank(i, l) == 0 {
			n++
		}
	}
	return n
}
