//go:build unix

package datasets

import (
	"image/color"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Folders are found where links lead to them; links in a circle are an error, and
// what is no file is broken, without being waited for.
func TestPicturesBehindLinks(t *testing.T) {
	real := t.TempDir()
	red := color.NRGBA{250, 0, 0, 255}
	paint(t, filepath.Join(real, "store", "a.png"), 4, 4, red)
	paint(t, filepath.Join(real, "all", "cat", "b.png"), 4, 4, red)
	paint(t, filepath.Join(real, "c.png"), 4, 4, red)
	link := func(to, at string) {
		if err := os.Symlink(to, filepath.Join(real, at)); err != nil {
			t.Fatal(err)
		}
	}
	link(filepath.Join(real, "store"), "all/dog")
	link(filepath.Join(real, "c.png"), "all/cat/c.png")
	link(filepath.Join(real, "all"), "root")
	cfg := PictureFolderConfig{Dir: filepath.Join(real, "root"), Shape: smallColour}
	d, err := OpenPictureFolder(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range d.Files() {
		names = append(names, filepath.Base(f.Path))
	}
	if !reflect.DeepEqual(d.Classes(), []string{"cat", "dog"}) || !reflect.DeepEqual(names, []string{"b.png", "c.png", "a.png"}) {
		t.Errorf("classes %v, pictures %v", d.Classes(), names)
	}

	link(filepath.Join(real, "nothing"), "all/dog/gone.png")
	if err := unix.Mkfifo(filepath.Join(real, "all", "dog", "pipe.png"), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg.SkipBroken = true
	done := make(chan struct{})
	go func() {
		defer close(done)
		if d, err = OpenPictureFolder(t.Context(), cfg); err != nil || d.Len() != 3 || len(d.Broken()) != 2 {
			t.Errorf("with a pipe and a dead link: %v, %v", d, err)
		}
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("a pipe is waited for")
	}

	link(filepath.Join(real, "all"), "all/cat/again")
	if _, err := OpenPictureFolder(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "cat/again is a link to a folder that it lies in") {
		t.Errorf("links in a circle: %v", err)
	}
}

// A table as spreadsheets write it, and classes that are numbers.
func TestTablesOfSpreadsheets(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.png", "b.png", "c.png", "d.png"} {
		paint(t, filepath.Join(dir, name), 4, 4, color.White)
	}
	text := "\ufefffile,label\r\na.png,12\r\nb.png,007\r\nc.png,-5\r\nd.png,3\r\n"
	if err := os.WriteFile(filepath.Join(dir, "t.csv"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := PictureFolderConfig{Dir: dir, Table: "t.csv", Shape: smallColour}
	d, err := OpenPictureFolder(t.Context(), cfg)
	if err != nil || !reflect.DeepEqual(d.Classes(), []string{"-5", "3", "007", "12"}) {
		t.Errorf("classes %v, %v", d, err)
	}
	cfg.Classes = []string{"12", "007", "12", "3", "-5"}
	if _, err := OpenPictureFolder(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("a class twice: %v", err)
	}
}
