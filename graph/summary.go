package graph

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// Summary is a table of a network's layers. It prints as text and renders
// itself as HTML in notebooks.
type Summary struct {
	Title  string
	Rows   []SummaryRow
	Params int    // learnable elements of the network
	MACs   int64  // multiply-additions of a forward run of one batch
	Batch  int    // samples a run
	Memory Memory // of the program
	Mode   string // "training" or "inference"
}

// SummaryRow is one layer.
type SummaryRow struct {
	Path, Kind string
	Depth      int
	Leaf       bool
	Out        tensor.Shape
	Params     int
	MACs       int64
}

// Summary lists the layers down to that depth: 1 shows the top level only, 0
// everything.
func (p *Program) Summary(depth int) Summary {
	if p.Params() == nil {
		return Summary{}
	}
	s := Summary{Batch: p.BatchSize(), Memory: p.memory, Mode: "inference", Params: p.learned}
	if p.cfg.Training {
		s.Mode = "training"
	}
	forward := p.forward()
	for _, n := range p.order {
		if o := op.Of(n); o != nil && forward[n] {
			s.MACs += o.MACs()
		}
	}
	for _, l := range p.Layers() {
		if depth > 0 && l.Depth >= depth {
			continue
		}
		leaf := l.Leaf || depth > 0 && l.Depth == depth-1
		s.Rows = append(s.Rows, SummaryRow{l.Path, l.Kind, l.Depth, leaf, l.Out, l.Params, l.MACs})
	}
	return s
}

// String is the table as aligned text.
func (s Summary) String() string {
	var b strings.Builder
	if s.Title != "" {
		fmt.Fprintln(&b, s.Title)
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "layer\tkind\toutput\tparameters\tmultiply-adds")
	for _, r := range s.Rows {
		params, macs := "", ""
		if r.Leaf {
			params, macs = orEmpty(int64(r.Params)), orEmpty(r.MACs)
		}
		fmt.Fprintf(w, "%s%s\t%s\t%s\t%s\t%s\n", strings.Repeat("  ", r.Depth), lastPart(r), r.Kind, size.ImageText(r.Out), params, macs)
	}
	w.Flush()
	for _, f := range s.footer() {
		fmt.Fprintf(&b, "%s: %s\n", f[0], f[1])
	}
	return b.String()
}

// HTML is the table for notebooks and pages.
func (s Summary) HTML() string {
	var b strings.Builder
	if s.Title != "" {
		fmt.Fprintf(&b, "<p><b>%s</b></p>", html.EscapeString(s.Title))
	}
	b.WriteString(`<table><thead><tr><th style="text-align:left">layer</th><th style="text-align:left">kind</th>` +
		`<th style="text-align:left">output</th><th>parameters</th><th>multiply-adds</th></tr></thead><tbody>`)
	for _, r := range s.Rows {
		params, macs := "", ""
		if r.Leaf {
			params, macs = orEmpty(int64(r.Params)), orEmpty(r.MACs)
		}
		fmt.Fprintf(&b, `<tr><td style="text-align:left;padding-left:%.1fem">%s</td><td style="text-align:left">%s</td>`+
			`<td style="text-align:left">%s</td><td>%s</td><td>%s</td></tr>`,
			0.5+1.2*float64(r.Depth), html.EscapeString(lastPart(r)), html.EscapeString(r.Kind), size.ImageText(r.Out), params, macs)
	}
	b.WriteString("</tbody></table><p>")
	for i, f := range s.footer() {
		if i > 0 {
			b.WriteString("<br>")
		}
		fmt.Fprintf(&b, "%s: %s", f[0], html.EscapeString(f[1]))
	}
	b.WriteString("</p>")
	return b.String()
}

func (s Summary) footer() [][2]string {
	m := s.Memory
	return [][2]string{
		{"parameters", group(int64(s.Params)) + fmt.Sprintf(" (%s as float32)", bytesText(int64(s.Params)*4))},
		{"multiply-adds", group(s.MACs/int64(max(s.Batch, 1))) + " an image"},
		{"memory", fmt.Sprintf("%s for %s at batch %d: %s of values and gradients (%s without sharing), %s of parameters and buffers, %s of input",
			bytesText(m.Values+m.Params+m.Input), s.Mode, s.Batch, bytesText(m.Values), bytesText(m.Unshared), bytesText(m.Params), bytesText(m.Input))},
	}
}

func lastPart(r SummaryRow) string {
	if r.Depth == 0 {
		return r.Path
	}
	return r.Path[strings.LastIndexByte(r.Path, '.')+1:]
}

func orEmpty(n int64) string {
	if n == 0 {
		return "-"
	}
	return group(n)
}

// group writes thousands apart: 25,557,032.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func bytesText(n int64) string {
	const unit = 1 << 10
	switch {
	case n >= unit*unit*unit:
		return fmt.Sprintf("%.2f GiB", float64(n)/(unit*unit*unit))
	case n >= unit*unit:
		return fmt.Sprintf("%.1f MiB", float64(n)/(unit*unit))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/unit)
}
