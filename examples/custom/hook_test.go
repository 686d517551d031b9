package main

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/trainer"
)

func TestUntilStops(t *testing.T) {
	data := Stripes{Images: 60, Side: 8}
	var out strings.Builder
	run, err := trainer.Fit(t.Context(), blocks.Sequence{blocks.Flatten{}, blocks.Linear{Out: 3}},
		trainer.Data{Train: data, Test: data},
		trainer.Config{Epochs: 3, Batch: 20, Hooks: []trainer.Hook{Until(0, &out)}})
	if err != nil {
		t.Fatal(err)
	}
	if !run.Stopped || len(run.History) != 1 || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("stopped: %v after %d epochs, wrote %q", run.Stopped, len(run.History), out.String())
	}
	if !strings.HasPrefix(out.String(), "epoch 1: loss ") || strings.Contains(out.String(), "up to 0.000") {
		t.Errorf("wrote %q", out.String())
	}
}
