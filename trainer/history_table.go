package trainer

import (
	"fmt"

	"github.com/stheno-ml/stheno/internal/table"
)

// Rows is the history as text: the columns' names and a row an epoch. An epoch that
// was not finished says how many steps it has.
func (h History) Rows() (head []string, rows [][]string) {
	t := h.table()
	return t.Head, t.Rows
}

func (h History) table() table.Table {
	t := table.Table{Head: []string{"epoch", "loss"}}
	for _, p := range h.Last().Parts {
		t.Head = append(t.Head, p.Name)
	}
	accurate := h.Last().HasAccuracy()
	if accurate {
		t.Head = append(t.Head, "accuracy", "test loss", "test accuracy")
	} else {
		t.Head = append(t.Head, "test loss")
	}
	t.Head = append(t.Head, "learning rate", "seconds", "images/s")
	for _, e := range h {
		row := []string{fmt.Sprint(e.Epoch), fmt.Sprintf("%.4f", e.TrainLoss)}
		if e.Partial {
			row[0] += fmt.Sprintf(" (%d steps)", e.Steps)
		}
		for i := range h.Last().Parts {
			cell := ""
			if i < len(e.Parts) {
				cell = fmt.Sprintf("%.4f", e.Parts[i].Loss)
			}
			row = append(row, cell)
		}
		loss, accuracy := "", ""
		if e.Evaluated {
			loss, accuracy = fmt.Sprintf("%.4f", e.TestLoss), table.Percent(e.TestAccuracy)
		}
		if accurate {
			row = append(row, table.Percent(e.TrainAccuracy), loss, accuracy)
		} else {
			row = append(row, loss)
		}
		t.Rows = append(t.Rows, append(row, fmt.Sprintf("%.4g", e.LR), fmt.Sprintf("%.1f", e.Seconds), fmt.Sprintf("%.0f", e.ImagesPerSecond)))
	}
	return t
}

// String is the history as aligned text.
func (h History) String() string { return h.table().Text() }

// Markdown is the history as a Markdown table.
func (h History) Markdown() string { return h.table().Markdown() }

// HTML is the history as a table for notebooks and pages.
func (h History) HTML() string { return h.table().HTML() }
