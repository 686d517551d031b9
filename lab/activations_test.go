package lab

import "testing"

func TestActivations(t *testing.T) {
	r := tiny(t, "activations")
	at := func(column, act, when string) float64 {
		t.Helper()
		sum, n := 0.0, 0
		table := r.table("shares")
		for i, row := range table.Rows {
			if row[0] == act && row[3] == when {
				one := &Result{Tables: []Table{{Name: "one", Head: table.Head, Rows: table.Rows[i : i+1]}}}
				sum += numbers(t, one, "one", column)[0]
				n++
			}
		}
		if n == 0 {
			t.Fatalf("no rows of %s %s training", act, when)
		}
		return sum / float64(n)
	}
	if relu, leaky := at("slope_zero", "relu", "before"), at("slope_zero", "leaky_relu", "before"); relu < 0.4 || relu > 0.6 || leaky != 0 {
		t.Errorf("slopes of 0 before training: ReLU %g, want half; Leaky ReLU %g, want none", relu, leaky)
	}
	if dead := at("dead_units", "elu", "after"); dead != 0 {
		t.Errorf("%g of ELU's units are dead", dead)
	}
}
