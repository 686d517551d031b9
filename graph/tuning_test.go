package graph

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
)

// What was measured once is repeated to the bit.
func TestTuningRepeats(t *testing.T) {
	if kernel.ISA() == "generic" {
		t.Skip("plain Go has one algorithm")
	}
	params, x := NewParams(1), picture(3*16*16)
	cfg := InferenceConfig(1, 3, 16, 16)
	cfg.Tune = true
	tuned := mustBuild(t, twoConvolutions, params, cfg)
	if len(tuned.Tuning()) != 2 {
		t.Fatalf("tuning of two convolutions is %v", tuned.Tuning())
	}
	text, err := json.Marshal(tuned.Tuning())
	if err != nil {
		t.Fatal(err)
	}
	again := InferenceConfig(1, 3, 16, 16)
	if err := json.Unmarshal(text, &again.Tuning); err != nil {
		t.Fatal(err)
	}
	p := mustBuild(t, twoConvolutions, params, again)
	if got, want := mustRun(t, p, x), mustRun(t, tuned, x); !slices.Equal(got, want) {
		t.Errorf("got %v, tuned %v", got[:4], want[:4])
	}
	// Each choice is taken, whatever would be predicted.
	for key := range again.Tuning {
		again.Tuning[key] = "plain"
	}
	p = mustBuild(t, twoConvolutions, params, again)
	for _, o := range p.Explain().Operations {
		if o.Op == "conv2d" && o.Algorithm != "plain" {
			t.Errorf("%s has algorithm %s, want plain", o.Layer, o.Algorithm)
		}
	}
	again.Tuning["n=1"] = "magic"
	if _, err := Build(twoConvolutions, params, again); err == nil || !strings.Contains(err.Error(), `"magic"`) {
		t.Errorf("got %v, want an error that names magic", err)
	}
}

// A caller may write into the program's input.
func TestInputIsWrittenInPlace(t *testing.T) {
	p := mustBuild(t, twoConvolutions, NewParams(1), InferenceConfig(1, 3, 16, 16))
	x := picture(3 * 16 * 16)
	want := mustRun(t, p, x)
	clear(p.Input())
	copy(p.Input(), x)
	if got := mustRun(t, p, p.Input()); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got[:4], want[:4])
	}
}
