package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/measure"
)

func newProfile() *cobra.Command {
	var n network
	var passes compiling
	var batch, threads, runs, top int
	var mode string
	var asJSON bool
	c := &cobra.Command{
		Use:   "profile",
		Short: "Show where the time of a step goes, by operation and by layer",
		Example: `  demo profile --arch cifar_resnet20 --batch 128
  demo profile --arch googlenet --batch 16 --mode infer --top 20
  demo profile --arch resnet18 --batch 1 --mode infer --exact --tune`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if runs < 1 || top < 1 {
				return errors.Errorf("--runs is %d and --top is %d, want positive numbers", runs, top)
			}
			w, err := n.workload(batch, mode)
			if err != nil {
				return err
			}
			w.Threads = threads
			passes.measured(&w)
			p, err := measure.Times(c.Context(), w, runs)
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			if asJSON {
				return json.NewEncoder(out).Encode(p)
			}
			fmt.Fprintf(out, "%s, batch %d, %s: %.3f ms a step, %.3f ms of it in operations\n\n",
				w.Name, batch, mode, ms(p.Step), ms(p.Operations))
			printProfile(out, "operation", p.ByOperation, top)
			fmt.Fprintln(out)
			printProfile(out, "layer", p.ByLayer, top)
			return nil
		},
	}
	n.flags(c.Flags(), "lenet5")
	passes.flags(c.Flags())
	c.Flags().IntVar(&batch, "batch", 32, "images a step")
	c.Flags().StringVar(&mode, "mode", "train", "train or infer")
	c.Flags().IntVar(&threads, "threads", 0, "threads to use; 0 uses all")
	c.Flags().IntVar(&runs, "runs", 10, "steps to average over")
	c.Flags().IntVar(&top, "top", 30, "rows to show of each table")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func printProfile(out io.Writer, what string, rows []measure.ProfileRow, top int) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "share\tms\tcount\tGFLOP/s\tGB/s\t  %s\n", what)
	for i, r := range rows {
		if i == top {
			fmt.Fprintf(w, "\t\t\t\t\t  ... %d more\n", len(rows)-top)
			break
		}
		gflops := ""
		if r.GFLOPS > 0 {
			gflops = fmt.Sprintf("%.1f", r.GFLOPS)
		}
		name := r.Name
		if what == "layer" && r.Algorithms != "" {
			name += " (" + r.Algorithms + ")"
		}
		fmt.Fprintf(w, "%.1f %%\t%.3f\t%d\t%s\t%.1f\t  %s\n", 100*r.Share, ms(r.Time), r.Count, gflops, r.GBPerS, name)
	}
	w.Flush()
}
