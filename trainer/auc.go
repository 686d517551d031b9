package trainer

import (
	"math"
	"slices"

	"github.com/pkg/errors"
)

// AUC is the area under the receiver operating characteristic: the share of the
// pairs of a positive and a negative sample in which the positive has the higher
// score, a tie being half a pair. By the ranks r of the positive samples among all,
// ties at their mean,
//
//	AUC = (sum(r) - p(p+1)/2) / (p n),   p positive samples, n negative ones
//
// It is an error when there are none of one kind, or a score is NaN. scikit-learn's
// roc_auc_score has the same definition.
//
// Hanley and McNeil 1982, "The Meaning and Use of the Area under a Receiver
// Operating Characteristic (ROC) Curve".
func AUC(scores []float64, positive []bool) (float64, error) {
	if len(scores) != len(positive) {
		return 0, errors.Errorf("AUC: %d scores and %d answers, want as many", len(scores), len(positive))
	}
	order := make([]int, len(scores))
	p := 0
	for i, s := range scores {
		if math.IsNaN(s) {
			return 0, errors.Errorf("AUC: score %d is NaN", i)
		}
		order[i] = i
		if positive[i] {
			p++
		}
	}
	if p == 0 || p == len(scores) {
		return 0, errors.Errorf("AUC: %d of %d samples are positive, want some of both kinds", p, len(scores))
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	twice := 0.0 // the ranks' sum times two, which is whole
	for i := 0; i < len(order); {
		j, here := i, 0
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if positive[order[j]] {
				here++
			}
		}
		twice += float64(here) * float64(i+1+j)
		i = j
	}
	yes, no := float64(p), float64(len(scores)-p)
	return (twice - yes*(yes+1)) / (2 * yes * no), nil
}

// areas measures every class against the others: the areas, NaN where a class has
// no sample or nothing else has one, and the mean of the others; both NaN and nil
// where there is none.
func areas(scores []float64, width int, is func(i, c int) bool) (mean float64, all []float64) {
	n := len(scores) / max(width, 1)
	column, positive := make([]float64, n), make([]bool, n)
	defined := 0
	for c := range width {
		for i := range n {
			column[i], positive[i] = scores[i*width+c], is(i, c)
		}
		a, err := AUC(column, positive)
		if err != nil {
			a = math.NaN()
		} else {
			mean += a
			defined++
		}
		all = append(all, a)
	}
	return mean / float64(defined), all
}
