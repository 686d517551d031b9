package trainer

import (
	"fmt"
	"html"
	"strings"
)

// table is a rectangle of text that renders itself. The first column is
// aligned left, the others right.
type table struct {
	head []string
	rows [][]string
}

func (t table) markdown() string {
	var b strings.Builder
	row := func(cells []string) {
		for _, c := range cells {
			fmt.Fprintf(&b, "| %s ", strings.ReplaceAll(c, "|", `\|`))
		}
		b.WriteString("|\n")
	}
	row(t.head)
	for i := range t.head {
		if i == 0 {
			b.WriteString("| --- ")
		} else {
			b.WriteString("| ---: ")
		}
	}
	b.WriteString("|\n")
	for _, r := range t.rows {
		row(r)
	}
	return b.String()
}

func (t table) html() string {
	var b strings.Builder
	row := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for i, c := range cells {
			align := "right"
			if i == 0 {
				align = "left"
			}
			fmt.Fprintf(&b, `<%s style="text-align:%s">%s</%s>`, tag, align, html.EscapeString(c), tag)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("<table><thead>")
	row("th", t.head)
	b.WriteString("</thead><tbody>")
	for _, r := range t.rows {
		row("td", r)
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

func (t table) text() string {
	width := make([]int, len(t.head))
	for _, r := range append([][]string{t.head}, t.rows...) {
		for i, c := range r {
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	var b strings.Builder
	for _, r := range append([][]string{t.head}, t.rows...) {
		for i, c := range r {
			pad := strings.Repeat(" ", width[i]-len([]rune(c)))
			switch {
			case i == 0 && i < len(r)-1:
				b.WriteString(c + pad)
			case i == 0:
				b.WriteString(c)
			default:
				b.WriteString("  " + pad + c)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (h History) table() table {
	t := table{head: []string{"epoch", "loss"}}
	for _, p := range h.Last().Parts {
		t.head = append(t.head, p.Name)
	}
	t.head = append(t.head, "accuracy", "test loss", "test accuracy", "learning rate", "seconds", "images/s")
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
		row = append(row, percent(e.TrainAccuracy))
		if e.Evaluated {
			row = append(row, fmt.Sprintf("%.4f", e.TestLoss), percent(e.TestAccuracy))
		} else {
			row = append(row, "", "")
		}
		t.rows = append(t.rows, append(row, fmt.Sprintf("%.4g", e.LR), fmt.Sprintf("%.1f", e.Seconds), fmt.Sprintf("%.0f", e.ImagesPerSecond)))
	}
	return t
}

// String is the history as aligned text.
func (h History) String() string { return h.table().text() }

// Markdown is the history as a Markdown table.
func (h History) Markdown() string { return h.table().markdown() }

// HTML is the history as a table for notebooks and pages.
func (h History) HTML() string { return h.table().html() }

func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }
