package trainer

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"gorgonia.org/tensor"
)

// plainMuon is a step by the formulas, with matrices as lists of rows.
func plainMuon(w, m, g [][]float64, lr, momentum, decay float64, steps int, nesterov, normalize bool, s float64) {
	rows, cols := len(w), len(w[0])
	x := make([][]float64, rows)
	size := 0.0
	for i := range x {
		x[i] = make([]float64, cols)
		for j := range x[i] {
			m[i][j] = momentum*m[i][j] + (1-momentum)*g[i][j]
			x[i][j] = m[i][j]
			if nesterov {
				x[i][j] = (1-momentum)*g[i][j] + momentum*m[i][j]
			}
			size += x[i][j] * x[i][j]
		}
	}
	size = max(math.Sqrt(size), 1e-7)
	for i := range x {
		for j := range x[i] {
			x[i][j] /= size
		}
	}
	times := func(a, b [][]float64) [][]float64 {
		c := make([][]float64, len(a))
		for i := range c {
			c[i] = make([]float64, len(b[0]))
			for j := range c[i] {
				for k := range b {
					c[i][j] += a[i][k] * b[k][j]
				}
			}
		}
		return c
	}
	for range steps {
		t := make([][]float64, cols)
		for j := range t {
			t[j] = make([]float64, rows)
			for i := range x {
				t[j][i] = x[i][j]
			}
		}
		a := times(x, t)
		cube, fifth := times(a, x), times(times(a, a), x)
		for i := range x {
			for j := range x[i] {
				x[i][j] = 3.4445*x[i][j] - 4.7750*cube[i][j] + 2.0315*fifth[i][j]
			}
		}
	}
	norm := 0.0
	for i := range w {
		norm += length(w[i]) * length(w[i])
	}
	for i := range w {
		for j := range w[i] {
			if normalize {
				w[i][j] *= math.Sqrt(float64(rows) / norm)
			} else {
				w[i][j] *= 1 - lr*decay
			}
			w[i][j] -= lr * s * x[i][j]
		}
	}
}

func folded(x []float64, rows int) [][]float64 {
	cols := len(x) / rows
	out := make([][]float64, rows)
	for i := range out {
		out[i] = append([]float64(nil), x[i*cols:(i+1)*cols]...)
	}
	return out
}

func lookedUp(t *testing.T, kind, config string) Optimizer {
	t.Helper()
	var arguments map[string]json.RawMessage
	if err := json.Unmarshal([]byte(config), &arguments); err != nil {
		t.Fatal(err)
	}
	o, err := LookupOptimizer(kind, arguments)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestMuon(t *testing.T) {
	for _, c := range []struct {
		config           string
		shape            []int
		lr, mom, decay   float64
		steps            int
		nesterov, normal bool
		s                float64
	}{
		{`{}`, []int{4, 6}, 1e-3, 0.95, 0.1, 5, true, false, 1},
		{`{"lr": 0.1, "momentum": 0.5, "nesterov": false, "weight_decay": 0}`, []int{8, 2}, 0.1, 0.5, 0, 5, false, false, 2},
		{`{"lr": 0.1, "adjust_lr_fn": "match_rms_adamw", "ns_steps": 3}`, []int{3, 2, 2, 2}, 0.1, 0.95, 0.1, 3, true, false, 0.2 * math.Sqrt(8)},
		{`{"lr": 0.24, "momentum": 0.6, "ns_steps": 3, "normalize": true, "adjust_lr_fn": "none"}`, []int{20, 2, 3}, 0.24, 0.6, 0, 3, true, true, 1},
	} {
		t.Run(c.config, func(t *testing.T) {
			s, rng := newSolver(t, lookedUp(t, "muon", c.config)), rand.New(rand.NewPCG(3, 4))
			shape := tensor.Shape(c.shape)
			n := shape.TotalSize()
			random := func() []float64 {
				x := make([]float64, n)
				for i := range x {
					x[i] = rng.NormFloat64()
				}
				return x
			}
			start := random()
			single := make([]float32, n)
			for i, v := range start {
				single[i] = float32(v)
			}
			w, m := folded(start, c.shape[0]), folded(make([]float64, n), c.shape[0])
			value := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(start))
			value32 := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(single))
			for range 4 {
				g := random()
				g32 := make([]float32, n)
				for i, v := range g {
					g32[i] = float32(v)
				}
				plainMuon(w, m, folded(g, c.shape[0]), c.lr, c.mom, c.decay, c.steps, c.nesterov, c.normal, c.s)
				if err := s.Update([]Parameter{
					{Name: "double", Value: value, Grad: tensor.New(tensor.WithShape(shape...), tensor.WithBacking(g))},
					{Name: "single", Value: value32, Grad: tensor.New(tensor.WithShape(shape...), tensor.WithBacking(g32))},
				}); err != nil {
					t.Fatal(err)
				}
				cols := len(w[0])
				for i, got := range value.Float64s() {
					if want := w[i/cols][i%cols]; math.Abs(got-want) > 1e-11 || math.Abs(float64(value32.Float32s()[i])-want) > 1e-4 {
						t.Fatalf("element %d is %v, in single precision %v, want %v", i, got, value32.Float32s()[i], want)
					}
				}
			}
		})
	}
}

