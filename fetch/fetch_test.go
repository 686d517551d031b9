package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/filelock"
	"github.com/stheno-ml/stheno/internal/size"
)

// content is what all servers are meant to give.
var content = func() []byte {
	b := make([]byte, 300_000)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return b
}()

func published(urls ...string) File {
	sum := sha256.Sum256(content)
	return File{Name: "data.bin", URLs: urls, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

// server starts one that answers as f does and counts requests.
func server(t *testing.T, f http.HandlerFunc) (url string, requests *[]string) {
	t.Helper()
	var mu sync.Mutex
	requests = new([]string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		*requests = append(*requests, r.Header.Get("Range"))
		mu.Unlock()
		f(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/data.bin", requests
}

func good(w http.ResponseWriter, r *http.Request) {
	http.ServeContent(w, r, "data.bin", time.Time{}, strings.NewReader(string(content)))
}

var quick = Client{Tries: 2, Pause: time.Millisecond, Idle: 200 * time.Millisecond}

// installed fails the test unless the file is there, whole, and nothing else.
func installed(t *testing.T, dir string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, "data.bin"))
	if err != nil || !reflect.DeepEqual(got, content) {
		t.Fatalf("the file was not installed whole: %d bytes, %v", len(got), err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Errorf("the folder holds %v, want the file alone", entries)
	}
}

func TestGet(t *testing.T) {
	url, requests := server(t, good)
	dir := t.TempDir()
	var last int64
	c := quick
	c.Progress = func(_ File, done int64) { last = done }
	for range 2 {
		if err := c.Get(t.Context(), dir, published(url)); err != nil {
			t.Fatal(err)
		}
		installed(t, dir)
	}
	if len(*requests) != 1 || last != int64(len(content)) {
		t.Errorf("%d requests, progress up to %d: want one request and all bytes", len(*requests), last)
	}
	// A file that was changed is fetched anew.
	if err := os.WriteFile(filepath.Join(dir, "data.bin"), content[1:], 0o644); err != nil {
		t.Fatal(err)
	}
	if err := c.Get(t.Context(), dir, published(url)); err != nil {
		t.Fatal(err)
	}
	installed(t, dir)
}

func TestCutConnectionsAreContinued(t *testing.T) {
	url, requests := server(t, func(w http.ResponseWriter, r *http.Request) {
		start := 0
		if text := r.Header.Get("Range"); text != "" {
			fmt.Sscanf(text, "bytes=%d-", &start)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, len(content)-1, len(content)))
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(content)-start))
		if start > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		w.Write(content[start:min(start+100_000, len(content))])
		if start+100_000 < len(content) {
			panic(http.ErrAbortHandler)
		}
	})
	dir := t.TempDir()
	if err := quick.Get(t.Context(), dir, published(url)); err != nil {
		t.Fatal(err)
	}
	installed(t, dir)
	if len(*requests) < 3 || (*requests)[1] == "" {
		t.Errorf("ranges asked for: %q, want one for each cut", *requests)
	}
}

func TestAnotherRunContinues(t *testing.T) {
	url, requests := server(t, good)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".data.bin.part"), content[:1000], 0o644); err != nil {
		t.Fatal(err)
	}
	if err := quick.Get(t.Context(), dir, published(url)); err != nil {
		t.Fatal(err)
	}
	installed(t, dir)
	if want := []string{"bytes=1000-"}; !reflect.DeepEqual(*requests, want) {
		t.Errorf("ranges asked for: %q, want %q", *requests, want)
	}
	// What was there before may be wrong: then all of it is fetched.
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".data.bin.part"), make([]byte, 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := quick.Get(t.Context(), dir, published(url)); err != nil {
		t.Fatal(err)
	}
	installed(t, dir)
}

// Each bad mirror is passed over for the good one, and alone gives an error that
// says what was wrong.
func TestBadMirrors(t *testing.T) {
	wrong := append([]byte(nil), content...)
	wrong[7] ^= 1
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"wrong bytes": {func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(wrong)))
		}, "wrong checksum"},
		"announces another length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			w.Write([]byte("hello"))
		}, "announces 5 bytes, want 300000"},
		"sends too much": {func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush() // chunked: no length
			for range 20 {
				w.Write(content)
			}
		}, "sends more than 300000 bytes"},
		"sends too little": {func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(content[:1000])
		}, "ended after 1000 bytes of 300000"},
		"stalls": {func(w http.ResponseWriter, r *http.Request) {
			w.Write(content[:1000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "no byte for"},
		"not found": {http.NotFound, "404"},
		"broken":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "503"},
		"redirects for ever": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusFound)
		}, "more than ten redirects"},
		"answers another range": {func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") == "" {
				w.Write(content[:10])
				panic(http.ErrAbortHandler)
			}
			w.Header().Set("Content-Range", "bytes 0-9/300000")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(content[:10])
		}, "announces"},
	} {
		t.Run(name, func(t *testing.T) {
			bad, _ := server(t, c.serve)
			dir := t.TempDir()
			err := quick.Get(t.Context(), dir, published(bad))
			if name == "answers another range" {
				if err == nil {
					t.Error("no error")
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), bad) {
				t.Errorf("error %v, want one that names the address and %q", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "data.bin")); err == nil {
				t.Error("something was installed")
			}
			fine, _ := server(t, good)
			if err := quick.Get(t.Context(), dir, published(bad, fine)); err != nil {
				t.Fatal(err)
			}
			installed(t, dir)
		})
	}
}

func TestNeverFromHTTPSToHTTP(t *testing.T) {
	plain, requests := server(t, good)
	s := httptest.NewTLSServer(http.RedirectHandler(plain, http.StatusFound))
	defer s.Close()
	c := quick
	c.HTTP = s.Client()
	err := c.Get(t.Context(), t.TempDir(), published(s.URL))
	if err == nil || !strings.Contains(err.Error(), "refuses to be led from https") || len(*requests) > 0 {
		t.Errorf("error %v after %d requests over http", err, len(*requests))
	}
}

func TestStopped(t *testing.T) {
	url, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(content[:1000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := quick.Get(ctx, t.TempDir(), published(url)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestTwoAtOnce(t *testing.T) {
	url, _ := server(t, good)
	dir := t.TempDir()
	lock, err := filelock.Try(filepath.Join(dir, ".data.bin.part.lock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := quick.Get(t.Context(), dir, published(url)); !errors.Is(err, filelock.ErrLocked) {
		t.Errorf("error %v, want ErrLocked", err)
	}
	lock.Release()
	if err := quick.Get(t.Context(), dir, published(url)); err != nil {
		t.Error(err)
	}
}

func TestFilesThatMakeNoSense(t *testing.T) {
	f := published("http://127.0.0.1:1/")
	for _, change := range []func(*File){
		func(f *File) { f.Name = "../data.bin" }, func(f *File) { f.Name = "" }, func(f *File) { f.Name = "a/b" },
		func(f *File) { f.Size = -1 }, func(f *File) { f.SHA256 = "" }, func(f *File) { f.URLs = nil },
	} {
		g := f
		change(&g)
		if err := quick.Get(t.Context(), t.TempDir(), g); err == nil {
			t.Errorf("%+v: no error", g)
		}
	}
}

// Many that want one file at once: one of them gets it, the others wait or find it.
func TestManyAtOnce(t *testing.T) {
	patient := quick
	patient.Idle = time.Minute
	for range 4 {
		url, requests := server(t, good)
		dir := t.TempDir()
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				for {
					err := patient.Get(t.Context(), dir, published(url))
					if err == nil {
						return
					}
					if !errors.Is(err, filelock.ErrLocked) {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		installed(t, dir)
		if len(*requests) != 1 {
			t.Fatalf("%d requests, want 1", len(*requests))
		}
	}
}

// What the disk can't take is refused before anything is asked for; of what was
// begun only the rest counts.
func TestFullDisk(t *testing.T) {
	was := size.Room
	defer func() { size.Room = was }()
	size.Room = func(string) (int64, bool) { return 299_000, true }
	url, requests := server(t, good)
	dir := t.TempDir()
	err := quick.Get(t.Context(), dir, published(url))
	if err == nil || !strings.Contains(err.Error(), "takes 300000 bytes") || !strings.Contains(err.Error(), "has 299000 free") || !strings.Contains(err.Error(), dir) || len(*requests) > 0 {
		t.Errorf("%v after %d requests", err, len(*requests))
	}
	if err := os.WriteFile(filepath.Join(dir, ".data.bin.part"), content[:1000], 0o644); err != nil {
		t.Fatal(err)
	}
	if err := quick.Get(t.Context(), dir, published(url)); err != nil {
		t.Fatal(err)
	}
	installed(t, dir)
}
