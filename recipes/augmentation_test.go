package recipes

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/datasets"
)

// A file says the whole chain, and a run's config.json says the same.
func TestAugmentationInAFile(t *testing.T) {
	const text = `{"data": "folder", "data_dir": "x", "policy": "rand",
"augmentation": {"flip": true, "steps": ["random_resized_crop", {"name": "color_jitter", "hue": 0.1}], "erasing": {"probability": 0.25}}}`
	r, err := Decode([]byte(text), Default())
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.Check(); err != nil {
		t.Fatal(err)
	}
	cfg, err := r.Config()
	if err != nil {
		t.Fatal(err)
	}
	want := datasets.Augment{Flip: true, Steps: augment.Chain{augment.RandomResizedCrop{}, augment.ColorJitter{Hue: 0.1}, augment.RandAugment{}},
		Erasing: augment.Erasing{Probability: 0.25}}
	if !reflect.DeepEqual(cfg.Augment, want) {
		t.Errorf("%+v, want %+v", cfg.Augment, want)
	}
	if len(r.Augmentation.Steps) != 2 {
		t.Error("the policy has become part of the recipe's steps")
	}
	written, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Decode(written, Recipe{}); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("%s\nbecomes %+v (%v), want %+v", written, back, err, r)
	}
	for text, want := range map[string]string{
		`{"policy": "trivail"}`:                                       `policy: unknown policy "trivail"; did you mean "trivial"?`,
		`{"augmentation": {"steps": ["rotatoin"]}}`:                   `step 0: unknown augmentation "rotatoin"; did you mean "rotation"?`,
		`{"augmentation": {"step": []}}`:                              `did you mean "steps"?`,
		`{"augmentation": {"erasing": {"probability": 3}}}`:           "erasing: probability is 3",
		`{"augmentation": {"erasing": {"probablity": 0.5}}}`:          `did you mean "probability"?`,
		`{"augmentation": {"steps": [{"name": "rotation", "x": 1}]}}`: `unknown setting "x"`,
	} {
		r, err := Decode([]byte(text), Default())
		if err == nil {
			_, err = r.Check()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
