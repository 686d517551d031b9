package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func newSummary() *cobra.Command {
	var n network
	var batch int
	var levels depth
	var train, asJSON bool
	c := &cobra.Command{
		Use:   "summary",
		Short: "Print a network's layers, parameters, multiply-adds and memory",
		Example: `  demo summary --arch resnet50
  demo summary --arch googlenet --input 3x96x96 --depth 1
  demo summary --arch cifar_resnet20 --batch 128 --train`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, size, p, err := n.program(batch, train, compiling{})
			if err != nil {
				return err
			}
			defer p.Close()
			s := p.Summary(levels.levels)
			s.Title = fmt.Sprintf("%s on images of %v\n%s\n", a.Title, size, a.Paper)
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(s)
			}
			fmt.Fprint(c.OutOrStdout(), s)
			return nil
		},
	}
	n.flags(c.Flags(), "lenet5")
	c.Flags().IntVar(&n.classes, "classes", 0, "number of classes (default the architecture's own)")
	c.Flags().IntVar(&batch, "batch", 1, "images a run, for the memory")
	c.Flags().Var(&levels, "depth", "levels of blocks to show: 1 shows the top level, 0 all")
	c.Flags().BoolVar(&train, "train", false, "plan the memory of training instead of inference")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}
