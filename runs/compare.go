package runs

import (
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/internal/table"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// Comparison puts runs side by side.
type Comparison struct {
	Runs []Summary
	// Differ are the settings that are not the same in all of them.
	Differ []string
}

// Compare compares runs.
func Compare(runs ...Summary) Comparison {
	c := Comparison{Runs: runs}
	for _, name := range settingNames(runs) {
		for _, r := range runs[1:] {
			if r.setting(name) != runs[0].setting(name) {
				c.Differ = append(c.Differ, name)
				break
			}
		}
	}
	return c
}

// results has a line a run.
func (c Comparison) results() table.Table {
	t := table.Table{Head: []string{"run", "epochs", "best test accuracy", "in epoch", "last test accuracy", "test loss", "train loss", "seconds", "images/s", "parameters", "weights"}}
	for _, r := range c.Runs {
		last, best := r.History.Last(), r.History.Best()
		row := []string{r.Name(), fmt.Sprint(last.Epoch), "", "", "", "", "", fmt.Sprintf("%.1f", r.Seconds()), "", "", "unfinished"}
		if best.Evaluated && best.HasAccuracy() {
			row[2], row[3] = table.Percent(best.TestAccuracy), fmt.Sprint(best.Epoch)
		}
		if last.Evaluated {
			row[5] = fmt.Sprintf("%.4f", last.TestLoss)
			if last.HasAccuracy() {
				row[4] = table.Percent(last.TestAccuracy)
			}
		}
		if last.Epoch > 0 {
			row[6] = fmt.Sprintf("%.4f", last.TrainLoss)
			if rate := r.ImagesPerSecond(); rate > 0 {
				row[8] = fmt.Sprintf("%.0f", rate)
			}
		}
		if r.Parameters > 0 {
			row[9] = fmt.Sprint(r.Parameters)
		}
		if r.Finished {
			row[10] = r.Weights[:min(12, len(r.Weights))]
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// differences has a line a setting that differs.
func (c Comparison) differences() table.Table {
	t := table.Table{Head: []string{"setting"}}
	for _, r := range c.Runs {
		t.Head = append(t.Head, r.Name())
	}
	for _, name := range c.Differ {
		row := []string{name}
		for _, r := range c.Runs {
			row = append(row, r.setting(name))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// String is the comparison as aligned text: results, then settings that differ.
func (c Comparison) String() string {
	text := c.results().Text()
	if len(c.Differ) > 0 && len(c.Runs) > 1 {
		text += "\n" + c.differences().Text()
	}
	return text
}

// Markdown is the same as tables in Markdown.
func (c Comparison) Markdown() string {
	text := c.results().Markdown()
	if len(c.Differ) > 0 && len(c.Runs) > 1 {
		text += "\n" + c.differences().Markdown()
	}
	return text
}

// Figure draws losses and accuracies of all runs on common axes. Runs without an
// epoch are left out; none with one is an error.
func (c Comparison) Figure() (*plots.Figure, error) {
	var list []plots.Run
	for _, r := range c.Runs {
		if len(r.History) > 0 {
			list = append(list, Curves(r.Name(), r.History))
		}
	}
	title := ""
	if len(list) == 1 {
		title = list[0].Name
	}
	return plots.History(title, list...)
}

// Plot draws a training's losses and accuracies by epoch:
//
//	runs.Plot("LeNet-5 on MNIST", run.History)
func Plot(title string, history trainer.History) (*plots.Figure, error) {
	return plots.History(title, Curves("", history))
}

// Curves is a history as package plots draws it. Epochs without a test leave a gap.
func Curves(name string, history trainer.History) plots.Run {
	r := plots.Run{Name: name}
	for _, e := range history {
		nan := math.NaN()
		trained, loss, accuracy := e.TrainAccuracy, nan, nan
		if e.Evaluated {
			loss, accuracy = e.TestLoss, e.TestAccuracy
		}
		if !e.HasAccuracy() {
			trained, accuracy = nan, nan
		}
		r.Epochs = append(r.Epochs, float64(e.Epoch))
		r.TrainLoss = append(r.TrainLoss, e.TrainLoss)
		r.TrainAccuracy = append(r.TrainAccuracy, trained)
		r.TestLoss = append(r.TestLoss, loss)
		r.TestAccuracy = append(r.TestAccuracy, accuracy)
	}
	return r
}
