package graph

import (
	"runtime"
	"testing"

	"gorgonia.org/tensor"
)

// A plan is what the program then holds, and is made without it.
func TestPlanIsWhatIsBuilt(t *testing.T) {
	for _, training := range []bool{true, false} {
		for _, batch := range []int{1, 7, 64} {
			cfg := Config{Input: tensor.Shape{batch, 2, 5, 5}, Training: training}
			plan, err := Plan(head{3}, NewParams(1, Uninitialized()), cfg)
			if err != nil {
				t.Fatal(err)
			}
			got := mustBuild(t, head{3}, NewParams(1), cfg).Memory()
			got.SharedNodes = 0 // counted when the memory is taken
			if plan != got {
				t.Errorf("batch %d: planned %+v, built %+v", batch, plan, got)
			}
		}
	}
}

// Planning takes next to no memory, whatever the program would hold.
func TestPlanTakesNoMemory(t *testing.T) {
	params := NewParams(1, Uninitialized())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	plan, err := Plan(head{32}, params, TrainingConfig(1<<20, 1, 4, 4))
	runtime.ReadMemStats(&after)
	if err != nil || plan.Input != 64<<20 || plan.Values < 128<<20 {
		t.Errorf("%+v, %v", plan, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("planning took %d bytes", took)
	}
	if _, err := Plan(nil, params, InferenceConfig(1, 1, 1, 1)); err == nil {
		t.Error("no network was planned for")
	}
}
