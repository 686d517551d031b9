package runs

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/trainer"
)

// GradientsFile holds how far gradients reached as training went on.
const GradientsFile = "gradients.json"

// Gradients are the sizes of the loss's gradient with respect to each weight of two or more
// dimensions, from the input's side to the output's, at the run's first step and at the last step of
// every epoch.
type Gradients struct {
	Layers []string      `json:"layers"`
	At     []GradientsAt `json:"at"`
}

// GradientsAt are the L2 norms at a step, one a layer.
type GradientsAt struct {
	Step  int       `json:"step"`
	Epoch int       `json:"epoch"` // that the step ends; 0: the first step
	Norms []float64 `json:"norms"` // -1: not a number, or infinite
}

// flow collects Gradients.
type flow struct{ Gradients }

// add notes those of the step that was done last. A program that has none left is no reason to end
// a training.
func (f *flow) add(p trainer.Progress) {
	grads, err := p.Program.Gradients()
	if err != nil {
		return
	}
	at := GradientsAt{Step: p.Total}
	if p.Step == p.Steps {
		at.Epoch = p.Epoch
	}
	var layers []string
	for _, g := range grads {
		if g.Param.Dims() < 2 {
			continue
		}
		values, ok := g.Grad.Data().([]float32)
		if !ok {
			return
		}
		sum := 0.0
		for _, v := range values {
			sum += float64(v) * float64(v)
		}
		norm := math.Sqrt(sum)
		if math.IsNaN(norm) || math.IsInf(norm, 0) {
			norm = -1 // JSON has no other numbers
		}
		layers, at.Norms = append(layers, strings.TrimSuffix(g.Name, ".weight")), append(at.Norms, norm)
	}
	if len(layers) == 0 || f.Layers != nil && !slices.Equal(f.Layers, layers) {
		return
	}
	f.Layers, f.At = layers, append(f.At, at)
}

func (f *flow) write(path string) error {
	if len(f.At) == 0 {
		return nil
	}
	text, err := json.Marshal(f.Gradients)
	if err != nil {
		return errors.Wrap(err, GradientsFile)
	}
	return atomicfile.Write(filepath.Join(path, GradientsFile), append(text, '\n'))
}

// readFlow is what a run that goes on from a step has noted up to it.
func readFlow(path string, steps int) flow {
	g, err := readGradients(path)
	if err != nil || g == nil {
		return flow{} // it begins anew
	}
	f := flow{*g}
	f.At = slices.DeleteFunc(f.At, func(at GradientsAt) bool { return at.Step > steps })
	return f
}

func readGradients(path string) (*Gradients, error) {
	text, err := os.ReadFile(filepath.Join(path, GradientsFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "run")
	}
	g := &Gradients{}
	if err := json.Unmarshal(text, g); err != nil {
		return nil, errors.Wrapf(err, "run %s: %s", path, GradientsFile)
	}
	for i, at := range g.At {
		if len(at.Norms) != len(g.Layers) {
			return nil, errors.Errorf("run %s: %s: entry %d has %d norms for %d layers", path, GradientsFile, i, len(at.Norms), len(g.Layers))
		}
	}
	return g, nil
}
