package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/drawing"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/atomicfile"
)

func newGraph() *cobra.Command {
	var n network
	var o drawing.Options
	var out string
	var train, compiled bool
	var passes compiling
	levels := depth{auto: true, hasAuto: true}
	c := &cobra.Command{
		Use:   "graph",
		Short: "Draw a network as SVG, PNG or DOT",
		Example: `  demo graph --arch googlenet -o googlenet.svg
  demo graph --arch resnet18 --depth 2 --korean -o resnet18.png
  demo graph --arch cifar_resnet20 --compiled -o compiled.svg
  demo graph --arch lenet5 --compiled --train -o lenet5.dot`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ext := strings.ToLower(filepath.Ext(out))
			if ext != ".svg" && ext != ".png" && ext != ".dot" {
				return errors.Errorf("-o is %q, want a file that ends in .svg, .png or .dot", out)
			}
			a, net, size, err := n.build()
			if err != nil {
				return err
			}
			cfg := graph.InferenceConfig(size.WithBatch(1)...)
			if train {
				cfg = graph.TrainingConfig(size.WithBatch(2)...)
			}
			o.Title = a.Title
			if o.Depth = levels.levels; levels.auto {
				o.Depth = 0
			} else if levels.levels == 0 {
				o.Depth = drawing.All
			}
			var d drawing.Drawing
			if compiled {
				passes.set(&cfg)
				p, err := graph.Build(net, graph.NewParams(0, graph.Uninitialized()), cfg)
				if err != nil {
					return err
				}
				defer p.Close()
				d = drawing.Operations(p, o)
			} else if d, err = drawing.Network(net, cfg, o); err != nil {
				return err
			}
			content := []byte(d.DOT())
			switch ext {
			case ".svg":
				content, err = d.Render(c.Context())
			case ".png":
				content, err = d.RenderPNG(c.Context())
			}
			if err != nil {
				return err
			}
			if err := atomicfile.Write(out, content); err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), "wrote", out)
			return nil
		},
	}
	n.flags(c.Flags(), "lenet5")
	c.Flags().IntVar(&n.classes, "classes", 0, "number of classes (default the architecture's own)")
	c.Flags().StringVarP(&out, "output", "o", "network.svg", "file to write, .svg, .png or .dot")
	c.Flags().Var(&levels, "depth", "levels of blocks to open: 1 shows the top level, 0 all, auto as many as are readable")
	c.Flags().BoolVar(&compiled, "compiled", false, "draw the operations that a run executes, as the passes made them, instead of blocks")
	c.Flags().BoolVar(&o.Weights, "weights", false, "with --compiled draw inference's parameters and prepared weights, too")
	passes.flags(c.Flags())
	c.Flags().BoolVar(&train, "train", false, "draw the network as it trains: with dropout, and with --compiled with loss and derivative")
	c.Flags().BoolVar(&o.Unrolled, "unrolled", false, "draw each of several equal blocks by itself, instead of one with x 3")
	c.Flags().BoolVar(&o.ToScale, "to-scale", false, "draw the tensors between layers as bodies to scale")
	c.Flags().BoolVar(&o.Korean, "korean", false, "words in Korean")
	c.Flags().BoolVar(&o.Horizontal, "horizontal", false, "from left to right")
	return c
}
