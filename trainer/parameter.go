package trainer

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// Parameter is a parameter as a solver sees it.
type Parameter struct {
	// Name is the dotted path, such as "layer1.0.conv1.weight". Solvers keep
	// what they remember of a parameter under it.
	Name string
	// Value is changed in place. Grad has its shape and element type; a nil
	// Grad leaves the parameter as it is.
	Value, Grad *tensor.Dense
	// LR and WeightDecay are the parameter's own: 0 means the solver's, a
	// negative number none. LRFactor multiplies the learning rate; 0 means 1.
	LR, WeightDecay, LRFactor float64
}

// ParametersOf pairs every parameter of a training program with its gradient
// after a Step, in the order in which the network makes them: what a solver
// updates. Call it after every step, since a gradient may be another tensor then.
func ParametersOf(p *graph.Program) ([]Parameter, error) {
	if p == nil {
		return nil, errors.New("parameters: the program is nil")
	}
	return pair(p, nil)
}

// pair is ParametersOf that writes new gradients into a list it made before.
func pair(p *graph.Program, list []Parameter) ([]Parameter, error) {
	grads, err := p.Gradients()
	if err != nil {
		return nil, err
	}
	if list == nil {
		list = make([]Parameter, len(grads))
		for i, g := range grads {
			list[i] = Parameter{Name: g.Name, Value: g.Param}
		}
	}
	for i := range grads {
		list[i].Grad = grads[i].Grad
	}
	return list, nil
}
