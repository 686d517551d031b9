package fetch

import (
	"archive/tar"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// archive writes a gzipped tar file.
func archive(t *testing.T, entries ...tar.Header) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.tgz")
	if err := os.WriteFile(path, zipped(t, tarred(t, entries...)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExtract(t *testing.T) {
	a := archive(t,
		tar.Header{Name: "./", Typeflag: tar.TypeDir},
		tar.Header{Name: "./train", Typeflag: tar.TypeDir},
		tar.Header{Name: "./train/a.bin", Typeflag: tar.TypeReg, Size: 5},
		tar.Header{Name: "test/deep/b.bin", Typeflag: tar.TypeReg, Size: 7},
	)
	dir := filepath.Join(t.TempDir(), "set")
	if err := Extract(t.Context(), a, dir, Limits{10, 100}); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int64{"train/a.bin": 5, "test/deep/b.bin": 7} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() != size {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if err := Extract(t.Context(), a, dir, Limits{10, 100}); err == nil {
		t.Error("a folder that is there was written over")
	}
}

func TestBadArchivesLeaveNothing(t *testing.T) {
	file := func(name string, size int64) tar.Header {
		return tar.Header{Name: name, Typeflag: tar.TypeReg, Size: size}
	}
	for want, entries := range map[string][]tar.Header{
		"leads out":                     {file("ok", 1), file("../outside", 1)},
		"leads out of":                  {file("/etc/outside", 1)},
		"neither a file nor":            {{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc"}},
		"neither a file nor a folder":   {{Name: "link", Typeflag: tar.TypeLink, Linkname: "ok"}},
		"more than 3 files":             {file("a", 1), file("b", 1), file("c", 1), file("d", 1)},
		"unpacks to more than 1.0 KiB":  {file("a", 1000), file("b", 1000)},
		"more than 3 files and folders": {file(strings.Repeat("a/", 2000)+"b", 1)},
		"file exists":                   {file("a", 1), file("a", 1)},
	} {
		parent := t.TempDir()
		err := Extract(t.Context(), archive(t, entries...), filepath.Join(parent, "set"), Limits{3, 1024})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("%s: left %v", want, left)
		}
	}
	broken := filepath.Join(t.TempDir(), "x.tgz")
	whole, err := os.ReadFile(archive(t, file("a", 1000)))
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range [][]byte{nil, []byte("no archive"), whole[:len(whole)/2]} {
		if err := os.WriteFile(broken, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Extract(t.Context(), broken, filepath.Join(t.TempDir(), "set"), Limits{3, 1024}); err == nil {
			t.Errorf("%d bytes that are no archive: no error", len(content))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Extract(ctx, archive(t, file("a", 1)), filepath.Join(t.TempDir(), "set"), Limits{3, 1024}); err == nil {
		t.Error("a done context is no error")
	}
}
