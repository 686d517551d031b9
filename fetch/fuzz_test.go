package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// FuzzExtract: whatever an archive says, it is unpacked into its folder and within
// the limits, or leaves nothing; nothing appears beside it.
func FuzzExtract(f *testing.F) {
	file := func(name string, n int64) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg, Size: n} }
	for _, entries := range [][]tar.Header{
		{{Name: "./", Typeflag: tar.TypeDir}, file("./train/a.bin", 5), file("test/b.bin", 7)},
		{file("../outside", 1)}, {file("a", 1), file("a", 1)}, {file("a/../../b", 1)}, {file("a", 1), file("a/b", 1)},
		{{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, file("link/x", 1)},
		{{Name: "link", Typeflag: tar.TypeLink, Linkname: "a"}}, {file("big", 5000)},
	} {
		f.Add(tarred(f, entries...))
	}
	most := Limits{Files: 8, Bytes: 4096}
	parent := f.TempDir()
	f.Fuzz(func(t *testing.T, unzipped []byte) {
		// The fuzzer does not find its way through a checksum: it is given the
		// archive, and the packed form is made here.
		path := filepath.Join(parent, "a.tgz")
		if err := os.WriteFile(path, zipped(t, unzipped), 0o644); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(parent, "set")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := Extract(t.Context(), path, dir, most)
		runtime.ReadMemStats(&after)
		if took, want := after.TotalAlloc-before.TotalAlloc, uint64(2<<20+64*len(unzipped)); took > want {
			t.Errorf("an archive of %d bytes took %d bytes of memory, want at most %d", len(unzipped), took, want)
		}
		if err == nil {
			entries, total := 0, int64(0)
			walked := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
				if err != nil || path == dir {
					return err
				}
				entries++
				info, err := e.Info()
				if err != nil {
					return err
				}
				if !e.IsDir() {
					total += info.Size()
				}
				if mode := info.Mode(); !mode.IsDir() && !mode.IsRegular() {
					t.Errorf("%s is %v", path, mode)
				}
				return nil
			})
			if walked != nil || entries > most.Files || total > most.Bytes {
				t.Errorf("%d entries of %d bytes, %v", entries, total, walked)
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
		left, _ := os.ReadDir(parent)
		if len(left) != 1 || left[0].Name() != "a.tgz" {
			t.Errorf("left %v", left)
		}
	})
}

// FuzzGzip: bytes that are no archive, or a broken one, leave nothing.
func FuzzGzip(f *testing.F) {
	whole := zipped(f, tarred(f, tar.Header{Name: "a", Typeflag: tar.TypeReg, Size: 100}))
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{0x1f, 0x8b, 8})
	parent := f.TempDir()
	f.Fuzz(func(t *testing.T, packed []byte) {
		path, dir := filepath.Join(parent, "a.tgz"), filepath.Join(parent, "set")
		if err := os.WriteFile(path, packed, 0o644); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := Extract(t.Context(), path, dir, Limits{Files: 8, Bytes: 4096})
		runtime.ReadMemStats(&after)
		// Every byte may expand to a thousand, of which headers are read into memory.
		if took, want := after.TotalAlloc-before.TotalAlloc, uint64(4<<20+4096*len(packed)); took > want {
			t.Errorf("a file of %d bytes took %d bytes of memory, want at most %d", len(packed), took, want)
		}
		if err == nil {
			os.RemoveAll(dir)
		}
		if left, _ := os.ReadDir(parent); len(left) != 1 {
			t.Errorf("left %v", left)
		}
	})
}

// tarred writes an archive of entries filled with zeros.
func tarred(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range entries {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = z.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
