package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/table"
	"github.com/stheno-ml/stheno/measure"
)

func newExplain() *cobra.Command {
	var n network
	var batch, top int
	var train, asJSON bool
	var passes compiling
	c := &cobra.Command{
		Use:   "explain",
		Short: "Tell what the passes over the graph made of a network",
		Long: `Explain tells what each pass over the graph of operations did and where, and
what a run executes then: every operation with its layer, its layout and its
algorithm. Passes can be left out, to see what they are good for.`,
		Example: `  demo explain --arch resnet18
  demo explain --arch googlenet --without layout --top 10
  demo explain --arch cifar_resnet20 --train --batch 128`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, _, p, err := n.program(batch, train, passes)
			if err != nil {
				return err
			}
			defer p.Close()
			e := p.Explain()
			out := c.OutOrStdout()
			if asJSON {
				return json.NewEncoder(out).Encode(e)
			}
			what := "inference"
			if train {
				what = "training"
			}
			fmt.Fprintf(out, "%s, batch %d, %s, %s\n\n", a.Title, batch, what, measure.ISA())
			printPasses(out, e, top)
			printCompiled(out, e)
			return nil
		},
	}
	n.flags(c.Flags(), "lenet5")
	c.Flags().IntVar(&batch, "batch", 1, "images a step")
	c.Flags().BoolVar(&train, "train", false, "explain training instead of inference")
	passes.flags(c.Flags())
	c.Flags().IntVar(&top, "top", 5, "changes to show of each pass; 0 shows none")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func printPasses(out io.Writer, e graph.Explanation, top int) {
	rows := table.Table{Head: []string{"pass", "changes", "operations after it", "that read and write"}}
	for _, p := range e.Passes {
		changes := strconv.Itoa(len(p.Changes))
		if p.Off {
			changes = "left out"
		}
		rows.Rows = append(rows.Rows, []string{p.Name, changes, strconv.Itoa(p.Operations), amount(p.Bytes) + " a run"})
	}
	if len(rows.Rows) > 0 {
		fmt.Fprintln(out, rows.Text())
	}
	for _, p := range e.Passes {
		if len(p.Changes) == 0 || top == 0 {
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", p.Name, p.Purpose)
		for i, c := range p.Changes {
			if i == top {
				fmt.Fprintf(out, "  ... %d more\n", len(p.Changes)-top)
				break
			}
			fmt.Fprintf(out, "  %s: %s\n", layerName(c.Layer), c.Text)
		}
		fmt.Fprintln(out)
	}
}

func printCompiled(out io.Writer, e graph.Explanation) {
	rows := [][]string{{"layer", "operation", "algorithm", "layout", "result", "million MACs"}}
	for _, o := range e.Operations {
		macs, layout := "", o.Layout
		if o.MACs > 0 {
			macs = millions(o.MACs)
		}
		if o.InPlace {
			layout += ", in the concatenation"
		}
		rows = append(rows, []string{layerName(o.Layer), o.Op, o.Algorithm, layout, fmt.Sprint(o.Shape), macs})
	}
	writeColumns(out, rows, 5)

	m := e.Memory
	fmt.Fprintf(out, "\n%d operations a run; conversions between layouts: %d", len(e.Operations), e.Conversions())
	if e.InPlace > 0 {
		fmt.Fprintf(out, "; computed where a concatenation wants them: %d values", e.InPlace)
	}
	fmt.Fprintln(out, ".")
	if len(e.Prepared) > 0 {
		fmt.Fprintf(out, "%d operations prepare weights, %s of them: once, and again when parameters have changed.\n", len(e.Prepared), amount(m.Prepared))
	}
	var sum int64
	rows = [][]string{{"multiply-additions", "algorithm", "layout", "operations", "millions"}}
	for _, t := range e.Totals() {
		rows = append(rows, []string{t.Op, t.Algorithm, t.Layout, strconv.Itoa(t.Count), millions(t.MACs)})
		sum += t.MACs
	}
	fmt.Fprintf(out, "Memory: parameters %s, values %s (%s if none shared memory with another).\n\n", amount(m.Params), amount(m.Values), amount(m.Unshared))
	writeColumns(out, append(rows, []string{"all", "", "", "", millions(sum)}), 3, 4)
}

// layerName is a layer's path; what stands before the first has none.
func layerName(path string) string {
	if path == "" {
		return "(input)"
	}
	return path
}

func millions(n int64) string { return fmt.Sprintf("%.2f", float64(n)/1e6) }

// amount is a number of bytes with a unit that leaves digits.
func amount(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return megabytes(n)
}

// writeColumns writes rows of cells, those columns to the right.
func writeColumns(out io.Writer, rows [][]string, right ...int) {
	wide := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			wide[i] = max(wide[i], len(c))
		}
	}
	for _, r := range rows {
		var b strings.Builder
		for i, c := range r {
			if slices.Contains(right, i) {
				fmt.Fprintf(&b, "%*s  ", wide[i], c)
			} else {
				fmt.Fprintf(&b, "%-*s  ", wide[i], c)
			}
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
}
