package checkpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile/faulty"
	"github.com/stheno-ml/stheno/weights"
)

func state(step int) *weights.File {
	values := make([]float32, 50)
	for i := range values {
		values[i] = float32(step*100 + i)
	}
	return &weights.File{
		Tensors:  []weights.Tensor{weights.FromFloat32s("conv1.weight", []int{5, 10}, values)},
		Metadata: map[string]string{"step": fmt.Sprint(step)},
	}
}

// whole fails the test unless the newest checkpoint is that of one of the steps,
// unharmed.
func whole(t *testing.T, s Store, what string, steps ...int) {
	t.Helper()
	got, err := s.Newest()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	for _, step := range steps {
		if got.Step == step {
			if want := state(step); !reflect.DeepEqual(got.Tensors, want.Tensors) || got.Metadata["step"] != fmt.Sprint(step) {
				t.Errorf("%s: the checkpoint of step %d holds something else", what, step)
			}
			return
		}
	}
	t.Errorf("%s: the newest checkpoint is that of step %d, want one of %v", what, got.Step, steps)
}

func TestStoreKeepsTheNewest(t *testing.T) {
	s := Store{Dir: t.TempDir(), Keep: 2}
	if _, err := s.Newest(); !errors.Is(err, ErrNone) {
		t.Errorf("an empty store: %v", err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, ".step-000000001.safetensors.123.tmp"), []byte("left by a crash"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "notes.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, step := range []int{5, 10, 1_000_000_000, 15} {
		if err := s.Save(step, state(step)); err != nil {
			t.Fatal(err)
		}
	}
	whole(t, s, "after four saves", 1_000_000_000)
	var names []string
	entries, _ := os.ReadDir(s.Dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{"notes.txt", "step-000000015.safetensors", "step-1000000000.safetensors"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("the folder holds %v, want %v", names, want)
	}
}

func TestDamagedCheckpointsArePassedOver(t *testing.T) {
	s := Store{Dir: t.TempDir(), Keep: -1}
	for step := 1; step <= 4; step++ {
		if err := s.Save(step, state(step)); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(s.Path(4))
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)-3] ^= 1 // one bit of one element
	if err := os.WriteFile(s.Path(4), content, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(s.Path(3), 100); err != nil {
		t.Fatal(err)
	}
	got, err := s.Newest()
	if err != nil {
		t.Fatal(err)
	}
	if got.Step != 2 || len(got.Damaged) != 2 {
		t.Fatalf("step %d, damaged %v, want step 2 and two damaged", got.Step, got.Damaged)
	}
	if !strings.Contains(got.Damaged[0].String(), "checksum") || !strings.Contains(got.Damaged[1].String(), "truncated") {
		t.Errorf("damaged: %v", got.Damaged)
	}
}

func TestEveryFaultLeavesAWholeCheckpoint(t *testing.T) {
	faults := 0
	for _, lasting := range []bool{false, true} {
		for n := 1; ; n++ {
			d := &faulty.Disk{}
			s := Store{Dir: "run", Keep: 2, fsys: d}
			for _, step := range []int{1, 2, 3} {
				if err := s.Save(step, state(step)); err != nil {
					t.Fatal(err)
				}
			}
			d.Settle()
			d.FailAt, d.Lasting, d.Err = n, lasting, syscall.ENOSPC
			faults++
			err := s.Save(4, state(4))
			reached := d.Operations() >= n
			d.FailAt = 0
			what := fmt.Sprintf("fault %d, lasting %v: %v", n, lasting, err)
			switch {
			case err == nil:
				whole(t, s, what, 4)
			case strings.Contains(err.Error(), "not committed"):
				whole(t, s, what, 3)
			default: // not durable, or an old one not removed
				whole(t, s, what, 4)
			}
			if !reached {
				break
			}
		}
	}
	t.Logf("%d faults", faults)
}

func TestEveryPowerCutLeavesAWholeCheckpoint(t *testing.T) {
	d := &faulty.Disk{}
	s := Store{Dir: "run", Keep: 2, fsys: d}
	for _, step := range []int{1, 2} {
		if err := s.Save(step, state(step)); err != nil {
			t.Fatal(err)
		}
	}
	d.Settle()
	for _, step := range []int{3, 4} {
		if err := s.Save(step, state(step)); err != nil {
			t.Fatal(err)
		}
	}
	states := 0
	for cut := range d.PowerCuts() {
		states++
		whole(t, Store{Dir: "run", fsys: cut.Disk}, cut.After, 2, 3, 4)
	}
	if states < 50 {
		t.Errorf("%d states were looked at, want every one", states)
	}
	t.Logf("%d states", states)
}

func TestFoldersThatCannotBeWritten(t *testing.T) {
	if err := (Store{Dir: filepath.Join(t.TempDir(), "no")}).Save(1, state(1)); err == nil || !strings.Contains(err.Error(), "not committed") {
		t.Errorf("a folder that does not exist: %v", err)
	}
	if err := (Store{Dir: t.TempDir()}).Save(-1, state(1)); err == nil {
		t.Error("a negative step was saved")
	}
}

// Files and folders that only look like checkpoints are left alone and harm nothing.
func TestStrangersInTheFolder(t *testing.T) {
	s := Store{Dir: t.TempDir(), Keep: 1}
	for _, name := range []string{"step-5.safetensors", "step-+00000007.safetensors", "step--00000001.safetensors", "step-0000000009.safetensors",
		"step-000000003.safetensors.bak", "step-99999999999999999999.safetensors", "step-\n.safetensors"} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(s.Dir, "step-000000002.safetensors", "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, step := range []int{10, 20} {
		if err := s.Save(step, state(step)); err != nil {
			t.Fatal(err)
		}
	}
	whole(t, s, "among strangers", 20)
	if steps, err := s.Steps(); err != nil || !reflect.DeepEqual(steps, []int{20}) {
		t.Errorf("steps %v, %v", steps, err)
	}
	if entries, _ := os.ReadDir(s.Dir); len(entries) != 9 {
		t.Errorf("%d files are left, want the strangers and one", len(entries))
	}
}
