package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/trainer"
)

func newList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List architectures, datasets, activations and optimizers",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := c.OutOrStdout()
			if asJSON {
				type entry struct {
					Name    string `json:"name"`
					Title   string `json:"title"`
					Input   [3]int `json:"input"`
					Classes int    `json:"classes"`
					Params  int    `json:"parameters"`
					Paper   string `json:"paper"`
				}
				e := json.NewEncoder(out)
				for _, a := range architectures.All() {
					if err := e.Encode(entry{a.Name, a.Title, [3]int{a.Input.Channels, a.Input.Height, a.Input.Width}, a.Classes, a.Params, a.Paper}); err != nil {
						return err
					}
				}
				return nil
			}
			w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "architecture\tinput\tclasses\tparameters\tpaper")
			for _, a := range architectures.All() {
				fmt.Fprintf(w, "%s\t%v\t%d\t%.2f M\t%s\n", a.Name, a.Input, a.Classes, float64(a.Params)/1e6, a.Paper)
			}
			w.Flush()
			fmt.Fprintln(out, "\ndatasets:    "+strings.Join(datasets.Names(), ", "))
			fmt.Fprintln(out, "activations: "+strings.Join(activations.Names(), ", "))
			fmt.Fprintln(out, "optimizers:  "+strings.Join(trainer.OptimizerNames(), ", "))
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the architectures as one JSON object a line")
	return c
}
