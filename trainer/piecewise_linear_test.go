package trainer

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

// The measured runs of CIFAR-10 had their times as numbers of steps; shares give
// the same rates, to the last bit.
func TestPiecewiseLinearIsTwoStraightLines(t *testing.T) {
	for name, lines := range map[string]string{
		"piecewise_0%:0.2_22.9%:1_100%:0.07": "linear_warmup_0.2_to_1_over_121_then_linear_warmup_1_to_0.07_over_407",
		"piecewise_0%:0.5_5%:1_100%:0":       "linear_warmup_0.5_to_1_over_780_then_linear_warmup_1_to_0_over_14820",
	} {
		length := map[bool]int{true: 528, false: 15600}[strings.Contains(name, "22.9")]
		s, err := LookupSchedule(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := LookupSchedule(lines)
		if err != nil {
			t.Fatal(err)
		}
		s, err = over(s, length)
		if err != nil {
			t.Fatal(err)
		}
		for at := range length + 10 {
			if got, want := s.LR(1.5, at), want.LR(1.5, at); got != want {
				t.Fatalf("%s at %d: %v, want %v", name, at, got, want)
			}
		}
		if text := fmt.Sprint(s); text != name {
			t.Errorf("its name is %s, want %s", text, name)
		}
	}
}

func TestPiecewiseLinear(t *testing.T) {
	s := PiecewiseLinear{Points: []RatePoint{{0.25, 1}, {0.5, 3}, {0.501, 2}, {1, 0}}, Length: 8}
	var got []float64
	for at := range 10 {
		got = append(got, s.LR(2, at))
	}
	if want := []float64{2, 2, 2, 4, 4, 3, 2, 1, 0, 0}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, name := range []string{"piecewise", "piecewise_", "piecewise_0:1", "piecewise_5%", "piecewise_5%:", "piecewise_%:1", "piecewise_101%:1", "piecewise_-1%:1",
		"piecewise_5%:-1", "piecewise_5%:nan", "piecewise_5%:1_5%:2", "piecewise_6%:1_5%:2", "piecewise_5%:1%:2", strings.Repeat("piecewise_1%:1", 3)} {
		if s, err := LookupSchedule(name); err == nil {
			t.Errorf("%q is %+v", name, s)
		}
	}
	if err := (PiecewiseLinear{Length: 3}).Check(); err == nil || !strings.Contains(err.Error(), "Points: 0, want 1 to 1000") {
		t.Errorf("no points: %v", err)
	}
	if !math.IsNaN((PiecewiseLinear{Length: 3}).LR(1, 0)) {
		t.Error("a schedule without points has a rate")
	}
}
