package trainer

import (
	"math"

	"github.com/stheno-ml/stheno/graph"
)

// Epoch is the record of one epoch. Losses and accuracies of training are
// means over its images while the parameters moved, those of the test set are
// taken at its end. There is always a loss; accuracies are what Evaluation says
// they are for a kind of targets, and 0 for real values, which have none.
type Epoch struct {
	Kind            graph.TargetKind `json:"kind,omitempty"` // of the training targets
	Epoch           int              `json:"epoch"`          // from 1
	Steps           int              `json:"steps"`
	Images          int              `json:"images"`
	TrainLoss       float64          `json:"train_loss"`
	Parts           []PartLoss       `json:"parts,omitempty"` // of a network with auxiliary heads
	TrainAccuracy   float64          `json:"train_accuracy"`
	Evaluated       bool             `json:"evaluated"` // whether the next two were measured
	TestLoss        float64          `json:"test_loss"`
	TestAccuracy    float64          `json:"test_accuracy"`
	LR              float64          `json:"lr"`        // at its last step
	Seconds         float64          `json:"seconds"`   // of training, without evaluation
	DataWait        float64          `json:"data_wait"` // of them, seconds that training waited for images
	ImagesPerSecond float64          `json:"images_per_second"`
	Partial         bool             `json:"partial,omitempty"` // ended before its last step
}

// HasAccuracy tells whether the epoch's accuracies mean anything: not for
// targets of real values.
func (e Epoch) HasAccuracy() bool { return e.Kind != graph.RealValues }

// PartLoss is one head's share of the loss: the total is the sum of
// Weight*Loss.
type PartLoss struct {
	Name   string  `json:"name"` // "main", or the auxiliary head's path
	Weight float64 `json:"weight"`
	Loss   float64 `json:"loss"`
}

// History is the record of a training run, epoch by epoch. It renders itself
// as a table.
type History []Epoch

// Last is the last epoch, or the zero Epoch.
func (h History) Last() Epoch {
	if len(h) == 0 {
		return Epoch{}
	}
	return h[len(h)-1]
}

// Best is the evaluated epoch with the highest test accuracy, or with the
// lowest test loss where there is no accuracy; the first of equals, or the zero
// Epoch.
func (h History) Best() Epoch {
	best := Epoch{}
	for _, e := range h {
		better := e.TestAccuracy > best.TestAccuracy
		if !e.HasAccuracy() {
			better = e.TestLoss < best.TestLoss
		}
		if e.Evaluated && (!best.Evaluated || better) {
			best = e
		}
	}
	return best
}

// tally adds up an epoch's steps.
type tally struct {
	steps, images, right, of int
	loss                     float64
	parts                    []PartLoss
}

// add counts a batch of a step.
func (t *tally) add(n int, r result, parts []graph.Part) {
	t.images += n
	t.right += r.right
	t.of += r.of
	t.loss += r.loss * float64(n)
	if len(parts) < 2 {
		return
	}
	for len(t.parts) < len(parts) {
		p := parts[len(t.parts)]
		t.parts = append(t.parts, PartLoss{Name: p.Name, Weight: p.Weight})
	}
	for i, p := range parts {
		t.parts[i].Loss += p.Value * float64(n)
	}
}

// addStep counts a step and empties it.
func (t *tally) addStep(s *tally) {
	t.steps++
	t.images += s.images
	t.right += s.right
	t.of += s.of
	t.loss += s.loss
	for i, p := range s.parts {
		if i == len(t.parts) {
			t.parts = append(t.parts, PartLoss{Name: p.Name, Weight: p.Weight})
		}
		t.parts[i].Loss += p.Loss
	}
	*s = tally{parts: s.parts[:0]}
}

// result is the mean of the batches of a step.
func (t *tally) result() result {
	return result{loss: t.loss / math.Max(float64(t.images), 1), right: t.right, of: t.of}
}

// epoch gives the means.
func (t *tally) epoch() Epoch {
	n := math.Max(float64(t.images), 1)
	e := Epoch{Steps: t.steps, Images: t.images, TrainLoss: t.loss / n, TrainAccuracy: share(t.right, t.of)}
	for _, p := range t.parts {
		p.Loss /= n
		e.Parts = append(e.Parts, p)
	}
	return e
}
