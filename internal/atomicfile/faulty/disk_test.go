package faulty

import (
	"io"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
)

func write(d *Disk, content string) error {
	return atomicfile.StreamOn(d, "dir/a", func(w io.Writer) error {
		for _, part := range []string{content[:len(content)/2], content[len(content)/2:]} {
			if _, err := io.WriteString(w, part); err != nil {
				return err
			}
		}
		return nil
	})
}

func holds(t *testing.T, d *Disk, what string, allowed ...string) {
	t.Helper()
	got, err := d.ReadFile("dir/a")
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	for _, w := range allowed {
		if string(got) == w {
			return
		}
	}
	t.Errorf("%s: the file holds %q, want one of %q", what, got, allowed)
}

func TestEveryFaultLeavesTheOldOrTheNew(t *testing.T) {
	for _, lasting := range []bool{false, true} {
		for n := 1; ; n++ {
			d := &Disk{}
			if err := write(d, "the old content"); err != nil {
				t.Fatal(err)
			}
			d.Settle()
			d.FailAt, d.Lasting = n, lasting
			err := write(d, "the new, longer content")
			d.FailAt = 0
			var uncommitted *atomicfile.NotCommittedError
			var undurable *atomicfile.NotDurableError
			switch {
			case err == nil:
				holds(t, d, "no fault", "the new, longer content")
			case errors.As(err, &uncommitted):
				holds(t, d, err.Error(), "the old content")
			case errors.As(err, &undurable):
				holds(t, d, err.Error(), "the new, longer content")
			default:
				t.Errorf("fault %d: %v, want an error that says what stands", n, err)
			}
			if err == nil {
				break
			}
		}
	}
}

func TestEveryPowerCutLeavesTheOldOrTheNew(t *testing.T) {
	d := &Disk{}
	if err := write(d, "the old content"); err != nil {
		t.Fatal(err)
	}
	d.Settle()
	if err := write(d, "the new, longer content"); err != nil {
		t.Fatal(err)
	}
	states := 0
	for s := range d.PowerCuts() {
		states++
		holds(t, s.Disk, s.After, "the old content", "the new, longer content")
	}
	if states < 20 {
		t.Errorf("%d states were looked at, want every one", states)
	}
}

// A writer that does not sync is caught: the test above can fail.
func TestAWriterWithoutSyncIsCaught(t *testing.T) {
	d := &Disk{}
	if err := write(d, "the old content"); err != nil {
		t.Fatal(err)
	}
	d.Settle()
	f, err := d.CreateTemp("dir", "a", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "the new, longer content"); err != nil {
		t.Fatal(err)
	}
	if err := d.Rename(f.Name(), "dir/a"); err != nil {
		t.Fatal(err)
	}
	for s := range d.PowerCuts() {
		got, _ := s.ReadFile("dir/a")
		if string(got) != "the old content" && string(got) != "the new, longer content" {
			return
		}
	}
	t.Error("a torn file was not found")
}
