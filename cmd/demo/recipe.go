package main

import (
	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// recipe is a set of flags under a name; those that are given besides win.
type recipe struct {
	name, about string
	flags       [][2]string
}

var recipes = []recipe{
	{"mnist", "a ReLU LeNet-5 on all of MNIST", [][2]string{
		{"data", "mnist"}, {"arch", "lenet5"}, {"epochs", "15"}, {"batch", "128"}, {"optimizer", "adamw"}, {"lr", "0.004"},
		{"label-smoothing", "0.05"}, {"ema", "0.998"}, {"augment", "true"},
	}},
	{"cifar10-resnet20", "He et al. 2015, section 4.2, in a quarter of its epochs", [][2]string{
		{"data", "cifar10"}, {"arch", "cifar_resnet20"}, {"epochs", "40"}, {"batch", "128"}, {"optimizer", "sgd"}, {"lr", "0.2"},
		{"weight-decay", "5e-4"}, {"augment", "true"},
	}},
}

func recipeNames() []string {
	names := make([]string, len(recipes))
	for i, r := range recipes {
		names[i] = r.name
	}
	return names
}

// follow sets the flags of the recipe that --recipe names, but for those that were
// given.
func (t *training) follow(c *cobra.Command) error {
	if t.Recipe == "" {
		return nil
	}
	i := lookup.Find(t.Recipe, recipeNames())
	if i < 0 {
		return lookup.Unknown("recipe", t.Recipe, recipeNames())
	}
	t.Recipe = recipes[i].name
	for _, f := range recipes[i].flags {
		flag := c.Flags().Lookup(f[0])
		if flag == nil {
			return errors.Errorf("recipe %s: there is no flag --%s", t.Recipe, f[0])
		}
		if flag.Changed {
			continue
		}
		if err := flag.Value.Set(f[1]); err != nil {
			return errors.Wrapf(err, "recipe %s: --%s", t.Recipe, f[0])
		}
	}
	return nil
}
