package main

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/recipes"
)

// follow takes the settings of --recipe and --config, but for those that were
// given as flags.
func (t *training) follow(c *cobra.Command) (err error) {
	given := map[*pflag.Flag]string{}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && f.Name != "recipe" && f.Name != "config" {
			given[f] = f.Value.String()
		}
	})
	base := recipes.Record{Recipe: recipes.Default()}
	if t.Name != "" {
		if base.Recipe, err = recipes.Lookup(t.Name); err != nil {
			return errors.WithMessage(err, "--recipe")
		}
	}
	if t.config != "" {
		if base, err = recipes.ReadRecord(t.config, base.Recipe); err != nil {
			return errors.WithMessage(err, "--config")
		}
	}
	wasOptimizer := base.Optimizer
	t.Record = base
	for f, value := range given {
		if err := f.Value.Set(value); err != nil {
			return errors.Wrapf(err, "--%s", f.Name)
		}
	}
	if c.Flags().Changed("augment") {
		t.Augmentation = nil
	}
	if lookup.Fold(t.Optimizer) != lookup.Fold(wasOptimizer) {
		t.OptimizerArgs = nil // they are the other one's
	}
	return nil
}

// refuseIdle refuses flags of no effect: a recipe takes 0 for what is usual, and
// data that comes with the library for what it is, but who types such a flag wants
// something else.
func refuseIdle(c *cobra.Command, data string, resumed bool) error {
	f := c.Flags()
	for _, name := range []string{"epochs", "batch"} {
		if f.Changed(name) && f.Lookup(name).Value.String() == "0" {
			return errors.Errorf("--%s is 0, want at least 1", name)
		}
	}
	if !resumed && f.Changed("data-dir") && lookup.Find(data, []string{"embedded_mnist", "synthetic"}) >= 0 {
		return errors.Errorf("--data-dir is of no use to --data %s, which has no files; for pictures of your own give --data %s", data, recipes.FolderData)
	}
	return nil
}

// recipeTable is a line for each recipe.
func recipeTable() string {
	text := ""
	for _, n := range recipes.All() {
		text += fmt.Sprintf("  %-18s %s\n", n.Name, n.About)
	}
	return text
}

// tellBroken names the pictures that were left out.
func tellBroken(c *cobra.Command, broken []datasets.BrokenFile) {
	for _, b := range broken {
		fmt.Fprintf(c.ErrOrStderr(), "demo: left out %s: %v\n", b.Path, b.Err)
	}
	if n := len(broken); n > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "demo: left out %s that can't be read\n", count(n, "picture"))
	}
}
