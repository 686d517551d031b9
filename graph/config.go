// Package graph builds blocks into Gorgonia expression graphs, differentiates
// them symbolically and runs them on Gorgonia's tape machine.
//
// Structure, state and execution are three things. A Block is structure. A
// Params is state: named tensors. A Program is execution: one compiled graph
// for one mode and one batch size, working on the tensors of a Params. Passes
// (package passes) rewrite what blocks made before it is differentiated and
// compiled; Program.Explain tells what they did.
//
//	params := graph.NewParams(1)
//	training, err := graph.Build(net, params, graph.TrainingConfig(32, 3, 224, 224))
//	inference, err := graph.Build(net, params, graph.InferenceConfig(1, 3, 224, 224))
//	loss, err := training.Step(ctx, images, graph.Labels(labels))
//	output, err := inference.Run(ctx, image)
package graph

import (
	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// Config says what a program is for. TrainingConfig and InferenceConfig make
// the usual ones; fields may be set on the result.
type Config struct {
	Input    tensor.Shape // (N, C, H, W) of one batch
	Training bool         // batch statistics, dropout, auxiliary heads, gradients of the parameters

	// Loss of every head. Training defaults to CrossEntropy{}; an inference
	// program computes a loss only where one is given here.
	Loss Loss

	// ExactConvolutions keeps inference to algorithms that round about as a sum
	// of products does: the sum itself, and Winograd's F(2x2, 3x3) with short
	// sums. By default some float32 convolutions of stride 1 take larger tiles
	// of Winograd's (Lavin and Gray 2015, arXiv 1509.09308), which is faster
	// and rounds several times as much, whether layers are fused or not.
	// Training is always exact in its forward pass: a ReLU that switches
	// within rounding would move the whole gradient.
	ExactConvolutions bool

	NoDropout     bool // training without dropout, for comparisons
	NoFusion      bool // no passes over the graph: every intermediate value a node of its own
	NoSharing     bool // every node memory of its own: all values stay readable
	Taps          bool // keep the output of every named layer readable: Program.Tap; implies NoFusion
	InputGradient bool // also differentiate with respect to the input image
	TapGradients  bool // also differentiate with respect to the output of every named layer: Program.TapGradient; implies Taps

	// Without names passes over the graph to leave out, for comparisons: Passes
	// lists them. Unknown names are an error.
	Without []string

	// Tune measures, for every convolution of an inference program that Tuning does
	// not know, which algorithm is the fastest here, instead of predicting it: Build
	// takes some milliseconds longer for each. Program.Tuning tells what was chosen.
	Tune bool
	// Tuning has choices of algorithms made before, so that a program can be
	// repeated to the bit: see Program.Tuning. A choice that does not fit is an
	// error of Build.
	Tuning Tuning

	// Output names the layer whose output is the program's; what follows it is
	// not computed. Default: the network's own output. It implies NoFusion.
	Output string
}

// TrainingConfig configures a training program for batches of that shape
// (N, C, H, W).
func TrainingConfig(shape ...int) Config {
	return Config{Input: shape, Training: true, Loss: CrossEntropy{}}
}

// InferenceConfig configures an inference program for batches of that shape
// (N, C, H, W).
func InferenceConfig(shape ...int) Config { return Config{Input: shape} }

// fill sets defaults and checks.
func (c Config) fill() (Config, error) {
	if len(c.Input) < 2 {
		return c, errors.Errorf("graph: input shape %v, want (N, C, H, W) or (N, features)", c.Input)
	}
	for _, d := range c.Input {
		if d <= 0 {
			return c, errors.Errorf("graph: input shape %v has an empty dimension", c.Input)
		}
	}
	if (c.InputGradient || c.TapGradients) && !c.Training {
		if c.Loss == nil {
			return c, errors.New("graph: InputGradient and TapGradients are those of a loss: an inference program needs Config.Loss for them")
		}
		c.NoFusion = true // what is joined for inference has no derivative
	}
	if c.Output != "" && c.Training {
		return c, errors.New("graph: Config.Output is for inference programs: training needs the whole network")
	}
	if err := c.Tuning.check(); err != nil {
		return c, err
	}
	c.Taps = c.Taps || c.TapGradients
	c.NoFusion = c.NoFusion || c.Output != ""
	c.Input = c.Input.Clone()
	if c.Training && c.Loss == nil {
		c.Loss = CrossEntropy{}
	}
	return c, nil
}
