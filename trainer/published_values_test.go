package trainer

import (
	"math"
	"testing"

	"gorgonia.org/tensor"
)

// Three steps from w[k] = sin(1.1k + 0.5) with gradients g[k] = cos(0.7k + 1.3t)
// in double precision. Muon's numbers are torch.optim.Muon's of PyTorch 2.15 with
// double precision in bfloat16's place, those of LARS and LAMB are timm 1.0.31's
// Lars and Lamb, this one with max_grad_norm=None.
func TestPublishedOptimizers(t *testing.T) {
	for _, c := range []struct {
		kind, config string
		shape        []int
		want         []float64
	}{
		{"muon", `{"lr": 0.1}`, []int{3, 4}, []float64{
			0.4590018006279644, 1.0363127603924915, 0.5224836884495101, -0.4952165666663828, -0.8934322060180382, -0.25083345777251864,
			0.6785041219306904, 0.8484307647085599, 0.014176057082135395, -0.9078891070134537, -0.9029497590678632, 0.05543714093718952}},
		{"muon", `{"lr": 0.1, "momentum": 0.6, "nesterov": false, "weight_decay": 0.02, "ns_steps": 3, "adjust_lr_fn": "match_rms_adamw"}`, []int{4, 2}, []float64{
			0.4246146256321217, 1.022354220335278, 0.43221308327536856, -0.5588297361585247, -0.9221166538492749, -0.28972779467912224,
			0.7357220605496593, 0.8816588481913042}},
		{"muon", `{"lr": 0.1, "weight_decay": 0}`, []int{4, 2}, []float64{
			0.2926294737866961, 1.1080493904302375, 0.47661156668653787, -0.4450073133192931, -0.778921009633771, -0.33117305364784105,
			0.7489247237735923, 0.7562858114100406}},
		{"muon", `{"lr": 0.1, "adjust_lr_fn": "spectral_unclamped"}`, []int{2, 4}, []float64{
			0.47027017508482843, 1.0291303390875621, 0.5002284763509157, -0.522077595561379, -0.863710678218241, -0.19691564548332405,
			0.731259829100601, 0.8752125333465383}},
		{"lars", `{"lr": 0.5, "momentum": 0.9, "weight_decay": 0.1, "nesterov": true, "trust_coeff": 0.02}`, []int{3, 2}, []float64{
			0.4542761037393748, 0.9974144653036119, 0.45355082407147923, -0.5678165586440287, -0.9439012093935355, -0.26873559156857935}},
		{"lars", `{"lr": 0.5, "momentum": 0.9, "weight_decay": 0.1, "trust_coeff": 0.02, "trust_clip": true}`, []int{3, 2}, []float64{
			0.4346601521225606, 0.9874882434764559, 0.4596810896764074, -0.5477868362616104, -0.920431883419592, -0.2545338641540127}},
		{"lamb", `{"lr": 0.1, "weight_decay": 0.05}`, []int{3, 2}, []float64{
			0.32825343945056557, 0.9448848126746244, 0.49536676826450715, -0.36850665455378256, -0.7869815479613803, -0.1786594525272638}},
		{"lamb", `{"lr": 0.1, "weight_decay": 0.05, "betas": [0.8, 0.95], "eps": 1e-3, "trust_clip": true}`, []int{3, 2}, []float64{
			0.3409021673851642, 0.9511934859572941, 0.48819371832850633, -0.38602803030350813, -0.8027761060567287, -0.18797645495133464}},
	} {
		s := newSolver(t, lookedUp(t, c.kind, c.config))
		n := len(c.want)
		w, g := make([]float64, n), make([]float64, n)
		for k := range w {
			w[k] = math.Sin(1.1*float64(k) + 0.5)
		}
		shaped := func(x []float64) *tensor.Dense {
			return tensor.New(tensor.WithShape(c.shape...), tensor.WithBacking(x))
		}
		p := []Parameter{{Name: "w", Value: shaped(w), Grad: shaped(g)}}
		for step := range 3 {
			for k := range g {
				g[k] = math.Cos(0.7*float64(k) + 1.3*float64(step))
			}
			if err := s.Update(p); err != nil {
				t.Fatal(err)
			}
		}
		for k, want := range c.want {
			if math.Abs(w[k]-want) > 1e-11 {
				t.Errorf("%s %s: w[%d] = %v, want %v", c.kind, c.config, k, w[k], want)
			}
		}
	}
}
