package main

import (
	"strings"

	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/measure"
)

// compiling says how a network becomes what a run executes.
type compiling struct {
	without     []string
	exact, tune bool
}

func (c *compiling) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&c.without, "without", nil, "passes over the graph to leave out: "+strings.Join(graph.Passes(), ", "))
	f.BoolVar(&c.exact, "exact", false, "only algorithms that round no more than a sum of products")
	f.BoolVar(&c.tune, "tune", false, "choose the algorithms of inference's convolutions by measuring them here, not by predicting")
}

// set puts it into the settings of a program.
func (c *compiling) set(cfg *graph.Config) {
	cfg.Without, cfg.ExactConvolutions, cfg.Tune = c.without, c.exact, c.tune
}

// measured puts it into a workload.
func (c *compiling) measured(w *measure.Workload) {
	w.Without, w.Exact, w.Tune = c.without, c.exact, c.tune
}
