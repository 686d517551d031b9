package runs

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/atomicfile/faulty"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// swapped puts a file system in the place of the system's for the files of runs
// that are written whole. Locks and event files stay where they are.
func swapped(t *testing.T, disk atomicfile.FS) {
	t.Helper()
	was := atomicfile.OS
	t.Cleanup(func() { atomicfile.OS = was })
	atomicfile.OS = disk
}

// little is a run of six steps. after is called when a hook has written its files.
func little(t *testing.T, path string, after func(*trainer.Run)) (*trainer.Run, error) {
	t.Helper()
	shape := imaging.Shape{Channels: 1, Height: 2, Width: 2}
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 24, Test: 8, Classes: 2, Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	keep := Config{Settings: map[string]int{"epochs": 2}, EverySteps: 1, Keep: 2, Description: classify.Description{Classes: test.Classes(), Input: shape}}
	cfg := trainer.Config{Epochs: 2, Batch: 8, Seed: 2, Optimizer: trainer.Adam{}}
	var d *Dir
	if Settings(path, &struct{}{}) == nil {
		dir, state, err := Resume(path, keep)
		if err != nil {
			return nil, err
		}
		if len(state.Damaged) > 0 {
			t.Errorf("damaged checkpoints: %v", state.Damaged)
		}
		d, cfg.Resume = dir, state.File
	} else if d, err = Create(path, keep); err != nil {
		return nil, err
	}
	defer d.Close()
	cfg.Hooks = []trainer.Hook{d.Hook(), {OnStep: func(r *trainer.Run, _ trainer.Progress) error { after(r); return nil }}}
	return trainer.Fit(t.Context(), blocks.Sequence{blocks.Flatten{}, blocks.Linear{Out: 2}}, trainer.Data{Train: train, Test: test}, cfg)
}

func ignore(*trainer.Run) {}

// outcome is what the files of a finished run hold, but for the times.
func outcome(t *testing.T, disk *faulty.Disk, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range []string{ConfigFile, HistoryFile, BestFile, WeightsFile} {
		content, err := disk.ReadFile(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		if name == HistoryFile {
			content = nil
			for _, e := range readHistory(t, disk, path) {
				e.Seconds, e.DataWait, e.ImagesPerSecond = 0, 0, 0
				content = fmt.Appendln(content, e)
			}
		}
		out[name] = string(content)
	}
	return out
}

func readHistory(t *testing.T, disk *faulty.Disk, path string) (history trainer.History) {
	t.Helper()
	lines, err := disk.ReadFile(filepath.Join(path, HistoryFile))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(lines)) {
		var e trainer.Epoch
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Epoch != len(history)+1 {
			t.Fatalf("line %d of the history is %q, %v", len(history)+1, line, err)
		}
		history = append(history, e)
	}
	return history
}

// straight is the run without a fault.
func straight(t *testing.T) map[string]string {
	t.Helper()
	disk := &faulty.Disk{}
	swapped(t, disk)
	path := filepath.Join(t.TempDir(), "run")
	if _, err := little(t, path, ignore); err != nil {
		t.Fatal(err)
	}
	return outcome(t, disk, path)
}

// Whatever operation fails, once or from then on, by a full disk or a folder that
// turned read-only: the run goes on afterwards to the end that it would have had.
func TestEveryFaultLeavesARunToGoOnWith(t *testing.T) {
	want := straight(t)
	runs := 0
	for fault, lasting := range map[error]bool{syscall.ENOSPC: false, syscall.EROFS: true} {
		for n := 1; ; n++ {
			runs++
			disk := &faulty.Disk{FailAt: n, Lasting: lasting, Err: fault}
			swapped(t, disk)
			path := filepath.Join(t.TempDir(), "run")
			_, err := little(t, path, ignore)
			reached := disk.Operations() >= n
			disk.FailAt = 0
			what := fmt.Sprintf("operation %d, lasting %v: %v", n, lasting, err)
			if err != nil && !errors.Is(err, fault) {
				t.Errorf("%s: want an error that says %v", what, fault)
			}
			if _, err := little(t, path, ignore); err != nil {
				t.Fatalf("%s; then %v", what, err)
			}
			if got := outcome(t, disk, path); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: it ends with\n%v\nwant\n%v", what, got, want)
			}
			if !reached {
				break
			}
		}
	}
	t.Logf("%d faults", runs)
}

