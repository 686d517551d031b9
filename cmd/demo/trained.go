package main

import (
	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/recipes"
	"github.com/stheno-ml/stheno/weights"
)

// chosen is a trained network with images to try it on, as the flags of a command
// name them.
type chosen struct {
	run, file, arch, data, dataDir string
	limit                          int
}

// flags are those of eval and live.
func (s *chosen) flags(c *cobra.Command, limit string) {
	f := c.Flags()
	f.StringVar(&s.file, "weights", "", "file of weights, instead of a run")
	f.StringVar(&s.arch, "arch", "", "architecture of --weights, where the file does not say it")
	f.StringVar(&s.data, "data", "", "data set (default the run's)")
	f.StringVar(&s.dataDir, "data-dir", "", "folder with the dataset's published files (default the run's)")
	f.IntVar(&s.limit, "limit", 0, limit)
}

// subject is what was chosen.
type subject struct {
	trained
	recipe recipes.Recipe
	data   recipes.Data
	net    graph.Block
	params *graph.Params
}

// open reads the network and the images. Without a run and a file it takes the
// newest run, and run says which.
func (s *chosen) open(c *cobra.Command) (got subject, err error) {
	r, file := recipes.Default(), s.file
	if s.run == "" && file == "" {
		if s.run, err = newestRun(runsFolder); err != nil {
			return got, err
		}
	}
	if s.run != "" {
		settings, err := readSettings(s.run)
		if err != nil {
			return got, err
		}
		if file, err = weightsOf(s.run); err != nil {
			return got, err
		}
		r = settings.Recipe
	}
	if s.data != "" && s.data != r.Data {
		r.Data, r.DataDir, r.Table, r.TestShare, r.Broken = s.data, "", "", 0, ""
	}
	if s.dataDir != "" {
		r.DataDir = s.dataDir
	}
	r.Limit = s.limit
	got.recipe = r
	if got.trained, err = readWeights(file, s.arch); err != nil {
		return got, err
	}
	if got.data, err = r.LoadAs(c.Context(), got.description.Input, got.description.Normalization); err != nil {
		return got, err
	}
	tellBroken(c, got.data.Broken)
	got.net, got.params, err = got.network(got.data.Test.Classes())
	return got, err
}

// trained is a file of weights with what it says of its network.
type trained struct {
	path        string
	file        *weights.File
	description classify.Description
}

// readWeights reads a file of weights. One without a description is taken for one
// of arch, trained on images as that wants them.
func readWeights(path, arch string) (w trained, err error) {
	w.path = path
	if w.file, err = weights.ReadFile(path); err != nil {
		return w, err
	}
	if w.description, err = classify.DescriptionOf(w.file); err != nil && arch == "" {
		return w, errors.WithMessage(err, path+" (or name --arch)")
	}
	if arch == "" {
		return w, nil
	}
	a, err := architectures.Lookup(arch)
	if err != nil {
		return w, errors.WithMessage(err, "--arch")
	}
	d := &w.description
	d.Architecture = a.Name
	if len(d.Classes) == 0 {
		d.Input, d.Normalization = a.Input, a.Normalization
	}
	return w, nil
}

// network is the trained network, for these classes where the file names none.
func (w *trained) network(classes []string) (graph.Block, *graph.Params, error) {
	d := &w.description
	if len(d.Classes) == 0 {
		d.Classes = classes
	}
	net, err := d.Network()
	if err != nil {
		return nil, nil, err
	}
	params := graph.NewParams(0, graph.Uninitialized())
	p, err := graph.Build(net, params, graph.InferenceConfig(d.Input.WithBatch(1)...))
	if err != nil {
		return nil, nil, err
	}
	if err := p.Close(); err != nil {
		return nil, nil, err
	}
	return net, params, errors.WithMessage(weights.Load(params, w.file.Tensors), w.path)
}
