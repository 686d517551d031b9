package lab

import (
	"context"
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
)

// stack is a network of hidden layers of one width and a classifier: fc1,
// act1, fc2, act2, ..., out.
type stack struct {
	hidden, width, classes int
	act                    activations.Activation
	init                   graph.Init             // nil: the default
	probes                 bool                   // see probe
	then                   activations.Activation // after act; nil: none
	inputDrop, drop        float64                // dropout before the first layer and after each hidden one
}

// block is the stack as a network.
func (k stack) block() blocks.Sequence {
	var net blocks.Sequence
	if k.inputDrop > 0 {
		net = append(net, blocks.As("drop0", blocks.Dropout{P: k.inputDrop}))
	}
	for i := 1; i <= k.hidden; i++ {
		wide := k.width
		if k.act != nil {
			wide *= k.act.InputsPerOutput()
		}
		linear := blocks.Linear{Out: wide, Init: k.init}
		if k.init != nil {
			linear.BiasInit = graph.Zeros
		}
		net = append(net, blocks.As(fmt.Sprintf("fc%d", i), linear))
		if k.act != nil {
			net = append(net, blocks.As(fmt.Sprintf("act%d", i), blocks.Act{Func: k.act}))
		}
		if k.then != nil {
			net = append(net, blocks.As(fmt.Sprintf("then%d", i), blocks.Act{Func: k.then}))
		}
		if k.drop > 0 {
			net = append(net, blocks.As(fmt.Sprintf("drop%d", i), blocks.Dropout{P: k.drop}))
		}
		if k.probes {
			net = append(net, blocks.As(fmt.Sprintf("probe%d", i), probe{}))
		}
	}
	return append(net, blocks.As("out", blocks.Linear{Out: k.classes}))
}

// fit trains a network; where the loss becomes infinite or NaN it hands back
// what there is and says so, because that is a result, too.
func fit(ctx context.Context, net graph.Block, data trainer.Data, cfg trainer.Config) (run *trainer.Run, diverged bool, err error) {
	run, err = trainer.Fit(ctx, net, data, cfg)
	var bad *trainer.NonFiniteError
	if run != nil && errors.As(err, &bad) {
		return run, true, nil
	}
	return run, false, err
}

// last is the last epoch of a run that was evaluated.
func last(run *trainer.Run) trainer.Epoch {
	for i := len(run.History) - 1; i >= 0; i-- {
		if run.History[i].Evaluated {
			return run.History[i]
		}
	}
	return trainer.Epoch{}
}
