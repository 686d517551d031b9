package main

import (
	"slices"
	"testing"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

func TestStripesAreRepeatable(t *testing.T) {
	s := Stripes{Images: 9, Side: 8, Seed: 1}
	first, again := make([]float32, 64), make([]float32, 64)
	for i := range s.Len() {
		label, err := s.Read(i, first)
		if err != nil || label != i%3 {
			t.Fatalf("image %d: label %d, %v", i, label, err)
		}
		if _, err := s.Read(i, again); err != nil || !slices.Equal(first, again) {
			t.Errorf("image %d differs when read again (%v)", i, err)
		}
	}
	if _, err := s.Read(9, first); err == nil {
		t.Error("no error for an image that isn't there")
	}
}

func TestBlendsTeachShares(t *testing.T) {
	loader, err := datasets.NewLoader(Blends{Stripes{Images: 10, Side: 8}}, datasets.LoaderConfig{Batch: 4, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	for batch, err := range loader.Epoch(0) {
		if err != nil {
			t.Fatal(err)
		}
		want := []float32{1, 0, 0, 0, 0.9, 0.1, 0.2, 0, 0.8, 0.7, 0.3, 0}
		if batch.Target.Kind != graph.ClassProbabilities || !slices.Equal(batch.Target.Values, want) {
			t.Errorf("%v %v, want %v", batch.Target.Kind, batch.Target.Values, want)
		}
		break
	}
}
