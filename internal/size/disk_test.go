package size

import (
	"math"
	"path/filepath"
	"runtime"
	"testing"
)

func TestFitDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "yet")
	if n, known := Room(dir); runtime.GOOS == "linux" && (!known || n <= 0) {
		t.Errorf("%d bytes free, known: %v", n, known)
	}
	if err := FitDisk("nothing", dir, 0); err != nil {
		t.Error(err)
	}
	was := Room
	defer func() { Room = was }()
	Room = func(string) (int64, bool) { return 1 << 20, true }
	if err := FitDisk("it", dir, 1<<20); err != nil {
		t.Error(err)
	}
	err := FitDisk("it", dir, 3<<20)
	if want := "it takes 3145728 bytes (3.0 MiB), the disk of " + dir + " has 1048576 free (1.0 MiB)"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	Room = func(string) (int64, bool) { return 0, false }
	if err := FitDisk("it", dir, math.MaxInt64); err != nil {
		t.Errorf("a system that does not tell: %v", err)
	}
}
