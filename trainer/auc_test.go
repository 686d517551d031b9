package trainer

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

func TestAUC(t *testing.T) {
	for _, c := range []struct {
		scores   []float64
		positive []bool
		want     float64 // of scikit-learn 1.9.1, roc_auc_score
	}{
		{[]float64{.1, .4, .35, .8}, []bool{false, false, true, true}, 0.75},
		{[]float64{.5, .5, .5, .2, .9}, []bool{true, false, true, false, true}, 0.8333333333333333},
		{[]float64{1, 1}, []bool{true, false}, 0.5},
		{[]float64{math.Inf(-1), math.Inf(1)}, []bool{true, false}, 0},
	} {
		if got, err := AUC(c.scores, c.positive); err != nil || math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%v: %v, %v; want %v", c.scores, got, err, c.want)
		}
	}
	for want, c := range map[string]struct {
		scores   []float64
		positive []bool
	}{
		"2 of 2 samples are positive": {[]float64{1, 2}, []bool{true, true}},
		"0 of 0":                      {nil, nil},
		"1 scores and 2 answers":      {[]float64{1}, []bool{true, false}},
		"score 1 is NaN":              {[]float64{1, math.NaN()}, []bool{true, false}},
	} {
		if _, err := AUC(c.scores, c.positive); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// By ranks it is the share of pairs in the right order.
func TestAUCCountsPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "n")
		scores, positive := make([]float64, n), make([]bool, n)
		for i := range n {
			scores[i], positive[i] = float64(rapid.IntRange(0, 8).Draw(t, "score")), rapid.Bool().Draw(t, "positive")
		}
		positive[0], positive[1] = true, false
		pairs, right := 0.0, 0.0
		for i := range n {
			for j := range n {
				if positive[i] && !positive[j] {
					pairs++
					switch {
					case scores[i] > scores[j]:
						right++
					case scores[i] == scores[j]:
						right += 0.5
					}
				}
			}
		}
		if got, err := AUC(scores, positive); err != nil || math.Abs(got-right/pairs) > 1e-12 {
			t.Fatalf("%v, %v; want %v", got, err, right/pairs)
		}
	})
}

// knownOutput is an output with labels, both by a formula.
func knownOutput() (*tensor.Dense, []int) {
	const n, c = 40, 4
	logits, labels := make([]float64, 0, n*c), make([]int, n)
	for i := range n {
		labels[i] = (i*i + i/3) % 4
		for k := range c {
			logits = append(logits, float64((i*7+k*5)%11)/2-2+float64((i*3+k)%5)*0.5)
		}
	}
	return tensor.New(tensor.WithShape(n, c), tensor.WithBacking(logits)), labels
}

// The numbers are scikit-learn 1.9.1's: roc_auc_score with multi_class="ovr" on the
// softmax of knownOutput, and for each class and label by itself,
// brier_score_loss with scale_by_half=False; and numpy's by Guo's definition.
func TestEvaluationOfProbabilities(t *testing.T) {
	output, labels := knownOutput()
	s := newScore(graph.ClassLabels, 4, nil)
	s.auc = true
	// In two batches: what is added up must not depend on them.
	rows := output.Float64s()
	for _, part := range [][2]int{{0, 25}, {25, 40}} {
		n := part[1] - part[0]
		batch := tensor.New(tensor.WithShape(n, 4), tensor.WithBacking(append([]float64(nil), rows[part[0]*4:part[1]*4]...)))
		if err := s.add(batch, graph.Labels(labels[part[0]:part[1]]), n, 1); err != nil {
			t.Fatal(err)
		}
	}
	e := s.evaluation()
	for i, c := range []struct{ got, want float64 }{
		{e.AUC, 0.41822978220037044}, {e.ClassAUC[0], 0.4739010989010989}, {e.ClassAUC[1], 0.3354978354978355},
		{e.ClassAUC[2], 0.40028490028490027}, {e.ClassAUC[3], 0.4632352941176471}, {e.Brier, 1.160350750188255},
		{e.Calibration.Error(), 0.4892818052106106}, {e.Calibration.MaxError(), 0.7891368368560842},
		{e.Calibration.Bins[8].Confidence, 0.5866360669384029}, {e.Calibration.Bins[8].Accuracy, 0.3076923076923077},
		{float64(e.Calibration.Bins[8].Images), 13}, {float64(e.Calibration.Bins[6].Images), 0},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("number %d is %v, want %v", i, c.got, c.want)
		}
	}
	if text := e.Calibration.Markdown(); !strings.Contains(text, "| 0.533 to 0.600 | 13 | 58.66 % | 30.77 % |") || !strings.Contains(e.Calibration.HTML(), "<table>") ||
		!strings.Contains(e.Calibration.String(), "confidence") {
		t.Error(text)
	}

	yes := make([]float32, 160)
	for i := range yes {
		if (i/4+i%4)%3 == 0 {
			yes[i] = 1
		}
	}
	s = newScore(graph.MultiLabel, 4, nil)
	s.auc = true
	if err := s.add(output, graph.MultiLabels(yes), 40, 1); err != nil {
		t.Fatal(err)
	}
	if e := s.evaluation(); math.Abs(e.AUC-0.5059269434269434) > 1e-12 || len(e.ClassAUC) != 4 {
		t.Errorf("labels: %v, %v", e.AUC, e.ClassAUC)
	}
}

// A class that no image has is left out of the mean, and probabilities are held
// to soft targets.
func TestEvaluationOfFewClasses(t *testing.T) {
	output := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{9, 0, 0, 0, 9, 0}))
	s := newScore(graph.ClassProbabilities, 3, nil)
	s.auc = true
	if err := s.add(output, graph.Probabilities([]float32{0.75, 0.25, 0, 0, 1, 0}), 2, 1); err != nil {
		t.Fatal(err)
	}
	e := s.evaluation()
	if e.AUC != 1 || e.ClassAUC[0] != 1 || !math.IsNaN(e.ClassAUC[2]) || math.Abs(e.Brier-0.0625) > 1e-3 {
		t.Errorf("%+v", e)
	}
	for _, p := range []float64{math.NaN(), -1, 0, 1e-300, 1, 1 + 1e-9, 2} {
		new(sureness).add(p, true) // no index out of range
	}
	if c := (&Calibration{}); c.Error() != 0 || c.MaxError() != 0 {
		t.Error("nothing is badly calibrated")
	}
}

func BenchmarkScore(b *testing.B) {
	for _, auc := range []bool{false, true} {
		b.Run(map[bool]string{false: "without AUC", true: "with AUC"}[auc], func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			logits, labels := make([]float32, 10000*10), make([]int, 10000)
			for i := range logits {
				logits[i] = float32(rng.NormFloat64())
			}
			output := tensor.New(tensor.WithShape(10000, 10), tensor.WithBacking(logits))
			for b.Loop() {
				s := newScore(graph.ClassLabels, 10, nil)
				s.auc = auc
				if err := s.add(output, graph.Labels(labels), 10000, 1); err != nil {
					b.Fatal(err)
				}
				s.evaluation()
			}
		})
	}
}
