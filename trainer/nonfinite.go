package trainer

import (
	"context"
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
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
