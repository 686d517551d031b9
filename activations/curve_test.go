package activations

import (
	"fmt"
	"strings"
	"testing"
)

func TestCurve(t *testing.T) {
	xs := []float64{-2, 0, 0.5}
	for _, c := range []struct {
		a    Activation
		want string
	}{
		{ReLU{}, "[0 0 0.5] [0 0 1] <nil>"},
		{LeakyReLU{0.5}, "[-1 0 0.5] [0.5 0.5 1] <nil>"},
		{PReLU{}, "[-0.5 0 0.5] [0.25 0.25 1] <nil>"},
		{PReLU{Channelwise: true, Start: 0.5}, "[-1 0 0.5] [0.5 0.5 1] <nil>"},
		{Identity{}, "[-2 0 0.5] [1 1 1] <nil>"},
		{nil, "[-2 0 0.5] [1 1 1] <nil>"},
		{Step{}, "[0 0 1] [] <nil>"},
		{twice{}, "[-4 0 1] [2 2 2] <nil>"},
		{CELU{-1}, "[] [] celu: alpha is -1, want more than 0"},
		{Maxout{2}, "[] [] maxout:2: has no curve, each value depends on 2 inputs"},
	} {
		if got := fmt.Sprint(Curve(c.a, xs)); got != c.want {
			t.Errorf("%v: got %s, want %s", c.a, got, c.want)
		}
	}
	if xs[0] != -2 || xs[2] != 0.5 {
		t.Errorf("the points were changed: %v", xs)
	}
	if ys, dys, err := Curve(ReLU{}, nil); ys != nil || dys != nil || err != nil {
		t.Errorf("no points: %v %v %v", ys, dys, err)
	}
}

func TestCurveOfEveryName(t *testing.T) {
	for _, name := range Names() {
		a, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		ys, dys, err := Curve(a, []float64{-3, -1, 0, 1, 3})
		switch {
		case strings.HasPrefix(name, "maxout"):
			if err == nil {
				t.Error("maxout has a curve")
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case len(ys) != 5 || (len(dys) != 5 && a != (Step{})):
			t.Errorf("%s: %v %v", name, ys, dys)
		}
	}
}
