package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

func newFindLR() *cobra.Command {
	t := &training{}
	var r trainer.LRRange
	var picture string
	c := &cobra.Command{
		Use:   "find-lr",
		Short: "Search for a learning rate",
		Long: `Find-lr trains a network for some steps with a learning rate that rises from step
to step, until the loss explodes, and suggests rates (Smith 2015): the one at which
the loss falls fastest, and a tenth of the one at which it is lowest. The settings are
those of 'demo train'. Nothing is kept but the picture that -o names.`,
		Example: `  demo find-lr
  demo find-lr --arch cifar_resnet20 --data cifar10 --optimizer sgd -o lr.svg`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkPicture(picture); err != nil {
				return err
			}
			if err := t.follow(c); err != nil {
				return err
			}
			if err := t.check(c); err != nil {
				return err
			}
			p, err := t.Prepare(c.Context())
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			if err := t.chooseBatch(out, &p); err != nil {
				return err
			}
			curve, err := trainer.FindLR(c.Context(), p.Network, trainer.Data{Train: p.Data.Train}, p.Config, r)
			if err != nil {
				return err
			}
			if picture != "" {
				figure, err := plots.LearningRates("Learning rates of "+p.Architecture.Title, curve.LR, curve.Loss, curve.Smoothed, marksOf(curve)...)
				if err == nil {
					err = figure.Save(picture)
				}
				if err != nil {
					return err
				}
			}
			return t.tellRates(out, curve, picture)
		},
	}
	f := c.Flags()
	t.settingFlags(f)
	f.Float64Var(&r.Min, "min", 1e-7, "first learning rate")
	f.Float64Var(&r.Max, "max", 10, "last learning rate")
	f.IntVar(&r.Steps, "steps", 100, "steps of the search")
	f.StringVarP(&picture, "output", "o", "", "picture of the losses: a .svg, .png or .pdf file")
	f.BoolVar(&t.json, "json", false, "print one JSON object instead of text")
	return c
}

func marksOf(c *trainer.LRCurve) (marks []plots.Mark) {
	if c.Steepest > 0 {
		marks = append(marks, plots.Mark{Name: fmt.Sprintf("steepest: %.2g", c.Steepest), At: c.Steepest})
	}
	if tenth := c.Lowest / 10; tenth >= c.LR[0] {
		marks = append(marks, plots.Mark{Name: fmt.Sprintf("lowest / 10: %.2g", tenth), At: tenth})
	}
	return marks
}

// tellRates says what was found.
func (t *training) tellRates(out io.Writer, c *trainer.LRCurve, picture string) error {
	if t.json {
		return json.NewEncoder(out).Encode(struct {
			Steepest float64   `json:"steepest"`
			Lowest   float64   `json:"lowest"`
			Diverged bool      `json:"diverged"`
			LR       []float64 `json:"lr"`
			Loss     []float64 `json:"loss"`
			Smoothed []float64 `json:"smoothed"`
		}{c.Steepest, c.Lowest, c.Diverged, c.LR, c.Loss, c.Smoothed})
	}
	n := len(c.LR)
	text := fmt.Sprintf("tried %s from %.2g to %.2g", count(n, "rate"), c.LR[0], c.LR[n-1])
	if c.Diverged {
		text += ", where the loss exploded"
	}
	if c.Steepest == 0 {
		text += "; the loss never fell: try others with --min and --max, or more --steps"
	} else {
		text += fmt.Sprintf("\nthe loss falls fastest at %.2g: --lr %.2g\nit is lowest at %.2g; a tenth of that is %.2g", c.Steepest, c.Steepest, c.Lowest, c.Lowest/10)
	}
	if picture != "" {
		text += "\nkept in " + picture
	}
	_, err := fmt.Fprintln(out, text)
	return err
}
