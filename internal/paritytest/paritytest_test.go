package paritytest

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

func TestUnitValues(t *testing.T) {
	want := []float64{0.09781831502914429, 0.6523603796958923, 0.20362424850463867, 0.2744446396827698}
	for i, w := range want {
		if got := U("input", i); got != w {
			t.Errorf("U(input, %d) = %v, want %v", i, got, w)
		}
	}
}

func TestTensorRules(t *testing.T) {
	w, err := Tensor("layer1.0.conv1.weight", 2, 3, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := Signed(U("layer1.0.conv1.weight", 23)) * math.Sqrt(0.5); w[23] != want {
		t.Errorf("weight[23] = %v, want %v", w[23], want)
	}
	for _, name := range []string{"bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"} {
		if x, err := Tensor(name, 4); err != nil || len(x) != 4 {
			t.Errorf("%s: %v, %v", name, x, err)
		}
	}
	if _, err := Tensor("bn.slope", 4); err == nil {
		t.Error("a name without a rule was filled")
	}
}

func TestCheckSeesErrors(t *testing.T) {
	x := Uniform("x", 5000, Signed)
	want := Summarize(x, 8)
	if err := Check(x, want, Exact64); err != nil {
		t.Fatal(err)
	}
	if err := Check(Float32(x), want, Loose32(0)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		spoil func(x []float64)
	}{
		{"one element in the middle", func(x []float64) { x[2500] += 1e-4 }},
		{"two swapped at the front", func(x []float64) { x[0], x[1] = x[1], x[0] }},
		{"scaled", func(x []float64) {
			for i := range x {
				x[i] *= 1 + 1e-8
			}
		}},
		{"NaN", func(x []float64) { x[4999] = math.NaN() }},
		{"infinite", func(x []float64) { x[4999] = math.Inf(-1) }},
		{"zero", func(x []float64) { clear(x) }},
		{"one sign", func(x []float64) { x[4000] = -x[4000] }},
	} {
		y := append([]float64(nil), x...)
		c.spoil(y)
		if Check(y, want, Exact64) == nil {
			t.Errorf("%s: not seen", c.name)
		}
	}
	if Check(x[:4], want, Exact64) == nil {
		t.Error("a short tensor was not seen")
	}
	if CheckElements([]float64{1, math.NaN()}, []float64{1, 2}, Exact64) == nil {
		t.Error("NaN element was not seen")
	}
}

func TestFilesLoad(t *testing.T) {
	t.Setenv("PARITY_DIR", "")
	ops := LoadOps(t)
	if len(ops) == 0 || len(ops[0].Cases) < 100 || len(ops[0].Activations) < 20 {
		t.Errorf("operations are missing")
	}
	for _, c := range ops[0].Cases {
		if len(c.Float64.Briefs) == 0 || c.Case.Op == "" {
			t.Errorf("%s is empty", c.Name)
		}
	}
	for _, m := range LoadModels(t) {
		n := 0
		for _, p := range m.Tensors {
			if p.Learnable {
				k := 1
				for _, d := range p.Shape {
					k *= d
				}
				n += k
			}
			small := make([]int, len(p.Shape))
			for i := range small {
				small[i] = 1
			}
			if _, err := Tensor(p.Name, small...); err != nil {
				t.Error(err)
			}
		}
		if n != m.ParameterCount || len(m.Float64.Train.Grads) == 0 || m.Deviation.LogitsL2 == 0 || len(m.Float64.Eval.Children) == 0 {
			t.Errorf("%s: %d parameters, want %d", m.Model, n, m.ParameterCount)
		}
	}
	if o := LoadOptimizers(t); len(o[0].Float64) != 9 || len(o[0].Float64["sgd"].W.First) != 33 {
		t.Error("optimizers are missing")
	}
	if s := LoadSchedules(t); len(s[0].LRAtStep) == 0 || s[0].BaseLR != 0.4 {
		t.Error("schedules are missing")
	}
}

func TestParityDirAddsFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PARITY_DIR", "")
	own := Files(t, "schedules")
	for name, text := range map[string]string{
		"more.json":  `{"kind": "schedules", "base_lr": 1, "lr_at_step": {"exponential_0.5": [1, 0.5]}}`,
		"other.json": `{"kind": "something else"}`,
		"same.json":  string(own[0].Data),
		"notes.txt":  "not JSON",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PARITY_DIR", dir)
	s := LoadSchedules(t)
	if len(s) != len(own)+1 || s[len(s)-1].File != "PARITY_DIR.more" || s[len(s)-1].BaseLR != 1 {
		t.Errorf("got %d files, want %d", len(s), len(own)+1)
	}
}

func TestUnknownAttributeIsRefused(t *testing.T) {
	var o Op
	if err := o.UnmarshalJSON([]byte(`{"op": "conv2d", "padding_mode": "reflect"}`)); err == nil {
		t.Error("an unknown attribute was ignored")
	}
	if err := o.UnmarshalJSON([]byte(`{"op": "max_pool2d", "kernel": 3}`)); err != nil || o.Stride != (Pair{3, 3}) {
		t.Errorf("stride = %v, %v; want the kernel's size", o.Stride, err)
	}
}
