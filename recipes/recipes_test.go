package recipes

import (
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/trainer"
)

// TestNamedRecipes: each makes sense, survives its JSON, and has a network and a
// configuration.
func TestNamedRecipes(t *testing.T) {
	for _, n := range All() {
		r, err := Lookup(strings.ToUpper(strings.ReplaceAll(n.Name, "-", "_")))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(text, Recipe{})
		if err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s came back as %+v, %v", n.Name, back, err)
		}
		if _, err := r.Config(); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
		if _, _, _, err := r.Network(10); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
		if r.Name != n.Name || n.About == "" || r.Seed != 1 {
			t.Errorf("%s: name %q, about %q, seed %d", n.Name, r.Name, n.About, r.Seed)
		}
	}
	if _, err := Lookup("cifar10-fist"); err == nil || !strings.Contains(err.Error(), `did you mean "cifar10-fast"`) {
		t.Error(err)
	}
}

// full has every field set.
const full = `{"arch": "lenet5", "activation": "elu:1", "input": "1x28x28", "data": "folder", "data_dir": "x", "table": "t.csv", "test_share": 0.3,
"broken": "refuse", "side": 40, "limit": 9, "epochs": 3, "batch": 8, "accumulate": 2, "max_steps": 5, "seed": 7, "optimizer": "sgd", "lr": 0.5,
"weight_decay": 0.1, "optimizer_args": {"momentum": 0.5}, "schedule": "linear_warmup_0_to_1_over_2_then_plateau", "schedule_by": "epochs", "plateau": {"watch": "train_loss", "cooldown": 2}, "groups": [{"match": "**.bias", "frozen_from": 2}],
"layer_decay": 0.8, "stochastic_depth": 0.2, "clip_norm": 1, "clip_value": 2, "label_smoothing": 0.1, "class_weights": [1, 2], "augmentation": {"pad": 1}, "policy": "trivial", "mix": {"mixup": 0.2}, "ema": 0.9,
"lookahead": {"every": 2}, "whiten": {"layer": "conv1"}, "early_stopping": {"patience": 3}, "test_time": {"mirror": true},
"eval_every": 2, "eval_batch": 3, "keep_last": true}`

