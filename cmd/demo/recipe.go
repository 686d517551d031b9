package main

import (
	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
	base := recipes.Default()
	if t.Name != "" {
		if base, err = recipes.Lookup(t.Name); err != nil {
			return errors.WithMessage(err, "--recipe")
		}
	}
	if t.config != "" {
		if base, err = recipes.ReadFile(t.config, base); err != nil {
			return errors.WithMessage(err, "--config")
		}
	}
	t.Recipe = base
	for f, value := range given {
		if err := f.Value.Set(value); err != nil {
			return errors.Wrapf(err, "--%s", f.Name)
		}
	}
	if c.Flags().Changed("augment") {
		t.Augmentation = nil
	}
	return nil
}
