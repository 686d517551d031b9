package graph

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/stheno-ml/stheno/ops"
)

// chain applies operations one after the other.
func chain(x *G.Node, fs ...func(*G.Node) (*G.Node, error)) (*G.Node, error) {
	for _, f := range fs {
		var err error
		if x, err = f(x); err != nil {
			return nil, err
		}
	}
	return x, nil
}

func transpose(x *G.Node) (*G.Node, error) { return G.Transpose(x, 1, 0) }

// Operations of Gorgonia's between ours, and on parameters, change neither what
// is read again nor what the program hands out, run after run.
func TestGorgoniasOperationsWriteOverNothing(t *testing.T) {
	net := BlockFunc(func(s *Scope, x *G.Node) (*G.Node, error) { // x is (2, 3)
		w, err := s.Param("w", tensor.Shape{2, 3}, Uniform(1))
		if err != nil {
			return nil, err
		}
		y, err := ops.Mul(x, w) // ours, read by Gorgonia's alone
		if err != nil {
			return nil, err
		}
		y, err = chain(y, transpose, G.Tanh, transpose)
		if err != nil {
			return nil, err
		}
		flat, err := chain(w, func(w *G.Node) (*G.Node, error) { return G.Reshape(w, tensor.Shape{6}) }, G.Abs,
			func(w *G.Node) (*G.Node, error) { return G.Reshape(w, tensor.Shape{2, 3}) })
		if err != nil {
			return nil, err
		}
		return ops.Add(y, flat, w)
	})
	cfg := TrainingConfig(2, 3)
	cfg.Loss = LossFunc{RealValues, func(output, target *G.Node) (*G.Node, error) {
		d, err := G.Sub(output, target)
		if err != nil {
			return nil, err
		}
		return chain(d, G.Square, func(n *G.Node) (*G.Node, error) { return G.Sum(n) })
	}}
	params := NewParams(1, WithDtype(tensor.Float64))
	p := mustBuild(t, net, params, cfg)
	w := params.Get("w").Value.Float64s()
	start := append([]float64(nil), w...)
	x, want := []float32{1, -2, 3, 0.5, -1, 2}, []float32{0, 1, -1, 2, 0, 0}
	for run := range 3 {
		loss, err := p.Step(t.Context(), x, Values(want))
		if err != nil {
			t.Fatal(err)
		}
		y, err := p.Logits()
		if err != nil {
			t.Fatal(err)
		}
		grads, err := p.Gradients()
		if err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for i, v := range start {
			if w[i] != v {
				t.Fatalf("run %d: parameter %d is %v, was %v", run, i, w[i], v)
			}
			th := math.Tanh(float64(x[i]) * v)
			wantY := th + math.Abs(v) + v
			d := wantY - float64(want[i])
			total += d * d
			if got := y.Float64s()[i]; math.Abs(got-wantY) > 1e-12 {
				t.Errorf("run %d: output %d is %v, want %v", run, i, got, wantY)
			}
			wantG := 2 * d * (float64(x[i])*(1-th*th) + math.Copysign(1, v) + 1)
			if got := grads[0].Grad.Float64s()[i]; math.Abs(got-wantG) > 1e-12 {
				t.Errorf("run %d: gradient %d is %v, want %v", run, i, got, wantG)
			}
		}
		if math.Abs(loss-total) > 1e-12 {
			t.Errorf("run %d: loss is %v, want %v", run, loss, total)
		}
	}
}
