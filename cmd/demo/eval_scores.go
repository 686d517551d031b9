package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/plots"
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

// drawReliability writes the picture that eval -o names.
func drawReliability(path, title string, e *trainer.Evaluation) error {
	if e.Calibration == nil {
		return errors.Errorf("-o: %v have no probabilities of classes to draw", e.Kind)
	}
	var bins []plots.ReliabilityBin
	for _, b := range e.Calibration.Bins {
		bins = append(bins, plots.ReliabilityBin(b))
	}
	figure, err := plots.Reliability(title, bins)
	if err != nil {
		return err
	}
	return figure.Save(path)
}

// checkPicture refuses a name that no figure is written to, before anything is
// computed.
func checkPicture(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".svg", ".png", ".pdf":
		return nil
	}
	if path == "" {
		return nil
	}
	return errors.Errorf("-o is %q, want a file that ends in .svg, .png or .pdf", path)
}
