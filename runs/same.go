package runs

import (
	"fmt"

	"github.com/stheno-ml/stheno/trainer"
)

// Differences says where a run that was repeated came out otherwise, a line each:
// none if it is the same bit for bit. Times don't count. With epochs above 0 only
// so many are compared, and no final weights.
func Differences(first, again Summary, epochs int) []string {
	var lines []string
	a, b := first.History, again.History
	if epochs > 0 {
		a, b = a[:min(epochs, len(a))], b[:min(epochs, len(b))]
	}
	if len(a) != len(b) {
		lines = append(lines, fmt.Sprintf("epochs: %d and %d", len(a), len(b)))
	}
	for i := range min(len(a), len(b)) {
		if line := differ(a[i], b[i]); line != "" {
			return append(lines, line) // all after it follows from it
		}
	}
	if epochs > 0 {
		return lines
	}
	switch {
	case !first.Finished || !again.Finished:
		lines = append(lines, "final weights: there are none of a run that has not come to its end")
	case first.Weights != again.Weights:
		lines = append(lines, fmt.Sprintf("final weights: SHA-256 %s and %s", first.Weights, again.Weights))
	}
	return lines
}

// differ names the first figure in which two records of an epoch differ.
func differ(a, b trainer.Epoch) string {
	for _, f := range []struct {
		name string
		a, b any
	}{
		{"steps", a.Steps, b.Steps}, {"images", a.Images, b.Images}, {"training loss", a.TrainLoss, b.TrainLoss},
		{"training accuracy", a.TrainAccuracy, b.TrainAccuracy}, {"learning rate", a.LR, b.LR}, {"tested", a.Evaluated, b.Evaluated},
		{"test loss", a.TestLoss, b.TestLoss}, {"test accuracy", a.TestAccuracy, b.TestAccuracy},
	} {
		if f.a != f.b {
			return fmt.Sprintf("epoch %d: %s %v and %v", a.Epoch, f.name, f.a, f.b)
		}
	}
	return ""
}
