package graph

import (
	"testing"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Dropout's mask is made from x but is a constant for the derivative.
func TestGradientsPassByConstantInputs(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithShape(2, 3), gorgonia.WithName("x"))
	y, err := ops.Dropout(x, ops.DropoutConfig{P: 0.5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	labels := gorgonia.NewVector(g, tensor.Int, gorgonia.WithShape(2), gorgonia.WithName("labels"))
	loss, err := ops.CrossEntropy(y, labels, ops.CrossEntropyConfig{})
	if err != nil {
		t.Fatal(err)
	}
	grads, err := Gradients(loss, x)
	if err != nil {
		t.Fatal(err)
	}
	if !grads[0].Shape().Eq(x.Shape()) {
		t.Errorf("gradient has shape %v, want %v", grads[0].Shape(), x.Shape())
	}
	if _, err := Gradients(loss, labels); err == nil {
		t.Error("the labels have a gradient")
	}
}
