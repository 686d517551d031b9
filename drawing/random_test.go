package drawing

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// randomStructure is a network of blocks in blocks whose operations read any
// earlier ones, which blocks of one's own may do.
func randomStructure(rng *rand.Rand) *graph.Structure {
	s := &graph.Structure{}
	shape := tensor.Shape{1, 4, 8, 8}
	s.Operations = append(s.Operations, graph.Operation{Name: "input", Layer: -1, Shape: shape})
	types := []string{"ops.conv2D", "ops.batchNorm", "ops.activate", "ops.add", "ops.concat", "my.thing"}
	add := func(layer, inputs int) {
		op := graph.Operation{Name: "op", Attributes: "op{stride=1x1}", Type: types[rng.IntN(len(types))], Layer: layer, Shape: shape}
		n := len(s.Operations)
		for range inputs {
			op.Inputs = append(op.Inputs, max(0, n-1-rng.IntN(4)))
		}
		s.Operations = append(s.Operations, op)
	}
	var block func(path string, depth int)
	block = func(path string, depth int) {
		i := len(s.Layers)
		kinds := []string{"Sequence", "Residual 4", "Custom of a rather long name, stride 2"}
		s.Layers = append(s.Layers, graph.Layer{Path: path, Name: path[len(path)-1:], Kind: kinds[rng.IntN(3)], Depth: depth, Leaf: true, In: shape, Out: shape})
		for k := range 1 + rng.IntN(3) {
			if depth < 3 && rng.IntN(3) > 0 {
				s.Layers[i].Leaf = false
				block(fmt.Sprint(path, ".", k), depth+1)
			}
			if !s.Layers[i].Leaf || k == 0 {
				add(i, 1+rng.IntN(2))
			}
		}
	}
	for k := range 1 + rng.IntN(5) {
		block(fmt.Sprint("layer.", k), 0)
		add(-1, 1+rng.IntN(3))
	}
	s.Heads = []graph.Head{{Name: "main", Operation: len(s.Operations) - 1, Weight: 0.5, Loss: graph.MeanSquared{}}}
	return s
}

// Whatever blocks wire together: the picture is one, its text stands free and
// inside of its boxes, its lines lead from something to something.
func TestRandomStructures(t *testing.T) {
	for seed := range uint64(20) {
		s := randomStructure(rand.New(rand.NewPCG(seed, 1)))
		for _, o := range []Options{{}, {Depth: All, Horizontal: seed%2 == 0}, {Depth: 1 + int(seed%3)}, {ToScale: true}} {
			name := fmt.Sprintf("seed %d, %+v", seed, o)
			svg := drawn(t, byBlock(s, o), nil)
			if o.ToScale {
				readBack(t, svg)
				continue
			}
			sound(t, name, svg)
			if t.Failed() {
				return
			}
		}
	}
}
