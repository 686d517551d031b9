package cell

import (
	"reflect"
	"testing"
)

func TestOffset(t *testing.T) {
	code := "가 := x"
	if got := offset(code, 2); got != 4 {
		t.Errorf("offset is %d, want 4", got)
	}
	if got := offset(code, 99); got != len(code) {
		t.Errorf("offset behind the end is %d", got)
	}
	if got := characters(code, 4); got != 2 {
		t.Errorf("characters are %d, want 2", got)
	}
}

func TestOpened(t *testing.T) {
	list := lexemes("trainer.Fit(ctx, f(1)[2], trainer.Config{Epochs: []int{3}[0],")
	var got [][]string
	for _, o := range opened(list) {
		got = append(got, o.chain)
	}
	if want := [][]string{{"trainer", "Fit"}, {"trainer", "Config"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := chainBefore(lexemes("a.b().c"), 6); got != nil {
		t.Errorf("the chain of a call's result is %v", got)
	}
}
