package trainer

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func dense[T float32 | float64](x ...T) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))
}

func all() []Optimizer {
	return []Optimizer{
		SGD{},
		SGD{LR: 0.1, Momentum: 0.9, WeightDecay: 0.1},
		Adam{AMSGrad: true},
		AdamW{},
		RMSprop{Centered: true, Momentum: 0.5},
		Adagrad{InitialAccumulator: 0.1},
		LARS{LR: 0.1, Momentum: 0.9, AlwaysAdapt: true},
		LAMB{AlwaysAdapt: true},
		Muon{},
	}
}

func newSolver(t testing.TB, o Optimizer) *Solver {
	t.Helper()
	s, err := NewSolver(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The options that the references don't have, by formulas written out for a
// single element.
func TestOptions(t *testing.T) {
	type memo struct{ a, b, c, t float64 }
	for _, c := range []struct {
		kind, config string
		step         func(m *memo, w, g float64) float64
	}{
		{"sgd", `{"lr": 0.1, "momentum": 0.8, "dampening": 0.25, "weight_decay": 0.2}`, func(m *memo, w, g float64) float64 {
			g += 0.2 * w
			if m.t == 1 {
				m.a = g
			} else {
				m.a = 0.8*m.a + 0.75*g
			}
			return w - 0.1*m.a
		}},
		{"sgd", `{"lr": 0.1, "maximize": true, "weight_decay": 0.2}`, func(m *memo, w, g float64) float64 {
			return w - 0.1*(0.2*w-g)
		}},
		{"adam", `{"lr": 0.1, "betas": [0.5, 0.6], "eps": 0.01, "amsgrad": true}`, func(m *memo, w, g float64) float64 {
			m.a = 0.5*m.a + 0.5*g
			m.b = 0.6*m.b + 0.4*g*g
			m.c = math.Max(m.c, m.b)
			return w - 0.1/(1-math.Pow(0.5, m.t))*m.a/(math.Sqrt(m.c)/math.Sqrt(1-math.Pow(0.6, m.t))+0.01)
		}},
		{"adamw", `{"lr": 0.1, "weight_decay": 0, "eps": 0}`, func(m *memo, w, g float64) float64 {
			m.a = 0.9*m.a + 0.1*g
			m.b = 0.999*m.b + 0.001*g*g
			return w - 0.1*(m.a/(1-math.Pow(0.9, m.t)))/math.Sqrt(m.b/(1-math.Pow(0.999, m.t)))
		}},
		{"adamw", `{}`, func(m *memo, w, g float64) float64 {
			w *= 1 - 1e-3*1e-2
			m.a = 0.9*m.a + 0.1*g
			m.b = 0.999*m.b + 0.001*g*g
			return w - 1e-3*(m.a/(1-math.Pow(0.9, m.t)))/(math.Sqrt(m.b/(1-math.Pow(0.999, m.t)))+1e-8)
		}},
		{"rmsprop", `{"lr": 0.1, "alpha": 0.5, "eps": 0.1, "centered": true, "momentum": 0.4, "weight_decay": 0.2}`, func(m *memo, w, g float64) float64 {
			g += 0.2 * w
			m.a = 0.5*m.a + 0.5*g*g
			m.b = 0.5*m.b + 0.5*g
			m.c = 0.4*m.c + g/(math.Sqrt(m.a-m.b*m.b)+0.1)
			return w - 0.1*m.c
		}},
		{"adagrad", `{"lr": 0.1, "lr_decay": 0.5, "initial_accumulator_value": 0.3, "weight_decay": 0.2}`, func(m *memo, w, g float64) float64 {
			if m.t == 1 {
				m.a = 0.3
			}
			g += 0.2 * w
			m.a += g * g
			return w - 0.1/(1+(m.t-1)*0.5)*g/(math.Sqrt(m.a)+1e-10)
		}},
	} {
		t.Run(c.kind+c.config, func(t *testing.T) {
			var config map[string]json.RawMessage
			if err := json.Unmarshal([]byte(c.config), &config); err != nil {
				t.Fatal(err)
			}
			o, err := LookupOptimizer(c.kind, config)
			if err != nil {
				t.Fatal(err)
			}
			s := newSolver(t, o)
			rng := rand.New(rand.NewPCG(1, 2))
			w, g, want, m := dense(0.7), dense(0.0), 0.7, memo{}
			for range 6 {
				g.Float64s()[0] = rng.Float64() - 0.5
				m.t++
				want = c.step(&m, want, g.Float64s()[0])
				if err := s.Update([]Parameter{{Name: "w", Value: w, Grad: g}}); err != nil {
					t.Fatal(err)
				}
				if got := w.Float64s()[0]; math.Abs(got-want) > 1e-12*math.Abs(want) {
					t.Fatalf("step %v: w = %v, want %v", m.t, got, want)
				}
			}
		})
	}
}

func TestLookupOptimizer(t *testing.T) {
	for name, want := range map[string]Optimizer{"SGD": SGD{}, "AdamW": AdamW{}, "RMSProp": RMSprop{}, "ada-grad": Adagrad{}} {
		if o, err := LookupOptimizer(name, nil); err != nil || o != want {
			t.Errorf("%s: %#v, %v", name, o, err)
		}
	}
	for want, c := range map[string]struct{ kind, arguments string }{
		`unknown optimizer "sgdx"; did you mean "sgd"`:             {"sgdx", `{}`},
		`unknown sgd argument "momentun"; did you mean "momentum"`: {"SGD", `{"momentun": 1}`},
		`argument "lr" is 0: want a number of more than 0`:         {"sgd", `{"lr": 0}`},
		`argument "lr" is -1`:                                      {"adam", `{"lr": -1}`},
		`argument "lr" is "fast"`:                                  {"adam", `{"lr": "fast"}`},
		`argument "eps" is -1e-8`:                                  {"adam", `{"eps": -1e-8}`},
		`sgd: WeightDecay is -1`:                                   {"sgd", `{"weight_decay": -1}`},
		`"betas" is [0.9,0.99,0.999]: want a list of 2`:            {"adam", `{"betas": [0.9,0.99,0.999]}`},
		`adam: Betas[0] is 1.5`:                                    {"adam", `{"betas": [1.5, 0.9]}`},
	} {
		var config map[string]json.RawMessage
		if err := json.Unmarshal([]byte(c.arguments), &config); err != nil {
			t.Fatal(err)
		}
		if _, err := LookupOptimizer(c.kind, config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v", want, err)
		}
	}
	if _, err := LookupOptimizer("sgd", map[string]json.RawMessage{"lr": nil}); err == nil || !strings.Contains(err.Error(), `"lr" is empty`) {
		t.Errorf("err = %v", err)
	}
	if o, err := LookupOptimizer("adam", map[string]json.RawMessage{"lr": []byte("null"), "eps": []byte("0")}); err != nil || o != (Adam{Eps: -1}) {
		t.Errorf("%#v, %v", o, err)
	}
}

func TestZeroRateStaysZero(t *testing.T) {
	for _, optimizer := range all() {
		o, w := newSolver(t, optimizer), dense(1.0, 2)
		o.SetLR(0)
		if err := o.Update([]Parameter{{Name: "w", Value: w, Grad: dense(1.0, 1)}}); err != nil {
			t.Fatal(err)
		}
		if x := w.Float64s(); x[0] != 1 || x[1] != 2 || o.LearningRate() != 0 || o.BaseLR() == 0 {
			t.Errorf("%T: w = %v, rate %v of %v", optimizer, x, o.LearningRate(), o.BaseLR())
		}
	}
}

func TestOwnRates(t *testing.T) {
	for _, c := range []struct{ lr, decay, want float64 }{
		{0, 0, 2 - 1*(1+0.5*2)},
		{0, -1, 2 - 1*1},
		{0, 0.25, 2 - 1*(1+0.25*2)},
		{0.5, 0, 2 - 0.5*(1+0.5*2)},
		{-1, 0, 2},
	} {
		s, w := newSolver(t, SGD{LR: 1, WeightDecay: 0.5}), dense(2.0)
		if err := s.Update([]Parameter{{Name: "w", Value: w, Grad: dense(1.0), LR: c.lr, WeightDecay: c.decay}}); err != nil {
			t.Fatal(err)
		}
		if got := w.Float64s()[0]; got != c.want {
			t.Errorf("rate %v, decay %v: w = %v, want %v", c.lr, c.decay, got, c.want)
		}
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	for name, bad := range map[string]Parameter{
		"name twice": {Name: "w", Value: dense(1.0), Grad: dense(1.0)},
		"shape":      {Name: "b", Value: dense(1.0, 2), Grad: dense(1.0)},
		"dtype":      {Name: "b", Value: dense(1.0), Grad: dense(float32(1))},
		"ints":       {Name: "b", Value: tensor.New(tensor.WithBacking([]int{1})), Grad: dense(1.0)},
		"no value":   {Name: "b", Grad: dense(1.0)},
	} {
		o, w := newSolver(t, SGD{LR: 1}), dense(1.0)
		err := o.Update([]Parameter{{Name: "w", Value: w, Grad: dense(1.0)}, bad})
		if err == nil || !strings.Contains(err.Error(), bad.Name) {
			t.Errorf("%s: err = %v", name, err)
		}
		if w.Float64s()[0] != 1 {
			t.Errorf("%s: a parameter changed", name)
		}
	}
	o := newSolver(t, SGD{})
	for i, w := range []*tensor.Dense{dense(1.0), dense(1.0, 2), dense(1.0)} {
		if err := o.Update([]Parameter{{Name: "w", Value: w, Grad: w}}); (err == nil) != (i == 0) {
			t.Errorf("tensor %d: err = %v", i, err)
		}
	}
}

// Saving after three steps and going on elsewhere gives the same bits.
func TestStateRoundTrip(t *testing.T) {
	run := func(o *Solver, w *tensor.Dense, from, to int) {
		for i := from; i < to; i++ {
			g := w.Clone().(*tensor.Dense)
			for k := range g.Float32s() {
				g.Float32s()[k] += float32(i)
			}
			if err := o.Update([]Parameter{{Name: "w", Value: w, Grad: g}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, o := range all() {
		straight, w := newSolver(t, o), dense[float32](1, -2, 3)
		straight.SetLR(0.05)
		run(straight, w, 0, 6)

		first, second, v := newSolver(t, o), newSolver(t, o), dense[float32](1, -2, 3)
		first.SetLR(0.05)
		run(first, v, 0, 3)
		state := first.State()
		kept := v.Clone().(*tensor.Dense)
		run(first, v, 3, 5) // the state must be a copy
		v = kept
		if err := second.SetState(state); err != nil {
			t.Fatal(err)
		}
		run(second, v, 3, 6)
		for i, x := range v.Float32s() {
			if x != w.Float32s()[i] {
				t.Errorf("%T: w = %v, want %v", o, v, w)
			}
		}
	}
	if err := newSolver(t, SGD{}).SetState(newSolver(t, Adam{}).State()); err == nil {
		t.Error("Adam's state fits SGD")
	}
	adam := newSolver(t, Adam{})
	run(adam, dense[float32](1), 0, 1)
	if err := newSolver(t, Adam{AMSGrad: true}).SetState(adam.State()); err == nil {
		t.Error("a missing tensor was not seen")
	}
}

// A step's allocations must not grow with the parameters.
func TestUpdateAllocations(t *testing.T) {
	var params []Parameter
	for i := range 50 {
		params = append(params, Parameter{Name: string(rune('A' + i)), Value: dense(make([]float32, 1000*i+1)...), Grad: dense(make([]float32, 1000*i+1)...)})
	}
	for _, optimizer := range all() {
		o := newSolver(t, optimizer)
		if n := testing.AllocsPerRun(5, func() {
			if err := o.Update(params); err != nil {
				t.Fatal(err)
			}
		}); n > 4 {
			t.Errorf("%T: %v allocations a step", optimizer, n)
		}
	}
}

// Step trains a bare Gorgonia graph: fit y = 3x + 1, the intercept a scalar.
func TestSolver(t *testing.T) {
	for _, optimizer := range []Optimizer{SGD{LR: 0.2, Momentum: 0.5}, Adam{LR: 0.1}, AdamW{LR: 0.1, WeightDecay: -1}, RMSprop{LR: 0.05}, Adagrad{LR: 1}} {
		o := newSolver(t, optimizer)
		g := gorgonia.NewGraph()
		x := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithShape(4), gorgonia.WithName("x"), gorgonia.WithValue(dense(-1.0, 0, 1, 2)))
		y := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithShape(4), gorgonia.WithName("y"), gorgonia.WithValue(dense(-2.0, 1, 4, 7)))
		w := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("w"), gorgonia.WithValue(0.0))
		b := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("b"), gorgonia.WithValue(0.5))
		loss := gorgonia.Must(gorgonia.Mean(gorgonia.Must(gorgonia.Square(gorgonia.Must(gorgonia.Sub(
			gorgonia.Must(gorgonia.Add(gorgonia.Must(gorgonia.Mul(x, w)), b)), y))))))
		if _, err := gorgonia.Grad(loss, w, b); err != nil {
			t.Fatal(err)
		}
		vm := gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(w, b))
		for range 200 {
			if err := vm.RunAll(); err != nil {
				t.Fatal(err)
			}
			if err := o.Step(gorgonia.NodesToValueGrads(gorgonia.Nodes{w, b})); err != nil {
				t.Fatal(err)
			}
			vm.Reset()
		}
		if gw, gb := w.Value().Data().(float64), b.Value().Data().(float64); math.Abs(gw-3) > 0.1 || math.Abs(gb-1) > 0.1 {
			t.Errorf("%T: w = %v, b = %v; want 3 and 1", optimizer, gw, gb)
		}
		if n := len(o.State().Parameters); n != 2 {
			t.Errorf("%d parameters are remembered, want 2", n)
		}
		_ = vm.Close()
	}
}

func TestClipGradNorm(t *testing.T) {
	shared := dense(float32(3))
	params := []Parameter{{Name: "a", Grad: shared}, {Name: "b", Grad: shared}, {Name: "c", Grad: dense(1.0, -1)}, {Name: "d"}}
	norm, err := ClipGradNorm(params, 2)
	if err != nil || math.Abs(norm-math.Sqrt(20)) > 1e-9 {
		t.Fatalf("norm = %v, %v", norm, err)
	}
	if norm, _ = ClipGradNorm(params, 0); math.Abs(norm-2) > 1e-5 {
		t.Errorf("norm after clipping = %v, want 2", norm)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		bad := []Parameter{{Name: "a", Grad: dense(1.0)}, {Name: "b", Grad: dense(v)}}
		if norm, err := ClipGradNorm(bad, 1); err != nil || norm == norm && !math.IsInf(norm, 1) || bad[0].Grad.Float64s()[0] != 1 {
			t.Errorf("norm %v, %v, gradient %v", norm, err, bad[0].Grad)
		}
		if err := badGradient(bad, 1); !strings.Contains(err.Error(), "the gradient of b") {
			t.Error(err)
		}
	}
}
