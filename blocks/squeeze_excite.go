package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// SqueezeExcite scales every channel by a weight that follows from all
// channels' means:
//
//	y = x * gate(fc2(act(fc1(mean(x)))))
//
//	Input:  (N, C, H, W)
//	Output: the same
//
// Parts are called pool, fc1 (C/Reduction features), act, fc2 (C features) and
// gate.
//
// Hu, Shen, Albanie, Sun and Wu 2017, Squeeze-and-Excitation Networks,
// arXiv 1709.01507.
type SqueezeExcite struct {
	Reduction int                    // 0 means 16; at least one feature is kept
	Act       activations.Activation // nil means ReLU; activations.Identity{} means none
	Gate      activations.Activation // nil means Sigmoid; activations.Identity{} means none
	Init      graph.Init             // of the weights; nil means Linear's
}

// Build adds the branch and the scaling.
func (e SqueezeExcite) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if err := wantImages("squeeze-excite", x.Shape()); err != nil {
		return nil, err
	}
	reduction, act, gate := e.complete()
	if reduction < 1 {
		return nil, errors.Errorf("squeeze-excite: Reduction = %d, want at least 1", reduction)
	}
	channels := x.Shape()[1]
	parts := appendAct([]Named{
		{"pool", GlobalAvgPool2D{}},
		{"fc1", Linear{Out: times(max(channels/reduction, 1), pieces(act)), Init: e.Init}},
	}, "act", act)
	parts = append(parts, Named{"fc2", Linear{Out: times(channels, pieces(gate)), Init: e.Init}})
	w, err := inOrder(s, x, appendAct(parts, "gate", gate))
	if err != nil {
		return nil, err
	}
	return ops.ScaleChannels(x, w)
}

func (e SqueezeExcite) complete() (reduction int, act, gate activations.Activation) {
	reduction, act, gate = e.Reduction, orReLU(e.Act), e.Gate
	if reduction == 0 {
		reduction = 16
	}
	if gate == nil {
		gate = activations.Sigmoid{}
	}
	return reduction, act, gate
}

// String describes it: "SqueezeExcite by 16".
func (e SqueezeExcite) String() string {
	reduction, act, gate := e.complete()
	w := words{fmt.Sprintf("SqueezeExcite by %d", reduction)}
	w.act(act, activations.ReLU{})
	if gate != (activations.Sigmoid{}) {
		w.add("gate %v", gate)
	}
	return w.String()
}
