package trainer

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets"
)

// failing is a source of one's own that can't read one of its images.
type failing struct {
	datasets.Source
	image int
}

var errRead = errors.New("no such file")

func (f failing) Read(i int, image []float32) (int, error) {
	if i == f.image {
		return 0, errRead
	}
	return f.Source.Read(i, image)
}

// TestAnySourceTrainsAlike: a dataset behind a type of one's own trains the same network.
func TestAnySourceTrainsAlike(t *testing.T) {
	data := synthetic(t)
	cfg := Config{Epochs: 2, Batch: 32, Seed: 1}
	a, err := Fit(context.Background(), tiny{4}, data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Fit(context.Background(), tiny{4}, Data{Train: failing{data.Train, -1}, Test: failing{data.Test, -1}}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	sameParams(t, a.Params, b.Params)
}

// TestFitReportsImages: an image that can't be read ends training with the steps done before it,
// or evaluation, and the error names it.
func TestFitReportsImages(t *testing.T) {
	data := synthetic(t)
	for name, bad := range map[string]Data{
		"train": {Train: failing{data.Train, 17}, Test: data.Test},
		"test":  {Train: data.Train, Test: failing{data.Test, 17}},
	} {
		run, err := Fit(context.Background(), tiny{4}, bad, Config{Epochs: 2, Batch: 32, Seed: 1})
		var where *datasets.ReadError
		if !errors.Is(err, errRead) || !errors.As(err, &where) || where.Image != 17 || !strings.Contains(err.Error(), "image 17 of ") {
			t.Errorf("%s: %v", name, err)
		}
		if run == nil || !run.Stopped {
			t.Errorf("%s: run %v", name, run)
		}
	}
	var none *datasets.Dataset
	if _, err := Fit(context.Background(), tiny{4}, Data{Train: none}, Config{}); err == nil {
		t.Error("a nil dataset is trained on")
	}
	if run, err := Fit(context.Background(), tiny{4}, Data{Train: data.Train, Test: none}, Config{Epochs: 1}); err != nil || run.Test != nil {
		t.Errorf("a nil dataset to test on: %v", err)
	}
}
