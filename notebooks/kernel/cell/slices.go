package cell

import (
	"reflect"
	"sort"

	"github.com/cosmos72/gomacro/imports"
	"github.com/pkg/errors"
)

// The package slices is generic throughout. Cells get the functions whose
// results have a type that is known without generics.
func init() {
	if _, there := imports.Packages["slices"]; there {
		return
	}
	imports.Packages["slices"] = imports.Package{
		Name: "slices",
		Binds: map[string]reflect.Value{
			"Contains":       reflect.ValueOf(func(s, v any) bool { return index(s, v) >= 0 }),
			"ContainsFunc":   reflect.ValueOf(func(s, f any) bool { return indexFunc(s, f) >= 0 }),
			"Equal":          reflect.ValueOf(equal),
			"Index":          reflect.ValueOf(index),
			"IndexFunc":      reflect.ValueOf(indexFunc),
			"IsSorted":       reflect.ValueOf(func(s any) bool { return sort.SliceIsSorted(s, ascending(slice(s))) }),
			"Reverse":        reflect.ValueOf(reverse),
			"Sort":           reflect.ValueOf(func(s any) { sort.Slice(s, ascending(slice(s))) }),
			"SortFunc":       reflect.ValueOf(sortFunc),
			"SortStableFunc": reflect.ValueOf(sortFunc),
		},
	}
}

// slice is s as a slice. A panic ends the cell, as the compiler would have.
func slice(s any) reflect.Value {
	v := reflect.ValueOf(s)
	if v.Kind() != reflect.Slice {
		panic(errors.Errorf("slices: %T is no slice", s))
	}
	return v
}

// ascending compares elements i and j.
func ascending(v reflect.Value) func(i, j int) bool {
	switch kind := v.Type().Elem().Kind(); {
	case kind >= reflect.Int && kind <= reflect.Int64:
		return func(i, j int) bool { return v.Index(i).Int() < v.Index(j).Int() }
	case kind >= reflect.Uint && kind <= reflect.Uintptr:
		return func(i, j int) bool { return v.Index(i).Uint() < v.Index(j).Uint() }
	case kind == reflect.Float32 || kind == reflect.Float64:
		return func(i, j int) bool { // NaN comes first
			a, b := v.Index(i).Float(), v.Index(j).Float()
			return a < b || a != a && b == b
		}
	case kind == reflect.String:
		return func(i, j int) bool { return v.Index(i).String() < v.Index(j).String() }
	}
	panic(errors.Errorf("slices: elements of %v have no order; use SortFunc", v.Type()))
}

func sortFunc(s, compare any) {
	v, f := slice(s), reflect.ValueOf(compare)
	if f.Kind() != reflect.Func || f.Type().NumIn() != 2 || f.Type().NumOut() != 1 || f.Type().Out(0).Kind() != reflect.Int {
		panic(errors.Errorf("slices: SortFunc compares by a func(a, b) int, not by %T", compare))
	}
	sort.SliceStable(s, func(i, j int) bool {
		return f.Call([]reflect.Value{v.Index(i), v.Index(j)})[0].Int() < 0
	})
}

func index(s, wanted any) int {
	v := slice(s)
	w := reflect.ValueOf(wanted)
	if elem := v.Type().Elem(); w.IsValid() && w.Type() != elem && w.CanConvert(elem) && elem.Kind() != reflect.Interface {
		w = w.Convert(elem) // a constant of a cell comes as int or float64
	}
	for i := range v.Len() {
		if w.IsValid() && v.Index(i).Interface() == w.Interface() {
			return i
		}
	}
	return -1
}

func indexFunc(s, f any) int {
	v, is := slice(s), reflect.ValueOf(f)
	if is.Kind() != reflect.Func || is.Type().NumIn() != 1 || is.Type().NumOut() != 1 || is.Type().Out(0).Kind() != reflect.Bool {
		panic(errors.Errorf("slices: IndexFunc looks by a func(x) bool, not by %T", f))
	}
	for i := range v.Len() {
		if is.Call([]reflect.Value{v.Index(i)})[0].Bool() {
			return i
		}
	}
	return -1
}

func equal(s, t any) bool {
	a, b := slice(s), slice(t)
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if a.Index(i).Interface() != b.Index(i).Interface() {
			return false
		}
	}
	return true
}

func reverse(s any) {
	v, swap := slice(s), reflect.Swapper(s)
	for i, j := 0, v.Len()-1; i < j; i, j = i+1, j-1 {
		swap(i, j)
	}
}
