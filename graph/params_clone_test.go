package graph

import (
	"slices"
	"testing"
)

// A copy has what the original has, starts new tensors as it does, and shares
// nothing with it.
func TestParamsClone(t *testing.T) {
	params := NewParams(3)
	p := mustBuild(t, head{3}, params, TrainingConfig(2, 2, 5, 5))
	if _, err := p.Step(t.Context(), images(100), Labels([]int{0, 1})); err != nil {
		t.Fatal(err)
	}
	copied, err := params.Clone()
	if err != nil {
		t.Fatal(err)
	}
	if copied.Steps() != 1 || len(copied.All()) != len(params.All()) {
		t.Fatalf("%d tensors after %d steps", len(copied.All()), copied.Steps())
	}
	first := params.All()[0]
	other := copied.Get(first.Name)
	if other == nil || !slices.Equal(other.Value.Float32s(), first.Value.Float32s()) {
		t.Fatal("the copy differs")
	}
	other.Value.Float32s()[0]++
	if slices.Equal(other.Value.Float32s(), first.Value.Float32s()) {
		t.Error("the copy shares the original's memory")
	}
	mustBuild(t, head{3}, copied, InferenceConfig(2, 2, 5, 5))
	if len(copied.All()) != len(params.All()) {
		t.Errorf("building on the copy made tensors")
	}
	empty, err := NewParams(3).Clone()
	if err != nil {
		t.Fatal(err)
	}
	mustBuild(t, head{3}, empty, InferenceConfig(2, 2, 5, 5))
	if !slices.Equal(empty.All()[0].Value.Float32s(), first.Value.Float32s()) {
		t.Error("the copy of an empty store starts otherwise")
	}
}
