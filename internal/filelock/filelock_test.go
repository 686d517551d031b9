package filelock

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pkg/errors"
)

func TestOneHolderAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	a, err := Try(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Try(path); !errors.Is(err, ErrLocked) {
		t.Errorf("a second holder: %v, want ErrLocked", err)
	}
	if err := a.Release(); err != nil {
		t.Fatal(err)
	}
	b, err := Try(path)
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	b.Release()
	if _, err := Try(filepath.Join(path, "no")); err == nil {
		t.Error("a path that cannot be is no error")
	}
}

// A process that dies leaves no lock.
func TestKilledHolder(t *testing.T) {
	if path := os.Getenv("STHENO_HOLD_LOCK"); path != "" {
		if _, err := Try(path); err != nil {
			t.Fatal(err)
		}
		fmt.Println("held")
		select {}
	}
	path := filepath.Join(t.TempDir(), "lock")
	c := exec.Command(os.Args[0], "-test.run=^TestKilledHolder$")
	c.Env = append(os.Environ(), "STHENO_HOLD_LOCK="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var word string
	fmt.Fscan(out, &word)
	if _, err := Try(path); !errors.Is(err, ErrLocked) {
		t.Errorf("while another process holds it: %v, want ErrLocked", err)
	}
	c.Process.Kill()
	c.Wait()
	l, err := Try(path)
	if err != nil {
		t.Fatalf("after its death: %v", err)
	}
	l.Release()
}

// Holders that remove the file, many at once: never two at a time.
func TestRemovedLocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var holders, held atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 300 {
				l, err := Try(path)
				if errors.Is(err, ErrLocked) {
					runtime.Gosched()
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d holders at once", n)
				}
				held.Add(1)
				runtime.Gosched()
				holders.Add(-1)
				if err := l.Remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if held.Load() < 8 {
		t.Errorf("held %d times", held.Load())
	}
	if _, err := os.Stat(path); err == nil && runtime.GOOS != "windows" {
		t.Error("the file is left")
	}
}
