package drawing

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
)

// Every operation of a training step: text inside of its box, activations by
// name, no setting that is the usual one, losses told from derivatives.
func TestOperations(t *testing.T) {
	net := blocks.Sequence{
		blocks.As("conv", blocks.Conv2D{Out: 4, Kernel: 3, Padding: 1}), blocks.As("act", blocks.Act{Func: activations.ReLU{}}),
		blocks.As("flatten", blocks.Flatten{}), blocks.As("fc", blocks.Linear{Out: 3}),
	}
	p, err := graph.Build(net, graph.NewParams(1), graph.TrainingConfig(2, 3, 8, 8))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, horizontal := range []bool{false, true} {
		s := sound(t, "operations", drawn(t, Operations(p, Options{Horizontal: horizontal}), nil))
		conv, loss, grad := s.find(t, "conv2d"), s.find(t, "cross_entropy"), s.find(t, "cross_entropy_grad")
		if got := conv.words(); got != "conv2d|padding 1, act relu|conv · (2, 4, 8, 8)" {
			t.Errorf("the convolution says %q", got)
		}
		if conv.class != "box conv" || loss.class != "box loss" || grad.class != "box grad" {
			t.Errorf("classes are %q, %q and %q", conv.class, loss.class, grad.class)
		}
		for _, b := range s.boxes {
			for _, bad := range []string{"act=", "dilation 1", "groups 1", "stride 1", "(0,0)"} {
				if strings.Contains(b.words(), bad) {
					t.Errorf("a box says %q", b.words())
				}
			}
		}
	}
}
