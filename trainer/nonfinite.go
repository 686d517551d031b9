package trainer

import (
	"context"
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/tensor"
)

// NonFiniteError stops a run whose loss is no number any more. Where is the
// first place, in the order of computation, with a NaN or an infinity: a
// parameter, the input, or a layer with its operation.
type NonFiniteError struct {
	Epoch, Step int // from 1; 0 outside training
	Loss        float64
	LR          float64
	Where       string
}

// Error tells where and what to try.
func (e *NonFiniteError) Error() string {
	at, hint := "evaluation", ""
	if e.Epoch > 0 {
		at = fmt.Sprintf("epoch %d, step %d", e.Epoch, e.Step)
		hint = fmt.Sprintf(" (learning rate %.4g: try a smaller one)", e.LR)
	}
	return fmt.Sprintf("%s: the loss is %v; the first value that is not finite is in %s%s", at, e.Loss, e.Where, hint)
}

// checkParameters finds a parameter or buffer that is not finite after an epoch.
func (f *fit) checkParameters(e Epoch) error {
	all := f.cfg.Params.All()
	bad := make([]bool, len(all))
	kernel.ForEach(len(all), func(i int) { bad[i] = !finite(all[i].Value) })
	if i := slices.Index(bad, true); i >= 0 {
		return f.placed(&NonFiniteError{Loss: e.TrainLoss, Where: "parameter " + all[i].Name + ", after the update"}, e.Epoch-1, e.Steps)
	}
	return nil
}

// badGradient names the first gradient that is not finite, or all of them when
// only their norm overflows.
func badGradient(parameters []Parameter, loss float64) error {
	for _, p := range parameters {
		if !finite(p.Grad) {
			return &NonFiniteError{Loss: loss, Where: "the gradient of " + p.Name}
		}
	}
	return &NonFiniteError{Loss: loss, Where: "the norm of all gradients"}
}

// finite tells whether no element is NaN or infinite: x-x is 0 for all others.
func finite(t *tensor.Dense) bool {
	x32, x64, err := elements(t)
	if err != nil {
		return true
	}
	return allFinite(x32) && allFinite(x64)
}

func allFinite[T float32 | float64](x []T) bool {
	var sum T
	for _, v := range x {
		sum += v - v
	}
	return sum == 0
}

// nonFinite makes the error for a program whose last run gave that loss.
func nonFinite(ctx context.Context, p *graph.Program, loss float64) error {
	where, err := p.FirstNonFinite(ctx)
	if err != nil {
		return errors.WithMessagef(err, "the loss is %v", loss)
	}
	if where == "" {
		where = "the loss"
	}
	return &NonFiniteError{Loss: loss, Where: where}
}
