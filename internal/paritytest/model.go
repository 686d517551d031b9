package paritytest

import "testing"

// Model is a network with its results in inference and training.
type Model struct {
	File           string `json:"-"`
	Model          string // name in the registry of architectures
	Classes        int
	Input          []int // (N, C, H, W)
	ParameterCount int   `json:"parameter_count"`
	Tensors        []ModelTensor
	Float64        struct {
		Eval  ModelEval
		Train ModelTrain
	}
	// Deviation is how far PyTorch in float32 is from its own float64 values.
	Deviation struct {
		LogitsL2    float64 `json:"logits_l2"`
		LogitsFirst float64 `json:"logits_first"`
		Loss        float64
		GradL2Max   float64 `json:"grad_l2_max"`
		SGDLosses   float64 `json:"sgd_losses"`
	} `json:"float32_deviation_of_pytorch_itself"`
}

// ModelTensor is a parameter (learnable) or a buffer. Tensor(Name, Shape...)
// gives its elements.
type ModelTensor struct {
	Name      string
	Shape     []int
	Learnable bool
}

// ModelEval is a pass in inference mode with the running statistics as given.
type ModelEval struct {
	Logits   Brief
	Argmax   []int
	Children map[string]Child
}

// Child is the output of one top-level part.
type Child struct {
	Shape []int
	Brief
}

// ModelTrain is a pass in training mode without dropout: the loss (auxiliary
// heads weigh 0.3), its parts by head, the gradient of every parameter, the
// running statistics after that pass, and the losses of some steps of SGD from
// the same start.
type ModelTrain struct {
	Loss    float64
	Parts   map[string]float64
	Grads   map[string]Brief
	Buffers map[string]Brief `json:"buffers_after_one_forward"`
	SGD     struct {
		LR          float64 `json:"lr"`
		Momentum    float64
		WeightDecay float64 `json:"weight_decay"`
		Losses      []float64
	}
}

// LoadModels reads every file of kind "model".
func LoadModels(t testing.TB) []Model {
	t.Helper()
	return load(t, "model", func(m *Model, name string) { m.File = name })
}
