package table

import (
	"strings"
	"testing"
)

func TestTableInThreeForms(t *testing.T) {
	x := Table{Head: []string{"layer", "size"}, Rows: [][]string{{"a|b", "7"}, {"<c>", "1,000"}}}
	if want := "layer   size\na|b        7\n<c>    1,000\n"; x.Text() != want {
		t.Errorf("text is\n%q, want\n%q", x.Text(), want)
	}
	if want := "| layer | size |\n| --- | ---: |\n| a\\|b | 7 |\n| <c> | 1,000 |\n"; x.Markdown() != want {
		t.Errorf("Markdown is\n%q, want\n%q", x.Markdown(), want)
	}
	if got := x.HTML(); !strings.Contains(got, "&lt;c&gt;") || strings.Contains(got, "<c>") || strings.Count(got, "<tr>") != 3 {
		t.Errorf("HTML is %s", got)
	}
}
