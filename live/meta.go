package live

import (
	"strings"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// meta is what a page has to know of the network once.
type meta struct {
	Layers  []layer  `json:"layers"`
	Classes []string `json:"classes"`
	Labels  bool     `json:"labels"` // whether outputs are scores of classes
	Input   [3]int   `json:"input"`  // channels, height, width
	Samples []sample `json:"samples"`
	Params  int      `json:"params"`
	Bins    int      `json:"bins"` // of a histogram's column, the one of zeros first
	Low     int      `json:"low"`  // the second bin is of |v| in [2^Low, 2^(Low+1)), of activations
	GradLow int      `json:"grad_low"`
}

// layer is a block of the drawing.
type layer struct {
	Path   string `json:"path"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Role   string `json:"role"` // conv, norm, act, linear, pool, drop, shape, residual, plain, parallel or block
	Depth  int    `json:"depth"`
	Leaf   bool   `json:"leaf"`
	Unit   bool   `json:"unit"`
	Out    []int  `json:"out"` // without the batch
	Params int    `json:"params"`
	MACs   int64  `json:"macs"`
	Act    int    `json:"act"`  // its column of activations' histograms; -1: none
	Grad   int    `json:"grad"` // of gradients'; -1: none
	Cut    string `json:"cut"`  // what the scalpel can do: "branch", "layer" or nothing
	Units  int    `json:"units"`
}

// sample is an image that the network is asked about again and again.
type sample struct {
	Image picture `json:"image"`
	Label int     `json:"label"`
}

func (d *desk) describe() (*meta, error) {
	shape := d.data.Shape()
	m := &meta{Classes: d.data.Classes(), Input: [3]int{shape.Channels, shape.Height, shape.Width}, Bins: bins, Low: actLow, GradLow: gradLow}
	kind, _ := datasets.TargetOf(d.data)
	m.Labels = kind == graph.ClassLabels
	size := shape.Channels * shape.Height * shape.Width
	for i, label := range d.labels {
		m.Samples = append(m.Samples, sample{d.picture(d.images[i*size : (i+1)*size]), label})
	}
	acts, grads := 0, 0
	for i, l := range d.layers {
		w := layer{Path: l.Path, Name: l.Name, Kind: l.Kind, Role: role(l), Depth: l.Depth, Leaf: l.Leaf, Unit: l.Unit, Params: l.Params, MACs: l.MACs, Act: -1, Grad: -1}
		if len(l.Out) > 0 {
			w.Out = l.Out[1:]
		}
		if l.Leaf {
			w.Act = acts
			acts++
			if l.Params > 0 {
				w.Grad = grads
				grads++
			}
		}
		w.Cut, w.Units = d.cuts(i)
		if l.Depth == 0 {
			m.Params += l.Params
		}
		m.Layers = append(m.Layers, w)
	}
	return m, nil
}

// role says what a layer is by its kind's first word.
func role(l graph.Layer) string {
	word, _, _ := strings.Cut(l.Kind, " ")
	word = strings.TrimSuffix(word, ",")
	switch word {
	case "Conv2D", "ConvTranspose2D", "ConvNorm", "DepthwiseSeparable", "UpsampleConv", "MaxoutConv":
		return "conv"
	case "BatchNorm", "LocalResponseNorm":
		return "norm"
	case "Linear", "MaxoutLinear":
		return "linear"
	case "MaxPool2D", "AvgPool2D", "AdaptiveAvgPool2D", "GlobalAvgPool2D":
		return "pool"
	case "Dropout", "StochasticDepth":
		return "drop"
	case "Flatten", "Identity", "Scale":
		return "shape"
	case "Residual", "Bottleneck", "InvertedResidual":
		if strings.Contains(l.Kind, "no shortcut") {
			return "plain"
		}
		return "residual"
	case "Inception", "Parallel", "Sum", "DenseBlock":
		return "parallel"
	case "Act":
		return "act"
	}
	if l.Leaf {
		if _, err := activations.Lookup(word); err == nil {
			return "act"
		}
	}
	return "block"
}
