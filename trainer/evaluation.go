package trainer

import (
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// Evaluation is how a network does on a dataset. Images and Loss are always
// there; what else is measured depends on the kind of targets.
type Evaluation struct {
	Kind   graph.TargetKind
	Images int
	Loss   float64 // mean over the images

	// Accuracy is, for class labels, the share of images whose largest output
	// is at the label; for class probabilities, at the most probable class; for
	// multi-label targets, the share of all yes and no that the outputs' signs
	// tell right. Real values have none: it is 0.
	Accuracy float64

	// TopFive is the share of images whose label or most probable class is
	// among the five largest outputs; with five classes or fewer it is 1.
	TopFive float64
	// Confusion counts labels or most probable classes against predictions. It
	// is nil for other targets, and above 4096 classes.
	Confusion *Confusion

	// Labels scores every label of multi-label targets, and F1 is their mean.
	Labels []LabelScore
	F1     float64

	// MeanSquared and MeanAbsolute are the errors of real values, over all
	// their elements.
	MeanSquared, MeanAbsolute float64
}

// LabelScore tells how well one label of a multi-label target was told. An
// output above 0 says yes, a target of 0.5 or more means yes. A share of nothing
// is 0.
type LabelScore struct {
	ClassScore
	Accuracy float64 // share of images for which yes or no was right
}

// mostConfused is the largest number of classes to make a confusion matrix for.
const mostConfused = 4096

// score adds up an evaluation.
type score struct {
	Evaluation
	classes           []string
	first, five       int
	counts            []labelCount
	values            int
	squared, absolute float64
}

// labelCount counts the answers for one label.
type labelCount struct{ truePositives, falsePositives, falseNegatives int }

func newScore(kind graph.TargetKind, width int, classes []string) *score {
	s := &score{Evaluation: Evaluation{Kind: kind}, classes: classes}
	switch kind {
	case graph.ClassLabels, graph.ClassProbabilities:
		if width <= mostConfused {
			s.Confusion, _ = NewConfusion(width, classes[:min(len(classes), width)])
		}
	case graph.MultiLabel:
		s.counts = make([]labelCount, width)
	}
	return s
}

// add counts a batch whose mean loss is given.
func (s *score) add(output *tensor.Dense, t graph.Target, n int, loss float64) error {
	r, err := rowsFor(output, t, n)
	if err != nil {
		return err
	}
	s.Images += n
	s.Loss += loss * float64(n)
	for i := range n {
		switch s.Kind {
		case graph.ClassLabels, graph.ClassProbabilities:
			label := r.label(t, i)
			rank := r.rank(i, label)
			if rank == 0 {
				s.first++
			}
			if rank < 5 {
				s.five++
			}
			if s.Confusion != nil {
				s.Confusion.Count[label][r.best(i)]++
			}
		case graph.MultiLabel:
			s.addLabels(r, t, i)
		case graph.RealValues:
			for c := range r.width {
				d := r.at(i, c) - float64(t.Values[i*r.width+c])
				s.squared += d * d
				s.absolute += max(d, -d)
			}
			s.values += r.width
		}
	}
	return nil
}

func (s *score) addLabels(r rows, t graph.Target, i int) {
	for c := range r.width {
		said, is := r.at(i, c) > 0, t.Values[i*r.width+c] >= 0.5
		switch count := &s.counts[c]; {
		case said && is:
			count.truePositives++
		case said:
			count.falsePositives++
		case is:
			count.falseNegatives++
		}
	}
}

// evaluation gives the means.
func (s *score) evaluation() *Evaluation {
	e := s.Evaluation
	e.Loss /= float64(max(e.Images, 1))
	switch e.Kind {
	case graph.ClassLabels, graph.ClassProbabilities:
		e.Accuracy, e.TopFive = share(s.first, e.Images), share(s.five, e.Images)
	case graph.MultiLabel:
		names := Confusion{Classes: s.classes}
		for c, n := range s.counts {
			yes := n.truePositives + n.falseNegatives
			l := LabelScore{Accuracy: share(e.Images-n.falsePositives-n.falseNegatives, e.Images)}
			l.ClassScore = newClassScore(names.name(c), yes, n.truePositives+n.falsePositives, n.truePositives)
			e.Labels = append(e.Labels, l)
			e.Accuracy += l.Accuracy / float64(len(s.counts))
			e.F1 += l.F1 / float64(len(s.counts))
		}
	case graph.RealValues:
		n := float64(max(s.values, 1))
		e.MeanSquared, e.MeanAbsolute = s.squared/n, s.absolute/n
	}
	return &e
}
