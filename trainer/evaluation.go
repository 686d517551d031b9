package trainer

import (
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
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

	// Calibration compares probabilities with accuracy for class labels and
	// probabilities; its Error is the expected calibration error. Brier is the mean
	// over images of the squared difference between the probabilities and the
	// target, summed over the classes: 0 to 2 (Brier 1950).
	Calibration *Calibration
	Brier       float64

	// AUC is the mean over classes, or labels, of the area under the receiver
	// operating characteristic of one against the rest, and ClassAUC the areas, NaN
	// for a class that all images or none have; those are not in the mean. Both are
	// there with EvaluateConfig.AUC; otherwise 0 and nil, as for real values. An AUC
	// without any area is NaN.
	AUC      float64
	ClassAUC []float64

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

	sure  sureness
	brier float64
	p     []float64 // probabilities of one image

	auc    bool
	scores []float64 // for AUC: all images' probabilities, or outputs of labels
	labels []int     // most probable classes
	yes    []bool    // of every label
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
	if s.auc && s.Kind != graph.RealValues {
		if err := size.FitShape("AUC: outputs of all images", []int{s.Images + n, r.width}, 8); err != nil {
			return err
		}
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
			best := r.best(i)
			if s.Confusion != nil {
				s.Confusion.Count[label][best]++
			}
			s.p = r.probabilities(i, best, s.p)
			s.sure.add(s.p[best], rank == 0)
			s.brier += r.brier(t, i, s.p)
			if s.auc {
				s.scores, s.labels = append(s.scores, s.p...), append(s.labels, label)
			}
		case graph.MultiLabel:
			s.addLabels(r, t, i)
			for c := 0; s.auc && c < r.width; c++ {
				s.scores, s.yes = append(s.scores, r.at(i, c)), append(s.yes, t.Values[i*r.width+c] >= 0.5)
			}
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
		e.Calibration, e.Brier = s.sure.calibration(), s.brier/float64(max(e.Images, 1))
		if s.auc {
			e.AUC, e.ClassAUC = areas(s.scores, len(s.p), func(i, c int) bool { return s.labels[i] == c })
		}
	case graph.MultiLabel:
		if s.auc {
			width := len(s.counts)
			e.AUC, e.ClassAUC = areas(s.scores, width, func(i, c int) bool { return s.yes[i*width+c] })
		}
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
