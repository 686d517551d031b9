package blocks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// bare makes operations on Gorgonia's nodes, with the parameters' names that
// blocks would give them, and remembers the first error.
type bare struct {
	s   *graph.Scope
	err error
}

func (b *bare) node(n *gorgonia.Node, err error) *gorgonia.Node {
	if b.err == nil {
		b.err = err
	}
	return n
}

func (b *bare) conv(name string, x *gorgonia.Node, out, kernel int, bias bool) *gorgonia.Node {
	if b.err != nil {
		return nil
	}
	s := b.s.In(name)
	w := b.node(s.Param("weight", tensor.Shape{out, x.Shape()[1], kernel, kernel}, graph.HeNormal))
	var c *gorgonia.Node
	if bias {
		c = b.node(s.Param("bias", tensor.Shape{out}, graph.Zeros))
	}
	return b.node(ops.Conv2D(x, w, c, ops.Conv2DConfig{Padding: [2]int{kernel / 2, kernel / 2}, Fast: !s.ExactConvolutions()}))
}

func (b *bare) norm(name string, x *gorgonia.Node) *gorgonia.Node {
	if b.err != nil {
		return nil
	}
	s, shape := b.s.In(name), tensor.Shape{x.Shape()[1]}
	n := ops.BatchNormNodes{Weight: b.node(s.Param("weight", shape, graph.Ones)), Bias: b.node(s.Param("bias", shape, graph.Zeros))}
	n.Mean, n.Variance = b.node(s.Buffer("running_mean", shape, graph.Zeros)), b.node(s.Buffer("running_var", shape, graph.Ones))
	if b.err != nil {
		return nil
	}
	if !s.Training() {
		return b.node(ops.BatchNormInference(x, n, ops.BatchNormConfig{}))
	}
	y, mean, variance, err := ops.BatchNormTraining(x, n.Weight, n.Bias, ops.BatchNormConfig{})
	b.node(y, err)
	count := float64(x.Shape().TotalSize() / x.Shape()[1])
	for _, u := range []struct {
		name           string
		running, batch *gorgonia.Node
		factor         float64
	}{{"running_mean", n.Mean, mean, 1}, {"running_var", n.Variance, variance, count / (count - 1)}} {
		next := b.node(ops.BatchNormRunning(u.running, u.batch, 0.1, u.factor))
		if b.err == nil {
			b.err = s.Update(u.name, next)
		}
	}
	return y
}

func (b *bare) relu(x *gorgonia.Node) *gorgonia.Node { return b.node(ops.Activate(x, ops.ReLU)) }

// A network of bare operations compiles to the same operations as the same
// network made of blocks, in inference and in training.
func TestBareOperationsCompileAsBlocks(t *testing.T) {
	ofBlocks := blocks.Sequence{
		blocks.As("stem", blocks.ConvNorm{Out: 16, Kernel: 3, Padding: blocks.Same}),
		blocks.As("unit", blocks.Residual{Out: 16}),
		blocks.As("module", blocks.Inception{Out1: 8, Reduce3: 8, Out3: 16, Reduce5: 4, Out5: 8, OutPool: 8}),
		blocks.GlobalAvgPool2D{},
		blocks.As("fc", blocks.Linear{Out: 10}),
		blocks.Act{Func: activations.Tanh{}},
	}
	ofOperations := graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		b := &bare{s: s}
		x = b.relu(b.norm("stem.bn", b.conv("stem.conv", x, 16, 3, false)))
		y := b.relu(b.norm("unit.bn1", b.conv("unit.conv1", x, 16, 3, false)))
		y = b.norm("unit.bn2", b.conv("unit.conv2", y, 16, 3, false))
		x = b.relu(b.node(ops.Add(y, x)))
		branches := []*gorgonia.Node{
			b.relu(b.conv("module.branch1", x, 8, 1, true)),
			b.relu(b.conv("module.branch2", b.relu(b.conv("module.branch2_reduce", x, 8, 1, true)), 16, 3, true)),
			b.relu(b.conv("module.branch3", b.relu(b.conv("module.branch3_reduce", x, 4, 1, true)), 8, 5, true)),
		}
		pool := b.node(ops.MaxPool2D(x, ops.MaxPool2DConfig{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Padding: [2]int{1, 1}}))
		branches = append(branches, b.relu(b.conv("module.branch4", pool, 8, 1, true)))
		x = b.node(ops.GlobalAvgPool2D(b.node(ops.Concat(branches...))))
		if b.err != nil {
			return nil, b.err
		}
		fc := s.In("fc")
		w, c := b.node(fc.Param("weight", tensor.Shape{10, x.Shape()[1]}, graph.HeNormal)), b.node(fc.Param("bias", tensor.Shape{10}, graph.Zeros))
		x = b.node(ops.Linear(x, w, c, ops.LinearConfig{}))
		x = b.node(ops.Activate(x, ops.Tanh))
		return x, b.err
	})
	for _, training := range []bool{false, true} {
		for _, without := range append([]string{""}, graph.Passes()...) {
			explain := func(net graph.Block) string {
				cfg := graph.InferenceConfig(4, 3, 16, 16)
				if training {
					cfg = graph.TrainingConfig(4, 3, 16, 16)
				}
				if without != "" {
					cfg.Without = []string{without}
				}
				e := build(t, net, graph.NewParams(1), cfg).Explain()
				var lines []string
				for _, o := range append(e.Prepared, e.Operations...) {
					lines = append(lines, fmt.Sprintln(o.Op, o.Algorithm, o.Layout, o.Shape, o.MACs))
				}
				return sortLines(lines)
			}
			if got, want := explain(ofOperations), explain(ofBlocks); got != want {
				t.Errorf("training %v, without %q: bare operations compile to\n%s\nblocks to\n%s", training, without, got, want)
			}
		}
	}
}

// sortLines forgets the order, which the tape chooses.
func sortLines(lines []string) string {
	for i := range lines {
		for j := i; j > 0 && lines[j] < lines[j-1]; j-- {
			lines[j], lines[j-1] = lines[j-1], lines[j]
		}
	}
	return strings.Join(lines, "")
}
