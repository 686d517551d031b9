package main

import (
	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/live"
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/runs"
	"github.com/stheno-ml/stheno/trainer"
)

func newLive() *cobra.Command {
	var file, arch, data, dataDir, address string
	var limit int
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
			run := ""
			if len(args) > 0 {
				run = args[0]
			}
			switch {
			case run != "" && file != "":
				return errors.New("RUN and --weights exclude each other")
			case limit < 0:
				return errors.Errorf("--limit is %d, want at least 0", limit)
			}
			r := recipes.Default()
			if run == "" && file == "" {
				var err error
				if run, err = newestRun(runsFolder); err != nil {
					return err
				}
			}
			var history trainer.History
			if run != "" {
				summary, err := runs.Read(run)
				if err != nil {
					return err
				}
				settings, err := readSettings(run)
				if err != nil {
					return err
				}
				if file, err = weightsOf(run); err != nil {
					return err
				}
				r, history = settings.Recipe, summary.History
			}
			if data != "" && data != r.Data {
				r.Data, r.DataDir, r.Table, r.TestShare, r.Broken = data, "", "", 0, ""
			}
			if dataDir != "" {
				r.DataDir = dataDir
			}
			r.Limit = limit
			w, err := readWeights(file, arch)
			if err != nil {
				return err
			}
			d, err := r.LoadAs(c.Context(), w.description.Input, w.description.Normalization)
			if err != nil {
				return err
			}
			tellBroken(c, d.Broken)
			net, params, err := w.network(d.Test.Classes())
			if err != nil {
				return err
			}
			page := live.New(live.Config{Title: w.description.Architecture, Normalization: d.Normalization})
			defer page.Close()
			if err := page.Show(live.Trained{Net: net, Params: params, Data: trainer.Data{Train: d.Train, Test: d.Test}, History: history}); err != nil {
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
	f := c.Flags()
	f.StringVar(&file, "weights", "", "file of weights, instead of a run")
	f.StringVar(&arch, "arch", "", "architecture of --weights, where the file does not say it")
	f.StringVar(&data, "data", "", "data set (default the run's)")
	f.StringVar(&dataDir, "data-dir", "", "folder with the dataset's published files (default the run's)")
	f.IntVar(&limit, "limit", 0, "look at the first so many images only; 0 takes all")
	f.StringVar(&address, "serve", usualAddress, "address of the page")
	return c
}
