package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 {
		if err := Folder(dir); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	file := filepath.Join(dir, "file")
	if err := Write(file, nil); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "c")} {
		if err := Folder(bad); err == nil || !strings.Contains(err.Error(), "can't be made") {
			t.Errorf("%s: error %v", bad, err)
		}
	}
	if os.Geteuid() == 0 {
		t.Skip("the superuser writes into read-only folders")
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if err := Folder(dir); err == nil || !strings.Contains(err.Error(), "can't be written") {
		t.Errorf("a read-only folder: error %v", err)
	}
}
