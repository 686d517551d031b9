package trainer

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

func TestTopK(t *testing.T) {
	nan := math.NaN()
	logits := tensor.New(tensor.WithShape(4, 3), tensor.WithBacking([]float64{
		3, 2, 1,
		1, 1, 1,
		0, nan, 5,
		1, 2, 3,
	}))
	for _, c := range []struct {
		labels []int
		k      int
		want   float64
	}{
		{[]int{0, 0, 2, 2}, 1, 0.75}, // NaN makes a row wrong
		{[]int{1, 1, 0, 2}, 1, 0.25}, // of equal logits the first wins
		{[]int{1, 1, 0, 0}, 2, 0.5},
		{[]int{2, 2}, 3, 1}, // rows without label are left out
	} {
		if got, err := TopK(logits, c.labels, c.k); err != nil || got != c.want {
			t.Errorf("top-%d of %v: %v, %v; want %v", c.k, c.labels, got, err, c.want)
		}
	}
	for name, labels := range map[string][]int{"too many": {0, 0, 0, 0, 0}, "outside": {3}, "none": nil} {
		if _, err := Accuracy(logits, labels); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestRowLoss(t *testing.T) {
	output := tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{1000, 0, 0.5, 1.5}))
	for _, c := range []struct {
		target graph.Target
		want   float64
	}{
		{graph.Labels([]int{1, 0}), (1000 + math.Log(1+math.E)) / 2},
		{graph.Probabilities([]float32{0.5, 0.5, 1, 0}), (500 + math.Log(1+math.E)) / 2},
		{graph.MultiLabels([]float32{0, 1, 1, 0}), (1000 + math.Ln2 + math.Log1p(math.Exp(-0.5)) + 1.5 + math.Log1p(math.Exp(-1.5))) / 4},
		{graph.Values([]float32{999, 0, 0, 0}), (1 + 0.25 + 2.25) / 4},
	} {
		got, err := usualLossOf(output, c.target, 2)
		if err != nil || math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v: loss %v, %v; want %v", c.target.Kind, got, err, c.want)
		}
	}
}

func TestConfusion(t *testing.T) {
	c, err := NewConfusion(3, []string{"cat", "dog"})
	if err != nil {
		t.Fatal(err)
	}
	c.Count = [][]int{{3, 1, 0}, {2, 4, 0}, {0, 0, 0}}
	if got := c.Accuracy(); got != 0.7 {
		t.Errorf("accuracy = %v, want 0.7", got)
	}
	s := c.PerClass()
	if s[0].Recall != 0.75 || s[0].Precision != 0.6 || math.Abs(s[0].F1-2*0.75*0.6/1.35) > 1e-15 || s[0].Images != 4 {
		t.Errorf("cat: %+v", s[0])
	}
	if s[2] != (ClassScore{Class: "2"}) {
		t.Errorf("empty class: %+v", s[2])
	}
	want := "| label \\ predicted | cat | dog | 2 | recall |\n| --- | ---: | ---: | ---: | ---: |\n| cat | 3 | 1 | 0 | 75.00 % |\n"
	if got := c.Markdown(); !strings.HasPrefix(got, want) {
		t.Errorf("markdown:\n%s", got)
	}
	if !strings.Contains(c.String(), "cat") || !strings.Contains(c.HTML(), "<table>") || !strings.Contains(c.HTML(), "background:rgba(0,114,178,") {
		t.Error("text and HTML are missing")
	}
}

func TestMetricsRefuse(t *testing.T) {
	if _, err := Accuracy(nil, []int{1}); err == nil || !strings.Contains(err.Error(), "nil") {
		t.Errorf("no logits: %v", err)
	}
	for _, n := range []int{-1, 0, 1, 1 << 20, math.MaxInt} {
		if c, err := NewConfusion(n, []string{"a", "b"}); err == nil {
			t.Errorf("%d classes: %v", n, len(c.Count))
		}
	}
	// A matrix of one's own need not be square.
	for _, c := range []*Confusion{{}, {Count: [][]int{{1, 2}, {3}, nil}}, {Count: [][]int{{1, 2, 3, 4}}}} {
		if _ = c.PerClass(); c.Accuracy() < 0 || c.HTML() == "" || c.Markdown() == "" || c.String() == "" {
			t.Error("no table")
		}
	}
}
