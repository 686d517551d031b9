package ops

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Each image is whole or nothing, in the mode of batches all of them alike; the
// gradient is scaled as the image is; a step brings its mask back.
func TestStochasticDepth(t *testing.T) {
	const n, c = 40, 6
	for _, batch := range []bool{false, true} {
		g := gorgonia.NewGraph()
		x := optest.Node[float64](g, optest.Data("x", ones(n*c), n, 2, c/2))
		y, err := StochasticDepth(x, StochasticDepthConfig{P: 0.25, Batch: batch, Seed: 5})
		if err != nil {
			t.Fatal(err)
		}
		grads, err := gorgonia.Grad(gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Square(y)))), x)
		if err != nil {
			t.Fatal(err)
		}
		var value, gradient gorgonia.Value
		gorgonia.Read(y, &value)
		gorgonia.Read(grads[0], &gradient)
		stepper, ok := op.Of(op.Of(y).Inputs()[1]).Operation().(op.Stepper)
		if !ok {
			t.Fatal("the mask has no steps")
		}
		vm := gorgonia.NewTapeMachine(g)
		defer vm.Close()
		run := func() (mask string) {
			vm.Reset()
			if err := vm.RunAll(); err != nil {
				t.Fatal(err)
			}
			data, dx := value.(*tensor.Dense).Float64s(), gradient.(*tensor.Dense).Float64s()
			for i := range n {
				keep := data[i*c]
				if keep != 0 && keep != 1/0.75 {
					t.Fatalf("factor %v", keep)
				}
				for j := range c {
					if v := data[i*c+j]; v != keep || dx[i*c+j] != 2*keep*keep {
						t.Fatalf("image %d: %v and gradient %v beside %v", i, v, dx[i*c+j], keep)
					}
				}
				mask += map[bool]string{true: "1", false: "0"}[keep != 0]
			}
			return mask
		}
		masks, dropped := map[string]bool{}, 0
		first := run()
		for range 100 {
			m := run()
			masks[m] = true
			zeros := strings.Count(m, "0")
			dropped += zeros
			if batch && zeros != 0 && zeros != n {
				t.Fatalf("mask %s of a batch", m)
			}
		}
		if share := float64(dropped) / (100 * n); share < 0.15 || share > 0.35 {
			t.Errorf("batch %v: %v of the images dropped, want 0.25", batch, share)
		}
		if !batch && len(masks) < 100 {
			t.Errorf("%d masks in 100 runs", len(masks))
		}
		stepper.SetStep(0)
		if again := run(); again != first {
			t.Error("SetStep(0) does not bring back the first mask")
		}
	}
}

func TestStochasticDepthRefuses(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithShape(3), gorgonia.WithName("x"))
	if y, err := StochasticDepth(x, StochasticDepthConfig{}); err != nil || y != x {
		t.Errorf("P 0: %v, %v; want x", y, err)
	}
	for _, p := range []float64{-0.1, 1} {
		if _, err := StochasticDepth(x, StochasticDepthConfig{P: p}); err == nil || !strings.Contains(err.Error(), "stochastic depth: P = ") {
			t.Errorf("P %v: err = %v", p, err)
		}
	}
	scalar := gorgonia.NewScalar(g, tensor.Float32, gorgonia.WithName("s"))
	if _, err := StochasticDepth(scalar, StochasticDepthConfig{P: 0.5}); err == nil {
		t.Error("a scalar has no images")
	}
}
