package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// runBlock runs a block once on float32 inputs and returns its output.
func runBlock(t *testing.T, b Block, cfg Config, x []float32) []float32 {
	t.Helper()
	p, err := Build(b, NewParams(1), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	y, err := p.Run(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	return append([]float32(nil), y.Float32s()...)
}

// A sum whose first operand comes back as its third was written over that
// operand and then read the sum in its place.
func TestRepeatedOperandIsNotWrittenOver(t *testing.T) {
	net := BlockFunc(func(_ *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := activations.Sigmoid{}.Apply(x)
		if err != nil {
			return nil, err
		}
		z, err := activations.Tanh{}.Apply(y)
		if err != nil {
			return nil, err
		}
		return ops.Add(y, z, y)
	})
	got := runBlock(t, net, InferenceConfig(1, 2), []float32{0, 1})
	for i, x := range []float64{0, 1} {
		y := 1 / (1 + math.Exp(-x))
		if want := 2*y + math.Tanh(y); math.Abs(float64(got[i])-want) > 1e-6 {
			t.Errorf("output %d is %v, want %v", i, got[i], want)
		}
	}
}

// operations that may write over an operand, with as many operands as are given.
var overwriting = map[string]func(in gorgonia.Nodes) (*gorgonia.Node, error){
	"add": func(in gorgonia.Nodes) (*gorgonia.Node, error) { return ops.Add(in...) },
	"add_act": func(in gorgonia.Nodes) (*gorgonia.Node, error) {
		act := ops.SiLU
		return ops.AddAct(in[0], in[len(in)-1], act)
	},
	"mul": func(in gorgonia.Nodes) (*gorgonia.Node, error) { return ops.Mul(in[0], in[len(in)-1]) },
	"concat of sums": func(in gorgonia.Nodes) (*gorgonia.Node, error) {
		y, err := ops.Add(in...)
		if err != nil {
			return nil, err
		}
		return ops.Concat(append(gorgonia.Nodes{y}, in...)...)
	},
}

// Every pattern in which a few values fill the operands of an operation, at 2
// to 10 operands: inputs, values that die here, values that are read again,
// reshaped values and taps, shared memory against memory of their own.
func TestOperandPatternsSharedEqualUnshared(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, apply := range overwriting {
		for terms := 2; terms <= 10; terms++ {
			for range 12 {
				pick := make([]int, terms)
				for i := range pick {
					pick[i] = rng.IntN(5)
				}
				net := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
					w, err := s.Param("w", tensor.Shape{2, 3, 2, 2}, Uniform(1))
					if err != nil {
						return nil, err
					}
					values := gorgonia.Nodes{x}
					for _, a := range []activations.Activation{activations.Tanh{}, activations.Sigmoid{}, activations.Softsign{}} {
						y, err := ops.Mul(values[len(values)-1], w)
						if err == nil {
							y, err = a.Apply(y)
						}
						if err != nil {
							return nil, err
						}
						values = append(values, y)
					}
					flat, err := ops.Flatten(values[2])
					if err == nil {
						flat, err = ops.Reshape(flat, 2, 3, 2, 2)
					}
					if err != nil {
						return nil, err
					}
					values = append(values, flat)
					s.Tap("middle", values[1])
					in := make(gorgonia.Nodes, terms)
					for i, k := range pick {
						in[i] = values[k]
					}
					y, err := apply(in)
					if err != nil {
						return nil, err
					}
					// A branch of its own, so that the loss depends on x and w
					// whatever was picked.
					side, err := ops.Mul(x, w)
					if err == nil {
						side, err = activations.Softplus{}.Apply(side)
					}
					if err == nil {
						y, err = ops.Concat(y, side)
					}
					if err != nil {
						return nil, err
					}
					return ops.Flatten(y)
				})
				for _, training := range []bool{false, true} {
					for _, taps := range []bool{false, true} {
						label := fmt.Sprintf("%s of %v, training %v, taps %v", name, pick, training, taps)
						compareSharing(t, label, net, training, taps)
					}
				}
			}
		}
	}
}

// compareSharing holds a network's output, taps and gradients with shared
// memory to those with memory of their own, bit for bit.
func compareSharing(t *testing.T, label string, net Block, training, taps bool) {
	t.Helper()
	x := make([]float32, 2*3*2*2)
	for i := range x {
		x[i] = float32(math.Sin(float64(i + 1)))
	}
	var results [2][]float32
	for k, unshared := range []bool{false, true} {
		cfg := InferenceConfig(2, 3, 2, 2)
		if training {
			cfg = TrainingConfig(2, 3, 2, 2)
			cfg.InputGradient = true
		}
		cfg.NoSharing, cfg.Taps = unshared, taps
		p, err := Build(net, NewParams(3), cfg)
		if err != nil {
			t.Fatalf("%s: %v", label, err)
		}
		defer p.Close()
		if training {
			loss, err := p.Step(t.Context(), x, Labels([]int{1, 0}))
			if err != nil {
				t.Fatalf("%s: %v", label, err)
			}
			results[k] = append(results[k], float32(loss))
			grads, err := p.Gradients()
			if err != nil {
				t.Fatalf("%s: %v", label, err)
			}
			for _, g := range grads {
				results[k] = append(results[k], g.Grad.Float32s()...)
			}
			g, err := p.InputGradient()
			if err != nil {
				t.Fatalf("%s: %v", label, err)
			}
			results[k] = append(results[k], g.Float32s()...)
		} else if _, err := p.Run(t.Context(), x); err != nil {
			t.Fatalf("%s: %v", label, err)
		}
		y, err := p.Logits()
		if err != nil {
			t.Fatalf("%s: %v", label, err)
		}
		results[k] = append(results[k], y.Float32s()...)
		if taps {
			tap, err := p.Tap("middle")
			if err != nil {
				t.Fatalf("%s: %v", label, err)
			}
			results[k] = append(results[k], tap.Float32s()...)
		}
	}
	for i, want := range results[1] {
		if got := results[0][i]; got != want {
			t.Errorf("%s: value %d is %v with shared memory, %v with memory of its own", label, i, got, want)
			return
		}
	}
}
