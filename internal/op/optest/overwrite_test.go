package optest

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// backwards adds x to y read from its end: its result may lie on x, but not on
// y, whatever it says.
type backwards struct{ over int }

func (backwards) Name() string       { return "backwards" }
func (backwards) Attributes() string { return "" }
func (backwards) Shape(in []tensor.Shape) (tensor.Shape, error) {
	return in[0].Clone(), nil
}
func (backwards) Float32(a op.Args[float32]) error { return addBackwards(a) }
func (backwards) Float64(a op.Args[float64]) error { return addBackwards(a) }
func (b backwards) Overwrites() []int              { return []int{b.over} }

func addBackwards[T kernel.Float](a op.Args[T]) error {
	for i := range a.Out {
		a.Out[i] = a.In[0][i] + a.In[1][len(a.Out)-1-i]
	}
	return nil
}

func TestOverwritesFindsALie(t *testing.T) {
	run := func(over int) ([]string, error) {
		return Overwrites[float32](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return op.Apply(backwards{over}, in...)
		}, Fixed(X("x", 5)), Fixed(X("y", 5)))
	}
	if names, err := run(0); err != nil || len(names) != 1 {
		t.Errorf("over x: %v, %v", names, err)
	}
	if _, err := run(1); err == nil || !strings.Contains(err.Error(), "backwards over operand 1") {
		t.Errorf("over y: error %v", err)
	}
}
