package main

import (
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/trainer"
)

// scores is what eval --json prints.
type scores struct {
	TestAccuracy     float64  `json:"test_accuracy"`
	TestLoss         float64  `json:"test_loss"`
	Images           int      `json:"images"`
	TopFive          float64  `json:"top_five"`
	CalibrationError float64  `json:"calibration_error"`
	Brier            float64  `json:"brier"`
	AUC              *float64 `json:"auc,omitempty"` // not there when all images are of one class
}

func evaluated(e *trainer.Evaluation) scores {
	out := scores{e.Accuracy, e.Loss, e.Images, e.TopFive, e.Calibration.Error(), e.Brier, nil}
	if !math.IsNaN(e.AUC) {
		out.AUC = &e.AUC
	}
	return out
}

// furtherScores tells the rest of an evaluation of class labels.
func furtherScores(e *trainer.Evaluation) string {
	text := fmt.Sprintf("top five %.2f %%, expected calibration error %.2f %%, Brier score %.4f", 100*e.TopFive, 100*e.Calibration.Error(), e.Brier)
	if !math.IsNaN(e.AUC) {
		text += fmt.Sprintf(", area under the ROC curve %.5f", e.AUC)
	}
	return text
}
