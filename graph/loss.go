package graph

import (
	"sync"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// Loss builds the scalar that training minimises from a head's output and a
// target. A value of an own type is a loss as good as those here; LossFunc makes
// one of a function.
type Loss interface {
	// TargetKind says which kind of target the loss compares with.
	TargetKind() TargetKind
	// Build adds the loss to the graph of its inputs. The target is of type
	// tensor.Int and shape (N) for ClassLabels, otherwise of the output's type
	// and shape. The result is a scalar.
	Build(output, target *gorgonia.Node) (*gorgonia.Node, error)
}

// LossFunc makes a function a Loss.
type LossFunc struct {
	Kind TargetKind
	Func func(output, target *gorgonia.Node) (*gorgonia.Node, error)
}

var _ Loss = LossFunc{}

// TargetKind is Kind.
func (l LossFunc) TargetKind() TargetKind { return l.Kind }

// Build calls Func.
func (l LossFunc) Build(output, target *gorgonia.Node) (*gorgonia.Node, error) {
	if l.Func == nil {
		return nil, errors.New("LossFunc.Func is nil")
	}
	return l.Func(output, target)
}

// kindOfLoss asks the loss for the kind of target it wants.
func kindOfLoss(l Loss) (kind TargetKind, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.WithMessagef(panicked(r), "%T", l)
		}
	}()
	if isNil(l) {
		return 0, errors.Errorf("Config.Loss is a nil %T", l)
	}
	return l.TargetKind(), nil
}

// lossBuild has losses build one after the other: Gorgonia's Rectify, of which
// losses of one's own are made, counts up a variable of its package. What it
// counts only groups nodes in Gorgonia's drawings.
var lossBuild sync.Mutex

// buildLoss has the loss build itself and holds it to what it should return.
func buildLoss(l Loss, output, target *gorgonia.Node) (n *gorgonia.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = nil, errors.WithMessagef(panicked(r), "%T", l)
		}
	}()
	lossBuild.Lock()
	defer lossBuild.Unlock()
	n, err = l.Build(output, target)
	switch {
	case err != nil:
		return nil, err
	case n == nil:
		return nil, errors.Errorf("%T returned neither a node nor an error", l)
	case n.Graph() != output.Graph():
		return nil, errors.Errorf("%T returned a node of another graph", l)
	case n.Dims() != 0:
		return nil, errors.Errorf("%T returned a node of shape %v, want a scalar", l, n.Shape())
	case n.Dtype() != output.Dtype():
		return nil, errors.Errorf("%T returned a node of %v, want %v", l, n.Dtype(), output.Dtype())
	}
	return n, nil
}
