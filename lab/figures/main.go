// Command figures draws the pictures of the documentation into a folder, from
// the results of the experiments that are in its folder lab.
package main

import (
	"log"
	"os"
	"path/filepath"
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/lab"
	"github.com/stheno-ml/stheno/plots"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: figures FOLDER")
	}
	docs := os.Args[1]
	figure, err := gradientFlow(filepath.Join(docs, "lab", "vanishing"))
	if err == nil {
		err = figure.Save(filepath.Join(docs, "gradient_flow.svg"))
	}
	if err != nil {
		log.Fatal(err)
	}
}

// gradientFlow draws how much of the gradient reaches each layer's output in the
// networks of the experiment "vanishing": the mean over its seeds.
func gradientFlow(dir string) (*plots.Figure, error) {
	r, err := lab.Read(dir)
	if err != nil {
		return nil, err
	}
	cases := []struct{ activation, initialisation, name string }{
		{"sigmoid", "default", "sigmoid"},
		{"relu", "default", "ReLU, usual weights"},
		{"tanh", "default", "tanh"},
		{"relu", "he", "ReLU, He's weights"},
	}
	var names []string
	var series []plots.Series
	for _, c := range cases {
		var norms []float64
		seeds := map[string]bool{}
		for _, t := range r.Tables {
			if t.Name != "layers" {
				continue
			}
			for _, row := range t.Rows { // activation, initialisation, seed, layer, activation_gradient, ...
				if row[0] != c.activation || row[1] != c.initialisation {
					continue
				}
				layer, err1 := strconv.Atoi(row[3])
				norm, err2 := strconv.ParseFloat(row[4], 64)
				if err1 != nil || err2 != nil || layer < 1 || layer > len(norms)+1 {
					return nil, errors.Errorf("%s: layers.csv has the row %q", dir, row)
				}
				if layer > len(norms) {
					norms = append(norms, 0)
				}
				seeds[row[2]] = true
				norms[layer-1] += norm
			}
		}
		if len(norms) == 0 {
			return nil, errors.Errorf("%s: layers.csv has nothing of %s with the initialisation %s", dir, c.activation, c.initialisation)
		}
		for i := range norms {
			norms[i] /= float64(len(seeds))
		}
		names = names[:0]
		for i := range norms {
			names = append(names, strconv.Itoa(i+1))
		}
		series = append(series, plots.Series{Name: c.name, Y: norms})
	}
	return plots.GradientFlow("How much gradient reaches each of 20 layers, before training", names, series...)
}
