package runs

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A folder that turns read-only, for the superuser, too: nothing changes in it, and
// the error names it.
func TestReadOnlyFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	if _, err := little(t, path, ignore); err != nil {
		t.Fatal(err)
	}
	before := content(t, path)
	if err := unix.Mount(path, path, "", unix.MS_BIND, ""); err != nil {
		t.Skip("a mount of its own is not allowed: ", err)
	}
	defer func() {
		if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	if err := unix.Mount("", path, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""); err != nil {
		t.Skip("a read-only mount is not allowed: ", err)
	}
	if _, err := little(t, path, ignore); err == nil || !strings.Contains(err.Error(), "read-only") || !strings.Contains(err.Error(), path) {
		t.Errorf("going on: %v", err)
	}
	if _, err := Create(filepath.Join(path, "new"), Config{}); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a new run: %v", err)
	}
	if after := content(t, path); !reflect.DeepEqual(before, after) {
		t.Errorf("the folder holds\n%v, before\n%v", after, before)
	}
}

// content is what the files of a folder hold.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
