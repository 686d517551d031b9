package trainer

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"
)

// tall is a matrix of 3 rows and 2 columns.
func tall[T float32 | float64](x ...T) *tensor.Dense {
	return tensor.New(tensor.WithShape(3, 2), tensor.WithBacking(x))
}

func length(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// LARS and LAMB against their formulas written out over whole vectors, on a
// matrix, which they adapt to, and on a vector, which they don't.
func TestLargeBatchOptimizers(t *testing.T) {
	type memo struct{ a, b [6]float64 }
	lars := func(clip, nesterov bool) func(*memo, []float64, []float64, float64, bool) {
		return func(m *memo, w, g []float64, step float64, adapt bool) {
			r := 1.0
			if adapt {
				if length(g) > 0 {
					r = 0.02 * length(w) / (length(g) + 0.1*length(w) + 1e-8)
				}
				if clip {
					r = math.Min(r/0.3, 1)
				}
			}
			for i := range w {
				d := r * (g[i] + 0.1*w[i])
				if m.a[i] = 0.8*m.a[i] + d; nesterov {
					d += 0.8 * m.a[i]
				} else {
					d = m.a[i]
				}
				w[i] -= 0.3 * d
			}
		}
	}
	lamb := func(clip bool) func(*memo, []float64, []float64, float64, bool) {
		return func(m *memo, w, g []float64, step float64, adapt bool) {
			u := make([]float64, len(w))
			for i := range w {
				m.a[i] = 0.8*m.a[i] + 0.2*g[i]
				m.b[i] = 0.9*m.b[i] + 0.1*g[i]*g[i]
				u[i] = m.a[i]/(1-math.Pow(0.8, step))/(math.Sqrt(m.b[i]/(1-math.Pow(0.9, step)))+1e-6) + 0.1*w[i]
			}
			r := 1.0
			if adapt && length(u) > 0 && length(w) > 0 {
				r = length(w) / length(u)
			}
			if clip && adapt {
				r = math.Min(r, 1)
			}
			for i := range w {
				w[i] -= 0.3 * r * u[i]
			}
		}
	}
	for _, c := range []struct {
		kind, config string
		always       bool
		step         func(*memo, []float64, []float64, float64, bool)
	}{
		{"lars", `{"lr": 0.3, "momentum": 0.8, "weight_decay": 0.1, "trust_coeff": 0.02}`, false, lars(false, false)},
		{"lars", `{"lr": 0.3, "momentum": 0.8, "weight_decay": 0.1, "trust_coeff": 0.02, "nesterov": true, "trust_clip": true, "always_adapt": true}`, true, lars(true, true)},
		{"lamb", `{"lr": 0.3, "betas": [0.8, 0.9], "weight_decay": 0.1}`, false, lamb(false)},
		{"lamb", `{"lr": 0.3, "betas": [0.8, 0.9], "weight_decay": 0.1, "trust_clip": true, "always_adapt": true}`, true, lamb(true)},
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
			s, rng := newSolver(t, o), rand.New(rand.NewPCG(1, 2))
			start := []float64{0.7, -1, 0.3, 2, -0.2, 0.1}
			wants := [2][]float64{append([]float64(nil), start...), append([]float64(nil), start...)}
			params := []Parameter{
				{Name: "w", Value: tall(append([]float64(nil), start...)...), Grad: tall(make([]float64, 6)...)},
				{Name: "b", Value: dense(append([]float64(nil), start...)...), Grad: dense(make([]float64, 6)...)},
			}
			var memos [2]memo
			for step := range 5 {
				for k, p := range params {
					g := p.Grad.Float64s()
					for i := range g {
						if g[i] = rng.Float64() - 0.5; step == 3 {
							g[i] = 0
						}
					}
					c.step(&memos[k], wants[k], g, float64(step+1), k == 0 || c.always)
				}
				if err := s.Update(params); err != nil {
					t.Fatal(err)
				}
				for k, p := range params {
					for i, got := range p.Value.Float64s() {
						if want := wants[k][i]; math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
							t.Fatalf("step %d, %s: w = %v, want %v", step+1, p.Name, p.Value.Float64s(), wants[k])
						}
					}
				}
			}
		})
	}
}
