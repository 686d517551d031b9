package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/runs"
)

func newCompare() *cobra.Command {
	var output string
	var asJSON, markdown bool
	c := &cobra.Command{
		Use:   "compare RUN...",
		Short: "Put training runs side by side",
		Long: `Compare shows what runs reached and in which settings they differ. Folders that
hold no run are named and left out.`,
		Example: `  demo compare runs/*
  demo compare runs/relu runs/elu -o curves.svg
  demo compare runs/relu runs/elu -o both.html`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			var list []runs.Summary
			for _, path := range paths {
				s, err := runs.Read(path)
				if err != nil {
					fmt.Fprintln(c.ErrOrStderr(), "demo: left out:", err)
					continue
				}
				list = append(list, s)
			}
			if len(list) == 0 {
				return errors.Errorf("none of %s holds a run that can be read", count(len(paths), "folder"))
			}
			compared := runs.Compare(list...)
			if output != "" {
				if err := saveComparison(output, compared); err != nil {
					return err
				}
			}
			switch {
			case asJSON:
				for _, s := range list {
					if err := json.NewEncoder(c.OutOrStdout()).Encode(comparedRun(s)); err != nil {
						return err
					}
				}
			case markdown:
				fmt.Fprint(c.OutOrStdout(), compared.Markdown())
			default:
				fmt.Fprint(c.OutOrStdout(), compared)
			}
			if output != "" && !asJSON {
				fmt.Fprintln(c.OutOrStdout(), "wrote", output)
			}
			if len(list) < len(paths) {
				return errors.Errorf("%d of %s could not be read", len(paths)-len(list), count(len(paths), "run"))
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVarP(&output, "output", "o", "", "also draw losses and accuracies on common axes: .svg, .png or .pdf; .html has the tables too")
	f.BoolVar(&asJSON, "json", false, "print one JSON object a run")
	f.BoolVar(&markdown, "markdown", false, "print tables in Markdown")
	return c
}

// saveComparison writes the curves, or a page with all.
func saveComparison(path string, c runs.Comparison) error {
	if strings.EqualFold(filepath.Ext(path), ".html") {
		page, err := c.Page()
		if err != nil {
			return err
		}
		return atomicfile.Write(path, page)
	}
	figure, err := c.Figure()
	if err != nil {
		return err
	}
	return figure.Save(path)
}

// comparedRun is a run in 'demo compare --json'.
func comparedRun(s runs.Summary) any {
	last, best := s.History.Last(), s.History.Best()
	out := struct {
		Run          string         `json:"run"`
		Epochs       int            `json:"epochs"`
		Finished     bool           `json:"finished"`
		BestAccuracy *float64       `json:"best_test_accuracy"` // null: never tested, or none
		BestEpoch    int            `json:"best_epoch,omitempty"`
		TestAccuracy *float64       `json:"test_accuracy"`
		TestLoss     *float64       `json:"test_loss"`
		TrainLoss    float64        `json:"train_loss"`
		Seconds      float64        `json:"seconds"`
		Speed        float64        `json:"images_per_second"`
		Parameters   int            `json:"parameters,omitempty"`
		Weights      string         `json:"weights_sha256,omitempty"`
		Settings     map[string]any `json:"settings"`
	}{Run: s.Path, Epochs: last.Epoch, Finished: s.Finished, TrainLoss: last.TrainLoss, Seconds: s.Seconds(), Speed: s.ImagesPerSecond(), Parameters: s.Parameters, Weights: s.Weights, Settings: s.Settings}
	if best.Evaluated && best.HasAccuracy() {
		out.BestAccuracy, out.BestEpoch = &best.TestAccuracy, best.Epoch
	}
	if last.Evaluated {
		out.TestLoss = &last.TestLoss
		if last.HasAccuracy() {
			out.TestAccuracy = &last.TestAccuracy
		}
	}
	return out
}

func newReport() *cobra.Command {
	return &cobra.Command{
		Use:   "report RUN...",
		Short: "Write the page that tells of a run anew",
		Long: `Report writes report.html in a run's folder, as training does at its end: result,
curves, how each class fared, settings. A run under way has one so far.`,
		Example: "  demo report runs/digits",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			for _, path := range paths {
				if err := runs.WriteReport(path); err != nil {
					return err
				}
				fmt.Fprintln(c.OutOrStdout(), "wrote", reportOf(path))
			}
			return nil
		},
	}
}