// TestEverySettingIsReached: whatever trainer.Config can be told, a recipe can say.
func TestEverySettingIsReached(t *testing.T) {
	r, err := Decode([]byte(full), Recipe{})
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "Augment" && name != "Name" {
			t.Errorf("the test leaves out %s", name)
		}
	}
	cfg, err := r.Config()
	if err != nil {
		t.Fatal(err)
	}
	ofOneRun := map[string]bool{"Params": true, "Resume": true, "Hooks": true}
	v = reflect.ValueOf(cfg)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() != ofOneRun[name] {
			t.Errorf("Config.%s is %v", name, v.Field(i))
		}
	}
	if o := cfg.Optimizer; o != (trainer.SGD{LR: 0.5, Momentum: 0.5, WeightDecay: 0.1, Nesterov: true}) {
		t.Errorf("the optimizer is %+v", o)
	}
	want := trainer.Then{First: trainer.LinearWarmup{Start: -1, End: 1, Length: 2}, Length: 2, Next: trainer.ReduceOnPlateau{Watch: trainer.WatchTrainLoss, Cooldown: 2}}
	if cfg.Schedule != want {
		t.Errorf("the schedule is %+v, want %+v", cfg.Schedule, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"epoch": 3}`:  `recipe: unknown field "epoch"; did you mean "epochs"?`,
		`{"Epochs": 3}`: `recipe: unknown field "Epochs"; did you mean "epochs"?`,
		`{"groups": [{"match": "x"}, {"mach": "x"}]}`: `recipe: groups[1]: unknown field "mach"; did you mean "match"?`,
		`{"lookahead": {"evry": 1}}`:                  `recipe: lookahead: unknown field "evry"; did you mean "every"?`,
		`{"epochs": "3"}`:                             `recipe: epochs is a string, want a whole number`,
		`{"augment": 1}`:                              `recipe: augment is a number, want true or false`,
		`{"groups": [{"frozen": 1}]}`:                 `recipe: groups.frozen is a number, want true or false`,
		`[]`:                                          `recipe: array, want an object`,
		`null`:                                        `recipe: null, want an object`,
		"{\n\"lr\": 0.1,,\n}":                         `recipe: line 2: invalid character ','`,
		`{} {}`:                                       `recipe: line 1: invalid character '{' after top-level value`,
		`{"epochs": 3}}`:                              `recipe: line 1: invalid character '}' after top-level value`,
		``:                                            `recipe: line 1: unexpected end`,
		`{"recipe": "minst"}`:                         `recipe: unknown recipe "minst"; did you mean "mnist"?`,
	} {
		if _, err := Decode([]byte(text), Default()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestDecodeOverBase: what the text says replaces base's, down to the fields of a
// list's elements, and base is left alone.
func TestDecodeOverBase(t *testing.T) {
	base, err := Lookup("cifar10-fast")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Decode([]byte(`{"groups": [{"match": "head.*"}], "optimizer": "adam", "lr": 0.01, "lookahead": null,
"augmentation": {"pad": 1}, "test_time": {"shift": 2}}`), base)
	if err != nil {
		t.Fatal(err)
	}
	want := base
	want.Groups, want.Optimizer, want.OptimizerArgs, want.LR, want.Lookahead = []trainer.Group{{Match: "head.*"}}, "adam", nil, 0.01, nil
	want.Augmentation, want.TestTime = &datasets.Augment{Pad: 1}, &trainer.TestTime{Shift: 2}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("it is %+v, want %+v", r, want)
	}
	if again, _ := Lookup("cifar10-fast"); !reflect.DeepEqual(base, again) {
		t.Errorf("base has become %+v", base)
	}
	if r, err := Decode([]byte(`{"augmentation": {"pad": 1}}`), Recipe{Augment: true}); err != nil || r.Augment || r.Augmentation == nil {
		t.Errorf("%+v, %v; want the augmentation that is there", r, err)
	}
	if r, err := Decode([]byte(`{"augment": true}`), base); err != nil || !r.Augment || r.Augmentation != nil {
		t.Errorf("%+v, %v; want augment only", r, err)
	}
}

// TestDecodeBeginsAtRecipe: a short file may name a recipe; one with everything,
// such as a run's, takes nothing from it.
func TestDecodeBeginsAtRecipe(t *testing.T) {
	want := mnist()
	want.Name, want.Epochs = "mnist", 3
	if r, err := Decode([]byte(`{"recipe": "mnist", "epochs": 3}`), Default()); err != nil || !reflect.DeepEqual(r, want) {
		t.Errorf("%+v, %v; want %+v", r, err, want)
	}
	want.Augment, want.EMA = false, 0
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	named := mnist()
	named.Name = "mnist"
	for _, base := range []Recipe{Default(), named} {
		if r, err := Decode(text, base); err != nil || !reflect.DeepEqual(r, want) {
			t.Errorf("%+v, %v; want %+v", r, err, want)
		}
	}
	if _, err := Decode([]byte(`{"recipe": "folder"}`), named); err == nil || !strings.Contains(err.Error(), `the text begins at "folder", and is read over "mnist"`) {
		t.Error(err)
	}
}

func TestCheckRefuses(t *testing.T) {
	for want, r := range map[string]Recipe{
		"epochs is -1, want 1 to":                             {Epochs: -1},
		"ema is 1, want at least 0 and less":                  {EMA: 1},
		`unknown data "mnits"; did you mean`:                  {Data: "mnits"},
		"are for data \"folder\"":                             {Data: "mnist", TestShare: 0.5},
		"augment and augmentation exclude":                    {Augment: true, Augmentation: &datasets.Augment{}},
		"optimizer: sgd argument":                             {Optimizer: "sgd", OptimizerArgs: map[string]json.RawMessage{"betas": nil}},
		"lr has a field of its own":                           {OptimizerArgs: map[string]json.RawMessage{"lr": nil}},
		`schedule: unknown schedule "cosinus"`:                {Schedule: "cosinus"},
		`schedule that ends with plateau, this is "onecycle"`: {Plateau: &trainer.ReduceOnPlateau{}},
		"plateau: ReduceOnPlateau.Factor is 2":                {Schedule: "plateau", Plateau: &trainer.ReduceOnPlateau{Factor: 2}},
		"mix: alphas are -1 and 0":                            {Mix: &datasets.Mix{Mixup: -1}},
	} {
		if _, err := r.Check(); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "unknown sgd argument", "sgd argument"), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// folder writes pictures of two colours, some of them broken, in sub-folders.
func pictureFolder(t *testing.T, dir string, each int) {
	t.Helper()
	for class, c := range map[string]color.RGBA{"red": {200, 0, 0, 255}, "blue": {0, 0, 200, 255}} {
		sub := filepath.Join(dir, class)
		if err := os.MkdirAll(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range each {
			img := image.NewRGBA(image.Rect(0, 0, 20+i, 31))
			for k := range img.Pix {
				img.Pix[k] = [4]uint8{c.R, c.G, c.B, 255}[k%4]
			}
			f, err := os.Create(filepath.Join(sub, string(rune('a'+i))+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "red", "z.png"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestFolder: a folder without a test half is split by class, and learned.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	pictureFolder(t, dir, 10)
	r := Recipe{Data: "folder", DataDir: dir, Arch: "lenet5", Input: "3x28x28", Epochs: 8, Batch: 8, KeepLast: true, Seed: 3}
	p, err := r.Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Data.Train.Len() != 16 || p.Data.Test.Len() != 4 || len(p.Data.Broken) != 1 || !strings.HasSuffix(p.Data.Broken[0].Path, "z.png") {
		t.Fatalf("%d pictures to train and %d to test on, broken %v; want 16 and 4 and z.png", p.Data.Train.Len(), p.Data.Test.Len(), p.Data.Broken)
	}
	counts := p.Data.Test.(*datasets.Dataset).ClassCounts()
	if !reflect.DeepEqual(counts, []int{2, 2}) || !reflect.DeepEqual(p.Description.Classes, []string{"blue", "red"}) {
		t.Errorf("the test half has %v of %v, want 2 each of blue and red", counts, p.Description.Classes)
	}
	run, err := r.Train(t.Context())
	if err != nil || run.Test.Accuracy != 1 {
		t.Errorf("accuracy %v, %v; want 1", run.Test.Accuracy, err)
	}
	r.Broken = "refuse"
	if _, err := r.Load(t.Context()); err == nil || !strings.Contains(err.Error(), "z.png") {
		t.Errorf("a broken picture that is to be refused: %v", err)
	}
}

// TestFolderWithTestHalf: train and val are taken as they are.
func TestFolderWithTestHalf(t *testing.T) {
	dir := t.TempDir()
	pictureFolder(t, filepath.Join(dir, "train"), 3)
	pictureFolder(t, filepath.Join(dir, "val"), 2)
	d, err := Recipe{Data: "folder", DataDir: dir, Input: "1x28x28"}.Load(t.Context())
	if err != nil || d.Train.Len() != 6 || d.Test.Len() != 4 || len(d.Broken) != 2 {
		t.Fatalf("%+v, %v; want 6 to train and 4 to test on, 2 broken", d, err)
	}
}

// TestFolderSettings: a limit keeps all classes, a class may be named train, and a
// table stands in the folder that it lists.
func TestFolderSettings(t *testing.T) {
	dir := t.TempDir()
	pictureFolder(t, dir, 10)
	r := Recipe{Data: "folder", DataDir: dir, Input: "1x28x28", Limit: 6, TestShare: 0.5}
	d, err := r.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, half := range []datasets.Source{d.Train, d.Test} {
		if counts := half.(*datasets.Dataset).ClassCounts(); !reflect.DeepEqual(counts, []int{3, 3}) {
			t.Errorf("six of a half have classes %v, want 3 of each", counts)
		}
	}
	table := filepath.Join(dir, "table.csv")
	if err := os.WriteFile(table, []byte("label,file\nr,red/a.png\nb,blue/a.png\nr,red/b.png\nb,blue/c.png\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err = Recipe{Data: "folder", Table: table, Input: "1x28x28"}.Load(t.Context())
	if err != nil || d.Train.Len() != 2 || d.Test.Len() != 2 || !reflect.DeepEqual(d.Train.Classes(), []string{"b", "r"}) {
		t.Errorf("by a table: %+v, %v", d, err)
	}
	if err := os.Rename(filepath.Join(dir, "red"), filepath.Join(dir, "train")); err != nil {
		t.Fatal(err)
	}
	d, err = Recipe{Data: "folder", DataDir: dir, Input: "1x28x28"}.Load(t.Context())
	if err != nil || !reflect.DeepEqual(d.Train.Classes(), []string{"blue", "train"}) {
		t.Errorf("with a class train: %+v, %v", d, err)
	}
}

// TestGoogLeNetTrains: some steps of the recipe, with a loss of each head.
func TestGoogLeNetTrains(t *testing.T) {
	r, err := Lookup("cifar10-googlenet")
	if err != nil {
		t.Fatal(err)
	}
	r.Data, r.Batch, r.MaxSteps, r.Limit = "synthetic", 2, 2, 4
	run, err := r.Train(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := run.History.Last()
	if run.Steps != 2 || len(last.Parts) != 3 || !(last.TrainLoss > 0 && last.TrainLoss < 20) || !last.Evaluated {
		t.Errorf("after %d steps: %v; want 2 of a loss of three heads, tested", run.Steps, last)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(`{"groups": [{"match": "["}], "schedule": "step_0_0"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Decode(text, Default())
		if err != nil {
			return
		}
		if _, err := r.Config(); err != nil {
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatalf("a recipe that makes sense can't be written: %v", err)
		}
		if _, err := Decode(again, Recipe{}); err != nil {
			t.Fatalf("a recipe that was written can't be read: %v\n%s", err, again)
		}
	})
}