// After the iteration all singular values lie around 1: for a gradient of rank
// one the step's norm is that one value.
func TestMuonMovesAlike(t *testing.T) {
	for _, size := range []float64{1e-3, 1, 1e6} {
		s, w := newSolver(t, Muon{LR: 1, WeightDecay: -1, AdjustLR: "none"}), tall(make([]float64, 6)...)
		if err := s.Update([]Parameter{{Name: "w", Value: w, Grad: tall(size, 2*size, -size, -2*size, 3*size, 6*size)}}); err != nil {
			t.Fatal(err)
		}
		if n := length(w.Float64s()); n < 0.6 || n > 1.3 {
			t.Errorf("gradient of size %g: a step of norm %v", size, n)
		}
	}
	s, w := newSolver(t, Muon{}), tall(make([]float64, 6)...)
	if err := s.Update([]Parameter{{Name: "w", Value: w, Grad: tall(make([]float64, 6)...)}}); err != nil || length(w.Float64s()) != 0 {
		t.Errorf("no gradient: %v, %v", w, err)
	}
}

// Vectors and excepted matrices are moved by the auxiliary optimizer, at its own
// rate and decay, in proportion to the schedule and the group's factor.
func TestMuonAuxiliary(t *testing.T) {
	s := newSolver(t, lookedUp(t, "muon", `{"lr": 0.1, "except": ["fc.**"], "auxiliary": {"kind": "sgd", "lr": 0.5, "weight_decay": 0.25}}`))
	params := []Parameter{
		{Name: "conv.weight", Value: tall(1.0, 2, 3, 4, 5, 6), Grad: tall(1.0, 0, 0, 1, 0, 0)},
		{Name: "conv.bias", Value: dense(2.0), Grad: dense(1.0)},
		{Name: "fc.weight", Value: tall(2.0, 2, 2, 2, 2, 2), Grad: tall(1.0, 1, 1, 1, 1, 1), LRFactor: 0.5},
	}
	s.SetLR(0.05) // half of the configured rate
	if err := s.Update(params); err != nil {
		t.Fatal(err)
	}
	if got, want := params[1].Value.Float64s()[0], 2-0.25*(1+0.25*2); got != want {
		t.Errorf("bias is %v, want %v", got, want)
	}
	if got, want := params[2].Value.Float64s()[0], 2-0.125*(1+0.25*2); got != want {
		t.Errorf("the head is %v, want %v", got, want)
	}
	state := s.State()
	if len(state.Parameters[0].Tensors) != 1 || len(state.Parameters[2].Tensors) != 0 {
		t.Errorf("state %v", state)
	}
}

func TestMuonRefuses(t *testing.T) {
	for want, o := range map[string]Optimizer{
		"muon: Momentum is 1, want less":                      Muon{Momentum: 1},
		"muon: Steps is 100":                                  Muon{Steps: 100},
		`muon: unknown AdjustLR "orginal"; did you mean "ori`: Muon{AdjustLR: "orginal"},
		"muon: Except[0]: is empty":                           Muon{Except: []string{""}},
		"muon: Auxiliary: sgd: LR is -1":                      Muon{Auxiliary: SGD{LR: -1}},
		"muon: Auxiliary: muon shares the parameters":         Muon{Auxiliary: Muon{}},
	} {
		if _, err := NewSolver(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v", want, err)
		}
	}
	_, err := Fit(t.Context(), blocks.Sequence{blocks.Flatten{}, blocks.As("fc", blocks.Linear{Out: 10})}, synthetic(t), Config{Optimizer: Muon{Except: []string{"fd.*"}}})
	if err == nil || !strings.Contains(err.Error(), `muon: no parameter of the network matches "fd.*"; did you mean "fc.*"`) {
		t.Errorf("err = %v", err)
	}
}
