package lab

import "testing"

func TestShattered(t *testing.T) {
	r := tiny(t, "shattered")
	at := func(network, depth string) float64 {
		return meanOf(numbers(t, r, "depth", "correlation", network, depth))
	}
	if one, plain, residual := at("plain", "1"), at("plain", "24"), at("residual", "50"); !(plain < residual && residual < one) {
		t.Errorf("correlation of gradients: one layer %g, plain 24 %g, residual 50 %g", one, plain, residual)
	}
}
