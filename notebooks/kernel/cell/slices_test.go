package cell

import (
	"math"
	"reflect"
	"testing"

	"github.com/cosmos72/gomacro/imports"
)

func TestSlices(t *testing.T) {
	call := func(name string, args ...any) any {
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = reflect.ValueOf(a)
		}
		out := imports.Packages["slices"].Binds[name].Call(in)
		if len(out) == 0 {
			return nil
		}
		return out[0].Interface()
	}
	ints, floats, words := []int{3, 1, 2}, []float64{2, math.NaN(), -1}, []string{"b", "a"}
	if call("IsSorted", ints) != false {
		t.Error("3 1 2 is not sorted")
	}
	call("Sort", ints)
	call("Sort", floats)
	call("Sort", words)
	if !reflect.DeepEqual(ints, []int{1, 2, 3}) || !math.IsNaN(floats[0]) || floats[2] != 2 || words[0] != "a" {
		t.Errorf("sorted: %v %v %v", ints, floats, words)
	}
	call("SortFunc", ints, func(a, b int) int { return b - a })
	if !reflect.DeepEqual(ints, []int{3, 2, 1}) {
		t.Errorf("downwards: %v", ints)
	}
	call("Reverse", ints)
	if call("Index", ints, 2) != 1 || call("Index", ints, 9) != -1 || call("Contains", words, "b") != true {
		t.Error("index")
	}
	if call("Index", []float32{1, 2}, 2.0) != 1 {
		t.Error("a constant of another type")
	}
	if call("IndexFunc", ints, func(x int) bool { return x > 1 }) != 1 || call("ContainsFunc", ints, func(x int) bool { return x > 3 }) != false {
		t.Error("index by function")
	}
	if call("Equal", ints, []int{1, 2, 3}) != true || call("Equal", ints, []int{1, 2}) != false {
		t.Error("equal")
	}
	for name, args := range map[string][]any{
		"Sort": {7}, "SortFunc": {ints, func(a int) int { return a }}, "IndexFunc": {ints, 1}, "IsSorted": {[]bool{true, false}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s%v must fail", name, args)
				}
			}()
			call(name, args...)
		}()
	}
}
