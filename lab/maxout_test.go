package lab

import "testing"

func TestMaxout(t *testing.T) {
	r := tiny(t, "maxout")
	two, eight := numbers(t, r, "learned", "error", "square", "1", "2"), numbers(t, r, "learned", "error", "square", "1", "8")
	if meanOf(eight) >= meanOf(two) {
		t.Errorf("a parabola of 8 pieces is %v off, of 2 %v", eight, two)
	}
	if abs := numbers(t, r, "learned", "error", "abs", "1", "2"); meanOf(abs) > 0.2 {
		t.Errorf("two pieces are %v off |x|", abs)
	}
	unused := func(net string) float64 { return meanOf(numbers(t, r, "used", "unused_filters", net)) }
	if unused("maxout") > unused("rectified maxout") {
		t.Errorf("unused filters: maxout %g, rectified %g", unused("maxout"), unused("rectified maxout"))
	}
}
