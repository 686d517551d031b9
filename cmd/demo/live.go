package main

import (
	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/live"
	"github.com/stheno-ml/stheno/runs"
	"github.com/stheno-ml/stheno/trainer"
)

func newLive() *cobra.Command {
	var from chosen
	var address string
	c := &cobra.Command{
		Use:   "live [RUN]",
		Short: "Look into a trained network in the browser",
		Long: `Live shows a trained network on a page in the browser, the one that 'demo train
--serve' shows while it learns: its blocks by gradient and activation, an image's
way through it layer by layer down to one kernel's arithmetic, a digit drawn by
hand, and a scalpel that takes channels and blocks out of a copy and measures what
is left of the accuracy.

Without RUN and --weights it takes the newest run below ` + runsFolder + `/. The page is
there until Ctrl-C.`,
		Example: `  demo live
  demo live runs/digits
  demo live --arch cifar_resnet20 --weights resnet20.safetensors --data cifar10 --data-dir DIR`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				from.run = args[0]
			}
			switch {
			case from.run != "" && from.file != "":
				return errors.New("RUN and --weights exclude each other")
			case from.limit < 0:
				return errors.Errorf("--limit is %d, want at least 0", from.limit)
			}
			s, err := from.open(c)
			if err != nil {
				return err
			}
			var history trainer.History
			if from.run != "" {
				summary, err := runs.Read(from.run)
				if err != nil {
					return err
				}
				history = summary.History
			}
			page := live.New(live.Config{Title: s.description.Architecture, Normalization: s.data.Normalization})
			defer page.Close()
			if err := page.Show(live.Trained{Net: s.net, Params: s.params, Data: trainer.Data{Train: s.data.Train, Test: s.data.Test}, History: history}); err != nil {
				return err
			}
			url, err := page.Listen(address)
			if err != nil {
				return errors.WithMessage(err, "--serve")
			}
			tellAddress(c.ErrOrStderr(), url, address)
			<-c.Context().Done()
			return c.Context().Err()
		},
	}
	from.flags(c, "look at the first so many images only; 0 takes all")
	f := c.Flags()
	f.StringVar(&address, "serve", usualAddress, "address of the page")
	return c
}
