// Package graph builds blocks into Gorgonia expression graphs, differentiates
// them symbolically and runs them on Gorgonia's tape machine.
//
// Structure, state and execution are three things. A Block is structure. A
// Params is state: named tensors. A Program is execution: one compiled graph
// for one mode and one batch size, working on the tensors of a Params.
//
//	params := graph.NewParams(1)
//	train, err := graph.Build(net, params, graph.Train(32, 3, 224, 224))
//	eval, err := graph.Build(net, params, graph.Eval(1, 3, 224, 224))
package graph

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Loss builds the scalar that training minimises from a head's output (N,
// classes) and the integer labels (N).
type Loss func(logits, labels *gorgonia.Node) (*gorgonia.Node, error)

// CrossEntropy is the mean cross-entropy with label smoothing s in [0, 1):
// the target is 1-s at the label plus s/classes everywhere (Szegedy et al.
// 2016, arXiv 1512.00567, section 7).
func CrossEntropy(s float64) Loss {
	return func(logits, labels *gorgonia.Node) (*gorgonia.Node, error) {
		return ops.CrossEntropy(logits, labels, s)
	}
}

// Config says what a program is for. Train and Eval make the usual ones;
// fields may be set on the result.
type Config struct {
	Input    tensor.Shape // (N, C, H, W) of one batch
	Training bool         // batch statistics, dropout, auxiliary heads, gradients

	// Loss of every head. Training defaults to CrossEntropy(0); an evaluation
	// program computes a loss only where one is given here.
	Loss Loss

	NoDropout     bool // training without dropout, for comparisons
	NoFusion      bool // every intermediate value a node of its own
	NoSharing     bool // every node memory of its own: all values stay readable
	Taps          bool // keep the output of every named layer readable: Program.Tap; implies NoFusion
	InputGradient bool // also differentiate with respect to the input image
}

// Train configures a training program for batches of that shape (N, C, H, W).
func Train(shape ...int) Config {
	return Config{Input: shape, Training: true, Loss: CrossEntropy(0)}
}

// Eval configures an inference program for batches of that shape (N, C, H, W).
func Eval(shape ...int) Config { return Config{Input: shape} }

func (c Config) check() error {
	if len(c.Input) < 2 {
		return errors.Errorf("graph: input shape %v, want (N, C, H, W) or (N, features)", c.Input)
	}
	for _, d := range c.Input {
		if d <= 0 {
			return errors.Errorf("graph: input shape %v has an empty dimension", c.Input)
		}
	}
	if c.Training && c.Loss == nil {
		return errors.New("graph: a training program needs a loss: Config.Loss is nil")
	}
	return nil
}
