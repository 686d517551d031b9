package trainer

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
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
	r, err := rowsFor(logits, graph.Labels(labels), len(labels))
	if err != nil {
		return 0, err
	}
	right := 0
	for i, l := range labels {
		if r.rank(i, l) < k {
			right++
		}
	}
	return float64(right) / float64(len(labels)), nil
}

// hits counts what the first n rows of an output tell right, and out of how
// many: images for class labels and probabilities, single yes and no for
// multi-label targets, nothing for real values.
func hits(output *tensor.Dense, t graph.Target, n int) (right, of int, err error) {
	if t.Kind == graph.RealValues {
		return 0, 0, nil
	}
	r, err := rowsFor(output, t, n)
	if err != nil {
		return 0, 0, err
	}
	if t.Kind == graph.MultiLabel {
		for i := range n {
			for c := range r.width {
				if (r.at(i, c) > 0) == (t.Values[i*r.width+c] >= 0.5) {
					right++
				}
			}
		}
		return right, n * r.width, nil
	}
	for i := range n {
		if r.rank(i, r.label(t, i)) == 0 {
			right++
		}
	}
	return right, n, nil
}

// usualLossOf is the mean of the usual loss over the first n rows of an output.
func usualLossOf(output *tensor.Dense, t graph.Target, n int) (float64, error) {
	r, err := rowsFor(output, t, n)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for i := range n {
		switch t.Kind {
		case graph.ClassLabels:
			sum += r.logSum(i) - r.at(i, t.Labels[i])
		case graph.ClassProbabilities:
			sum += r.softLoss(i, t.Values[i*r.width:(i+1)*r.width])
		case graph.MultiLabel:
			sum += r.binaryLoss(i, t.Values[i*r.width:(i+1)*r.width])
		case graph.RealValues:
			sum += r.squaredLoss(i, t.Values[i*r.width:(i+1)*r.width])
		}
	}
	return sum / float64(n), nil
}

// rows reads an output of either element type, row by row.
type rows struct {
	width int
	x32   []float32
	x64   []float64
}

// rowsFor reads the first n rows of an output and holds it to the target.
func rowsFor(output *tensor.Dense, t graph.Target, n int) (rows, error) {
	if output == nil {
		return rows{}, errors.New("the output is nil")
	}
	s := output.Shape()
	if len(s) == 0 || s[0] < n || t.Kind != graph.RealValues && len(s) != 2 {
		return rows{}, errors.Errorf("the output has shape %v, want (%d, classes)", s, n)
	}
	x32, x64, err := elements(output)
	if err != nil {
		return rows{}, errors.WithMessage(err, "the output")
	}
	r := rows{s.TotalSize() / max(s[0], 1), x32, x64}
	if t.Kind != graph.ClassLabels {
		if got, want := len(t.Values), n*r.width; got < want {
			return rows{}, errors.Errorf("%d target values, want %d for %d outputs of shape %v", got, want, n, s)
		}
		return r, nil
	}
	if len(t.Labels) < n {
		return rows{}, errors.Errorf("%d labels, want %d", len(t.Labels), n)
	}
	for i, l := range t.Labels[:n] {
		if l < 0 || l >= r.width {
			return rows{}, errors.Errorf("label %d of sample %d is outside 0..%d", l, i, r.width-1)
		}
	}
	return r, nil
}

func (r rows) at(i, c int) float64 {
	if r.x32 != nil {
		return float64(r.x32[i*r.width+c])
	}
	return r.x64[i*r.width+c]
}

// label is the label of row i, or its most probable class.
func (r rows) label(t graph.Target, i int) int {
	if t.Kind == graph.ClassLabels {
		return t.Labels[i]
	}
	best := 0
	row := t.Values[i*r.width : (i+1)*r.width]
	for c, v := range row {
		if v > row[best] {
			best = c
		}
	}
	return best
}

// rank is the number of classes that come before class c in row i.
func (r rows) rank(i, c int) int {
	x, before := r.at(i, c), 0
	for k := range r.width {
		switch y := r.at(i, k); {
		case math.IsNaN(x) || math.IsNaN(y):
			return r.width
		case y > x || y == x && k < c:
			before++
		}
	}
	return before
}

// best is the class of the largest logit of row i, the first of equals.
func (r rows) best(i int) int {
	best := 0
	for c := 1; c < r.width; c++ {
		if r.at(i, c) > r.at(i, best) {
			best = c
		}
	}
	return best
}

// logSum is log(sum(exp(x))) of row i.
func (r rows) logSum(i int) float64 {
	peak := r.at(i, r.best(i))
	sum := 0.0
	for c := range r.width {
		sum += math.Exp(r.at(i, c) - peak)
	}
	return math.Log(sum) + peak
}

// probabilities is the softmax of row i, whose largest logit is that of class best,
// written to the slice where it is long enough.
func (r rows) probabilities(i, best int, to []float64) []float64 {
	if cap(to) < r.width {
		to = make([]float64, r.width)
	}
	to = to[:r.width]
	peak, sum := r.at(i, best), 0.0
	for c := range to {
		to[c] = math.Exp(r.at(i, c) - peak)
		sum += to[c]
	}
	for c := range to {
		to[c] /= sum
	}
	return to
}

// brier is the squared distance of probabilities to the target of row i.
func (r rows) brier(t graph.Target, i int, p []float64) float64 {
	sum := 0.0
	for c, v := range p {
		d := v
		switch {
		case t.Kind == graph.ClassProbabilities:
			d -= float64(t.Values[i*r.width+c])
		case t.Labels[i] == c:
			d--
		}
		sum += d * d
	}
	return sum
}

// softLoss is the cross-entropy of row i: sum(p * (log(sum(exp(x))) - x)).
func (r rows) softLoss(i int, p []float32) float64 {
	all, sum := r.logSum(i), 0.0
	for c, v := range p {
		sum += float64(v) * (all - r.at(i, c))
	}
	return sum
}

// binaryLoss is the mean over row i of max(x, 0) - x*t + log(1 + exp(-|x|)).
func (r rows) binaryLoss(i int, t []float32) float64 {
	sum := 0.0
	for c, v := range t {
		x := r.at(i, c)
		sum += max(x, 0) - x*float64(v) + math.Log1p(math.Exp(-math.Abs(x)))
	}
	return sum / float64(len(t))
}

// squaredLoss is the mean over row i of (x-t)^2.
func (r rows) squaredLoss(i int, t []float32) float64 {
	sum := 0.0
	for c, v := range t {
		d := r.at(i, c) - float64(v)
		sum += d * d
	}
	return sum / float64(len(t))
}
