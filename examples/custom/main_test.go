package main

import (
	"strings"
	"testing"
)

func TestTrains(t *testing.T) {
	var out strings.Builder
	run, err := train(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	if run.Test.Accuracy < 0.95 || !run.Stopped {
		t.Errorf("test accuracy %.2f, stopped: %v, want 0.95 before the last epoch:\n%s", run.Test.Accuracy, run.Stopped, out.String())
	}
}