// Whenever the power is cut, what was said to be saved is there, whole, and the
// files of the run agree.
func TestEveryPowerCutLeavesARunToGoOnWith(t *testing.T) {
	want := straight(t)
	disk := &faulty.Disk{}
	swapped(t, disk)
	path := filepath.Join(t.TempDir(), "run")
	saved := map[int]int{} // events -> the step that was saved then
	if _, err := little(t, path, func(r *trainer.Run) { saved[disk.Events()] = r.Steps }); err != nil {
		t.Fatal(err)
	}
	saved[disk.Events()] = 6
	states, resumed := 0, 0
	for cut := range disk.PowerCuts() {
		states++
		swapped(t, cut.Disk)
		durable := 0
		for _, events := range slices.Sorted(maps.Keys(saved)) {
			// The last step of an epoch is saved after the hooks for steps.
			if events <= cut.Done && saved[events]%3 != 0 || events == disk.Events() && events <= cut.Done {
				durable = saved[events]
			}
		}
		agree(t, cut, path, durable)
		if t.Failed() {
			t.FailNow()
		}
		if states%41 == 0 {
			resumed++
			if _, err := little(t, path, ignore); err != nil {
				t.Fatalf("%s: %v", cut.After, err)
			}
			if got := outcome(t, cut.Disk, path); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: it ends with\n%v\nwant\n%v", cut.After, got, want)
			}
		}
	}
	if states < 500 {
		t.Errorf("%d states were looked at, want every one", states)
	}
	t.Logf("%d states, of which %d were gone on from", states, resumed)
}

// agree holds the files of a disk to each other, and to the step that was saved.
func agree(t *testing.T, cut faulty.State, path string, saved int) {
	t.Helper()
	var settings struct{ Epochs int }
	err := Settings(path, &settings)
	if saved > 0 && err != nil || err == nil && settings.Epochs != 2 || err != nil && !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("%s: settings %+v, %v", cut.After, settings, err)
	}
	state, err := Checkpoints(path).Newest()
	if len(state.Damaged) > 0 || err == nil && state.Step < saved || err != nil && (saved > 0 || !errors.Is(err, checkpoint.ErrNone)) {
		t.Errorf("%s: the newest checkpoint is that of step %d, damaged %v, %v; step %d was saved", cut.After, state.Step, state.Damaged, err, saved)
	}
	history := readHistory(t, cut.Disk, path)
	if err != nil {
		return
	}
	var at struct{ History trainer.History }
	if err := json.Unmarshal([]byte(state.Metadata[trainer.MetadataKey]), &at); err != nil {
		t.Fatal(err)
	}
	if len(at.History) > len(history) {
		t.Errorf("%s: the checkpoint is after %d epochs, the history has %d", cut.After, len(at.History), len(history))
	}
	best := at.History.Best()
	if !best.Evaluated {
		return
	}
	content, err := cut.ReadFile(filepath.Join(path, BestFile))
	if err != nil {
		t.Errorf("%s: %v", cut.After, err)
		return
	}
	f, err := weights.Decode(content)
	if err != nil || f.Metadata["epoch"] != fmt.Sprint(best.Epoch) && f.Metadata["epoch"] != fmt.Sprint(len(at.History)+1) {
		t.Errorf("%s: the best weights are of epoch %s, %v, want %d", cut.After, f.Metadata["epoch"], err, best.Epoch)
	}
}

// A file where a folder should be, and a folder that goes away under the run, are
// errors that name it.
func TestFoldersThatAreNone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, "half")
	if err := os.Mkdir(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, checkpoints), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "run"), half} {
		if _, err := Create(path, Config{}); err == nil || !strings.Contains(err.Error(), path) && !strings.Contains(err.Error(), file+":") {
			t.Errorf("%s: %v", path, err)
		}
		if _, _, err := Resume(path, Config{}); err == nil {
			t.Errorf("%s was resumed", path)
		}
	}
	gone := filepath.Join(dir, "gone")
	run, err := little(t, gone, func(r *trainer.Run) {
		if r.Steps == 4 {
			os.RemoveAll(gone)
		}
	})
	if err == nil || !strings.Contains(err.Error(), gone) || run == nil || run.Steps < 4 {
		t.Errorf("a folder that goes away: %v after %v", err, run)
	}
}
