package main

import "testing"

func TestTrapezoid(t *testing.T) {
	s := Trapezoid{Length: 59}
	var got []float64
	for _, at := range []int{0, 2, 5, 30, 39, 49, 58, 70} {
		got = append(got, s.LR(2, at))
	}
	near(t, "rates", got, []float64{2. / 6, 1, 2, 2, 2, 1, 0.1, 0}, 1e-12)
	filled, err := Trapezoid{}.Over(9)
	if err != nil || filled != (Trapezoid{Length: 9}) {
		t.Errorf("over 9 steps: %v, %v", filled, err)
	}
	if (Trapezoid{}).Check() == nil {
		t.Error("no error without a length")
	}
}
