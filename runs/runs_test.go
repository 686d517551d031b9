package runs

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// problem is a small task for LeNet-5: pictures, what they are, and a Config of
// some seconds.
func problem(t testing.TB) (blocks.Block, trainer.Data, trainer.Config, Config) {
	t.Helper()
	shape := imaging.Shape{Channels: 1, Height: 28, Width: 28}
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 320, Test: 40, Classes: 10, Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		t.Fatal(err)
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return net, trainer.Data{Train: train, Test: test},
		trainer.Config{Epochs: 3, Batch: 32, Seed: 4, Augment: datasets.Augment{Pad: 2}},
		Config{
			Settings:    map[string]any{"arch": "lenet5", "epochs": 3},
			Description: classify.Description{Architecture: "lenet5", Classes: test.Classes(), Input: shape, Normalization: test.Normalization()},
			EverySteps:  3,
		}
}

func checksum(t testing.TB, p *graph.Params) string {
	t.Helper()
	sum, err := checkpoint.ParamsChecksum(p)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestARunsFolder(t *testing.T) {
	net, data, cfg, keep := problem(t)
	path := filepath.Join(t.TempDir(), "new", "run")
	d, err := Create(path, keep)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, _, err := Resume(path, keep); !errors.Is(err, ErrInUse) {
		t.Errorf("a second writer: %v, want ErrInUse", err)
	}
	cfg.Hooks = []trainer.Hook{d.Hook()}
	run, err := trainer.Fit(t.Context(), net, data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(path, HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	var history trainer.History
	for line := range strings.Lines(string(content)) {
		var e trainer.Epoch
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		history = append(history, e)
	}
	if !reflect.DeepEqual(history, run.History) {
		t.Errorf("history in the folder\n%v, want\n%v", history, run.History)
	}
	table, err := os.ReadFile(filepath.Join(path, TableFile))
	if err != nil || strings.Count(string(table), "\n") != 4 || !strings.HasPrefix(string(table), "epoch,steps,images,train_loss") {
		t.Errorf("table: %v\n%s", err, table)
	}
	var settings struct {
		Arch   string
		Epochs int
	}
	if err := Settings(path, &settings); err != nil || settings.Arch != "lenet5" || settings.Epochs != 3 {
		t.Errorf("settings %+v, %v", settings, err)
	}
	if events, _ := filepath.Glob(filepath.Join(path, "events.out.tfevents.*")); len(events) != 1 {
		t.Errorf("event files: %v", events)
	}
	for _, name := range []string{BestFile, WeightsFile} {
		c, err := classify.Open(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	f, err := weights.ReadFile(filepath.Join(path, WeightsFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := checkpoint.Checksum(&weights.File{Tensors: f.Tensors}); got != checksum(t, run.Params) {
		t.Error("the final weights are not the run's")
	}
	if steps, _ := d.store.Steps(); !reflect.DeepEqual(steps, []int{24, 27, 30}) {
		t.Errorf("checkpoints of steps %v, want the last three", steps)
	}
	d.Close()
	if _, err := Create(path, keep); err == nil || !strings.Contains(err.Error(), "holds a run already") {
		t.Errorf("over a run: %v", err)
	}
	if _, _, err := Resume(t.TempDir(), keep); err == nil || !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("a folder without a run: %v", err)
	}
}

func TestStoppedByASignal(t *testing.T) {
	net, data, cfg, keep := problem(t)
	straight, err := trainer.Fit(t.Context(), net, data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	keep.EverySteps = 0
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, keep)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := cfg
	first.Hooks = []trainer.Hook{{OnStep: func(r *trainer.Run, _ trainer.Progress) error {
		if r.Steps == 14 {
			cancel()
		}
		return nil
	}}, d.Hook()}
	if _, err := trainer.Fit(ctx, net, data, first); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	d.Close()
	if _, err := os.Stat(filepath.Join(path, WeightsFile)); err == nil {
		t.Error("a stopped run left final weights")
	}
	resumed(t, path, keep, 14, checksum(t, straight.Params))
}

// resumed goes on with a run and holds where it began, if that is known, and what
// it ends with.
func resumed(t *testing.T, path string, keep Config, from int, want string) {
	t.Helper()
	net, data, cfg, _ := problem(t)
	d, state, err := Resume(path, keep)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if from >= 0 && state.Step != from || len(state.Damaged) > 0 {
		t.Errorf("resumed at step %d, want %d; damaged %v", state.Step, from, state.Damaged)
	}
	cfg.Resume, cfg.Hooks = state.File, []trainer.Hook{d.Hook()}
	run, err := trainer.Fit(t.Context(), net, data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := checksum(t, run.Params); got != want {
		t.Errorf("resumed at step %d it ends with weights %s, want %s", state.Step, got, want)
	}
}

func TestFreshFolders(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "runs")
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, want := range []string{"2026-01-02-030405-lenet5", "2026-01-02-030405-lenet5-2", "2026-01-02-030405-lenet5-3"} {
		if path, err := Fresh(parent, "lenet5", now); err != nil || path != filepath.Join(parent, want) {
			t.Errorf("got %s, %v, want %s", path, err, want)
		}
	}
	if path, err := Fresh(parent, "../../etc\n/x", now); err != nil || filepath.Dir(path) != parent {
		t.Errorf("a name with slashes: %q, %v", path, err)
	}
	// Many at once: each has its own.
	var mu sync.Mutex
	seen := map[string]bool{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			path, err := Fresh(parent, "x", now)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[path] {
				t.Errorf("%s a second time, %v", path, err)
			}
			seen[path] = true
		})
	}
	all.Wait()
	file := filepath.Join(parent, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Fresh(file, "x", now); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("below a file: %v", err)
	}
}

// A run that was killed before its first checkpoint begins anew in its folder.
func TestResumeBeforeTheFirstCheckpoint(t *testing.T) {
	net, data, cfg, keep := problem(t)
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, keep)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d, state, err := Resume(path, keep)
	if err != nil || state.File != nil {
		t.Fatalf("state %v, %v, want none", state, err)
	}
	defer d.Close()
	cfg.Epochs, cfg.Resume, cfg.Hooks = 1, state.File, []trainer.Hook{d.Hook()}
	if _, err := trainer.Fit(t.Context(), net, data, cfg); err != nil {
		t.Fatal(err)
	}
	if steps, err := d.store.Steps(); err != nil || len(steps) == 0 {
		t.Errorf("checkpoints of steps %v, %v", steps, err)
	}
	d.Close()
	for _, step := range []int{3, 6, 9, 10} {
		if err := os.WriteFile(Checkpoints(path).Path(step), []byte("damaged"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, state, err := Resume(path, keep); !errors.Is(err, checkpoint.ErrNone) || len(state.Damaged) < 3 {
		t.Errorf("nothing but damaged checkpoints: %v, %v", state, err)
	}
}

// The best weights are there before the checkpoint that knows of them: a run that
// is killed in between does the epoch again.
func TestBestIsWrittenBeforeItsCheckpoint(t *testing.T) {
	net, data, cfg, keep := problem(t)
	keep.EverySteps = 0
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, keep)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	d.store.Dir = filepath.Join(path, "no", "such")
	cfg.Epochs, cfg.Hooks = 1, []trainer.Hook{d.Hook()}
	if _, err := trainer.Fit(t.Context(), net, data, cfg); err == nil || !strings.Contains(err.Error(), "not committed") {
		t.Errorf("a checkpoint that can't be written: %v", err)
	}
	if _, err := weights.ReadFile(filepath.Join(path, BestFile)); err != nil {
		t.Error(err)
	}
}
