package trainer

import (
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// Watch is the number of an epoch that ReduceOnPlateau and EarlyStopping follow.
// Losses are to fall, accuracies to rise. In JSON it is "test_loss" and so on.
type Watch int

// What can be watched. That of the test data is there only for epochs that were
// evaluated, see Config.EvalEvery.
const (
	WatchTestLoss Watch = iota
	WatchTestAccuracy
	WatchTrainLoss
	WatchTrainAccuracy
)

var watches = []string{"test_loss", "test_accuracy", "train_loss", "train_accuracy"}

// String is "test loss" or the like.
func (w Watch) String() string {
	if w < 0 || int(w) >= len(watches) {
		return "nothing that can be watched"
	}
	return strings.ReplaceAll(watches[w], "_", " ")
}

// MarshalText gives "test_loss" or the like.
func (w Watch) MarshalText() ([]byte, error) {
	if w < 0 || int(w) >= len(watches) {
		return nil, errors.Errorf("Watch is %d, want one of the constants", int(w))
	}
	return []byte(watches[w]), nil
}

// UnmarshalText reads what MarshalText gives, in any case.
func (w *Watch) UnmarshalText(text []byte) error {
	i := lookup.Find(string(text), watches)
	if i < 0 {
		return lookup.Unknown("number to watch", string(text), watches)
	}
	*w = Watch(i)
	return nil
}

// of is the watched number of an epoch, if it was measured.
func (w Watch) of(e Epoch) (float64, bool) {
	switch w {
	case WatchTestAccuracy:
		return e.TestAccuracy, e.Evaluated
	case WatchTrainLoss:
		return e.TrainLoss, true
	case WatchTrainAccuracy:
		return e.TrainAccuracy, true
	}
	return e.TestLoss, e.Evaluated
}

// rises tells whether more is better.
func (w Watch) rises() bool { return w == WatchTestAccuracy || w == WatchTrainAccuracy }

// check refuses what these data don't give.
func (w Watch) check(data Data) error {
	source := data.Train
	switch w {
	case WatchTestLoss, WatchTestAccuracy:
		if source = data.Test; isNil(source) {
			return errors.Errorf("there is no test data whose %v could be watched", w)
		}
	case WatchTrainLoss, WatchTrainAccuracy:
	default:
		return errors.Errorf("Watch is %d, want one of the constants", int(w))
	}
	if kind, _ := datasets.TargetOf(source); w.rises() && kind == graph.RealValues {
		return errors.Errorf("%s has %v: there is no %v to watch", datasets.NameOf(source), kind, w)
	}
	return nil
}
