package page

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"html"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Table is a rectangle of text. Columns of numbers are aligned right.
type Table struct {
	Head    []Text
	Rows    [][]string // a cell a head; markup as in Text
	KO      map[string]string
	Caption Text
	CSV     string // a file's name, such as "depth.csv": then there is a link that saves the table
}

func (t Table) write(w *writer) error {
	if len(t.Head) == 0 {
		return errors.New("table without a head")
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Head) {
			return errors.Errorf("table: row %d has %d cells, want %d, one a head", i, len(row), len(t.Head))
		}
	}
	// A table may be wider than a phone: then it scrolls on its own, by keyboard too.
	w.raw(`<div class="scroll" tabindex="0" role="group"` + t.label(w) + `><table>`)
	if !t.Caption.IsZero() {
		w.printf("<caption>%s</caption>", t.Caption.html())
	}
	class := make([]string, len(t.Head))
	for c := range t.Head {
		if t.numeric(c) {
			class[c] = ` class="number"`
		}
	}
	w.raw("<thead><tr>")
	for c, h := range t.Head {
		w.printf(`<th scope="col"%s>%s</th>`, class[c], h.html())
	}
	w.raw("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		w.raw("<tr>")
		for c, cell := range row {
			w.printf("<td%s>%s</td>", class[c], Text{EN: cell, KO: t.KO[cell]}.html())
		}
		w.raw("</tr>\n")
	}
	w.raw("</tbody></table></div>\n")
	if t.CSV != "" {
		return t.link(w)
	}
	return nil
}

// label names the part that scrolls.
func (t Table) label(w *writer) string {
	name := unmarked(t.Caption.EN)
	if name == "" {
		var heads []string
		for _, h := range t.Head {
			heads = append(heads, unmarked(h.EN))
		}
		name = "Table: " + strings.Join(heads, ", ")
	}
	return ` aria-label="` + html.EscapeString(name) + `"`
}

// numeric tells whether all cells of a column that have something have a number, perhaps with a
// spread or a unit behind it.
func (t Table) numeric(c int) bool {
	some := false
	for _, row := range t.Rows {
		cell := strings.TrimSpace(unmarked(row[c]))
		if cell == "" || cell == "-" || cell == "–" {
			continue
		}
		if !isNumber(cell) {
			return false
		}
		some = true
	}
	return some
}

func isNumber(cell string) bool {
	words := strings.FieldsFunc(strings.ReplaceAll(cell, ",", ""), func(r rune) bool { return r == ' ' || r == '±' || r == '/' || r == '\u00a0' })
	if len(words) == 0 {
		return false
	}
	if _, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimLeft(words[0], "−+<>~×x"), "%"), 64); err != nil {
		return false
	}
	return len(cell) <= 24
}

func (t Table) link(w *writer) error {
	if strings.ContainsAny(t.CSV, `/\<>"`) {
		return errors.Errorf("table: the CSV's name is %q, want a file's name", t.CSV)
	}
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	head := make([]string, len(t.Head))
	for i, h := range t.Head {
		head[i] = unmarked(h.EN)
	}
	if err := c.Write(head); err != nil {
		return errors.Wrap(err, "table")
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = unmarked(cell)
		}
		if err := c.Write(cells); err != nil {
			return errors.Wrap(err, "table")
		}
	}
	c.Flush()
	w.printf(`<p class="save"><a download="%s" href="data:text/csv;base64,%s">%s</a></p>`+"\n", html.EscapeString(t.CSV), base64.StdEncoding.EncodeToString(b.Bytes()), html.EscapeString(t.CSV))
	return errors.Wrap(c.Error(), "table")
}
