package trainer

import (
	"math"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// formula is an optimizer of float32 without settings or state.
type formula func(p Piece[float32])

func (f formula) Rule() (Rule, error) { return Rule{Kind: "formula", LR: 0.5, Float32: f}, nil }

// ruled is an optimizer of that rule.
type ruled struct {
	rule Rule
	err  error
}

func (r ruled) Rule() (Rule, error) { return r.rule, r.err }

type panicking struct{}

func (panicking) Rule() (Rule, error) { panic("boom") }

func TestNewSolverRefuses(t *testing.T) {
	nan := math.NaN()
	keep := func(Piece[float32]) {}
	for want, o := range map[string]Optimizer{
		"optimizer: is nil (<nil>)":          nil,
		"optimizer: is nil (*trainer.AdamW)": (*AdamW)(nil),
		"sgd: LR is NaN":                     SGD{LR: nan},
		"sgd: LR is -0.1, want at least 0":   SGD{LR: -0.1},
		"sgd: Momentum is +Inf":              SGD{Momentum: math.Inf(1)},
		"sgd: WeightDecay is -1":             SGD{WeightDecay: -1},
		"adam: Betas[1] is 1, want less":     Adam{Betas: [2]float64{0.9, 1}},
		"adam: Betas[0] is -0.5":             Adam{Betas: [2]float64{-0.5, 0.9}},
		"adam: WeightDecay is NaN":           Adam{WeightDecay: nan},
		"adamw: WeightDecay is NaN":          AdamW{WeightDecay: nan},
		"adamw: Eps is -Inf":                 AdamW{Eps: math.Inf(-1)},
		"rmsprop: Alpha is NaN":              RMSprop{Alpha: nan},
		"adagrad: LRDecay is -1":             Adagrad{LRDecay: -1},
		"lars: TrustCoefficient is NaN":      LARS{TrustCoefficient: nan},
		"lamb: Betas[1] is 1, want less":     LAMB{Betas: [2]float64{0.9, 1}},
		"lamb: WeightDecay is +Inf":          LAMB{WeightDecay: math.Inf(1)},
		"Rule.Kind is empty":                 ruled{},
		"x: Rule.LR is 0":                    ruled{rule: Rule{Kind: "x", Float32: keep}},
		"x: Rule.LR is NaN":                  ruled{rule: Rule{Kind: "x", LR: nan, Float32: keep}},
		"Rule.Float32 and Rule.Float64 are":  ruled{rule: Rule{Kind: "x", LR: 1}},
		"Rule.State lists 5":                 ruled{rule: Rule{Kind: "x", LR: 1, Float32: keep, State: make([]StateTensor, 5)}},
		`Rule.State[1] is named "a"`:         ruled{rule: Rule{Kind: "x", LR: 1, Float32: keep, State: []StateTensor{{Name: "a"}, {Name: "a"}}}},
		"optimizer panicked: boom":           panicking{},
	} {
		if _, err := NewSolver(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v", want, err)
		}
	}
}

func TestSolverRefuses(t *testing.T) {
	good := []Parameter{{Name: "w", Value: dense(1.0), Grad: dense(1.0)}}
	var none *Solver
	for name, s := range map[string]*Solver{"nil": none, "zero": {}} {
		for _, err := range []error{s.Update(good), s.Step(nil), s.SetState(State{})} {
			if err == nil || !strings.Contains(err.Error(), "NewSolver") {
				t.Errorf("%s: err = %v", name, err)
			}
		}
	}
	s := newSolver(t, SGD{})
	if err := s.Update(nil); err == nil || !strings.Contains(err.Error(), "sgd: there are no parameters") {
		t.Errorf("no parameters: %v", err)
	}
	var node *gorgonia.Node
	for _, model := range [][]gorgonia.ValueGrad{nil, {nil}, {node}, {gorgonia.NewScalar(gorgonia.NewGraph(), gorgonia.Float64)}} {
		if err := s.Step(model); err == nil || !strings.HasPrefix(err.Error(), "sgd: ") {
			t.Errorf("%v: %v", model, err)
		}
	}
	var grad *tensor.Dense
	if err := s.Update([]Parameter{{Name: "w", Value: grad, Grad: dense(1.0)}}); err == nil {
		t.Error("a nil value")
	}
}

// No rate that is negative or not finite reaches a parameter, by whatever way it
// came.
func TestSolverRefusesRates(t *testing.T) {
	for _, o := range all() {
		for name, c := range map[string]struct {
			set, lr, decay float64
		}{
			"NaN":            {math.NaN(), 0, 0},
			"infinite":       {math.Inf(1), 0, 0},
			"negative":       {-1, 0, 0},
			"own NaN":        {1, math.NaN(), 0},
			"own infinite":   {1, math.Inf(1), 0},
			"beyond float32": {1e39, 0, 0},
			"decay":          {1, 0, math.NaN()},
			"large decay":    {1, 0, 1e39},
		} {
			s, w := newSolver(t, o), dense[float32](1, 2)
			s.SetLR(c.set)
			err := s.Update([]Parameter{{Name: "w", Value: w, Grad: dense[float32](1, 1), LR: c.lr, WeightDecay: c.decay}})
			if x := w.Float32s(); err == nil || x[0] != 1 || x[1] != 2 {
				t.Errorf("%T, %s: err = %v, w = %v", o, name, err, x)
			}
		}
	}
}

func TestSolverOwnFormula(t *testing.T) {
	// The rate is the configured one though nobody set it.
	plain := formula(func(p Piece[float32]) {
		for i := range p.W {
			p.W[i] -= float32(p.LR) * p.G[i]
		}
	})
	s, w := newSolver(t, plain), dense[float32](1, 2)
	if err := s.Update([]Parameter{{Name: "w", Value: w, Grad: dense[float32](2, 4)}}); err != nil || w.Float32s()[1] != 0 {
		t.Errorf("%v, %v", w, err)
	}
	if err := s.Update([]Parameter{{Name: "v", Value: dense(1.0), Grad: dense(1.0)}}); err == nil || !strings.Contains(err.Error(), "parameter v is of float64") {
		t.Errorf("err = %v", err)
	}

	bad := newSolver(t, formula(func(p Piece[float32]) { _ = p.G[len(p.W)] }))
	n := 3 * pieceSize
	if err := bad.Update([]Parameter{{Name: "w", Value: dense(make([]float32, n)...), Grad: dense(make([]float32, n)...)}}); err == nil ||
		!strings.Contains(err.Error(), "formula: the formula panicked on w: runtime error: index out of range") {
		t.Errorf("err = %v", err)
	}
}

func TestWholeParameters(t *testing.T) {
	for _, whole := range []bool{false, true} {
		most := 0
		rule := Rule{Kind: "sizes", LR: 1, Whole: whole, Float32: func(p Piece[float32]) {
			if len(p.Shape) != 2 || p.Shape[1] != 7 {
				t.Errorf("shape %v", p.Shape)
			}
			if p.W[0] = 0; len(p.W) == 7*pieceSize {
				most = len(p.W)
			}
		}}
		x := func() *tensor.Dense {
			return tensor.New(tensor.WithShape(pieceSize, 7), tensor.WithBacking(make([]float32, 7*pieceSize)))
		}
		if err := newSolver(t, ruled{rule: rule}).Update([]Parameter{{Name: "w", Value: x(), Grad: x()}}); err != nil {
			t.Fatal(err)
		}
		if (most > 0) != whole {
			t.Errorf("whole %v: a piece has %d elements", whole, most)
		}
	}
}

// A state without tensors still counts the updates.
func TestStateWithoutTensors(t *testing.T) {
	var last int
	count := formula(func(p Piece[float32]) { last = p.Update })
	a, b, w := newSolver(t, count), newSolver(t, count), []Parameter{{Name: "w", Value: dense[float32](1), Grad: dense[float32](1)}}
	for range 3 {
		if err := a.Update(w); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.SetState(a.State()); err != nil {
		t.Fatal(err)
	}
	if err := b.Update(w); err != nil || last != 4 {
		t.Errorf("update %d, %v", last, err)
	}
	if st := b.State(); len(st.Parameters) != 1 || st.Parameters[0].Updates != 4 {
		t.Errorf("%+v", st)
	}
}

func TestSetStateRefuses(t *testing.T) {
	s := newSolver(t, SGD{Momentum: 0.9})
	one := map[string]*tensor.Dense{"momentum_buffer": dense(1.0)}
	for want, st := range map[string]State{
		`of "adam"`:                   {Optimizer: "adam"},
		"learning rate is NaN":        {Optimizer: "sgd", LR: math.NaN()},
		"-1 updates":                  {Optimizer: "sgd", Parameters: []ParameterState{{Name: "w", Updates: -1, Tensors: one}}},
		`no tensor "momentum_buffer"`: {Optimizer: "sgd", Parameters: []ParameterState{{Name: "w"}}},
		`two parameters named "w"`:    {Optimizer: "sgd", Parameters: []ParameterState{{Name: "w", Tensors: one}, {Name: "w", Tensors: one}}},
	} {
		if err := s.SetState(st); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v", want, err)
		}
		if s.LearningRate() != 1e-3 || len(s.State().Parameters) != 0 {
			t.Errorf("%s: the solver has changed", want)
		}
	}
}
