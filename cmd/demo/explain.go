package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/graph"
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
			a, net, size, err := n.build()
			if err != nil {
				return err
			}
			cfg := graph.InferenceConfig(size.WithBatch(batch)...)
			if train {
				cfg = graph.TrainingConfig(size.WithBatch(batch)...)
			}
			passes.set(&cfg)
			p, err := graph.Build(net, graph.NewParams(0, graph.Uninitialized()), cfg)
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
			fmt.Fprintf(out, "%s, batch %d, %s\n\n", a.Title, batch, what)
			printPasses(out, e, top)
			printCompiled(out, e)
			return nil
		},
	}
	n.flags(c.Flags(), "lenet5")
	c.Flags().IntVar(&batch, "batch", 1, "images a step")
	c.Flags().BoolVar(&train, "train", false, "explain training instead of inference")
	passes.flags(c.Flags())
	c.Flags().IntVar(&top, "top", 5, "changes to show of each pass")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func printPasses(out io.Writer, e graph.Explanation, top int) {
	for _, p := range e.Passes {
		fmt.Fprintf(out, "%s: %s\n", p.Name, p.Purpose)
		if p.Off {
			fmt.Fprintln(out, "  left out")
			continue
		}
		fmt.Fprintf(out, "  %d places; %d operations after it, which read and write %s a run\n", len(p.Changes), p.Operations, megabytes(p.Bytes))
		for i, c := range p.Changes {
			if i == top {
				fmt.Fprintf(out, "  ... %d more\n", len(p.Changes)-top)
				break
			}
			place := c.Layer
			if place == "" {
				place = "input"
			}
			fmt.Fprintf(out, "  %s: %s\n", place, c.Text)
		}
	}
	fmt.Fprintln(out)
}

func printCompiled(out io.Writer, e graph.Explanation) {
	m := e.Memory
	fmt.Fprintf(out, "A run executes %d operations; %d run when parameters have changed.\n", len(e.Operations), len(e.Prepared))
	if e.InPlace > 0 {
		fmt.Fprintf(out, "%d values are computed where a concatenation wants them.\n", e.InPlace)
	}
	fmt.Fprintf(out, "Memory: parameters %s, prepared weights %s, values %s (%s without sharing).\n\n", megabytes(m.Params), megabytes(m.Prepared), megabytes(m.Values), megabytes(m.Unshared))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "layer\toperation\talgorithm\tlayout\tresult\tmillion MACs")
	for _, o := range e.Operations {
		macs := ""
		if o.MACs > 0 {
			macs = fmt.Sprintf("%.2f", float64(o.MACs)/1e6)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%v\t%s\n", o.Layer, o.Op, o.Algorithm, o.Layout, o.Shape, macs)
	}
	w.Flush()
}
