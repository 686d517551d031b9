package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/fetch"
)

// dataSets is a catalogue of one set, whose first mirror has nothing.
func dataSets(t *testing.T) (sets datasets.Catalog, mirror string) {
	t.Helper()
	content := bytes.Repeat([]byte("flower"), 50_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/right/flowers.bin" {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(server.Close)
	sum := sha256.Sum256(content)
	return datasets.Catalog{{
		Name: "flowers", Title: "Flowers", Images: "512 + 128, 3x32x32", Licence: "free", Paper: "none",
		Mirrors: []string{server.URL + "/wrong/"},
		Files:   []datasets.PublishedFile{{Name: "flowers.bin", Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}},
		Load: func(_ context.Context, dir string) (datasets.Source, datasets.Source, error) {
			if _, err := os.Stat(filepath.Join(dir, "flowers.bin")); err != nil {
				return nil, nil, errors.WithStack(err)
			}
			return asSources(datasets.Synthetic(datasets.SyntheticConfig{}))
		},
	}}, server.URL + "/right"
}

func asSources(train, test *datasets.Dataset, err error) (datasets.Source, datasets.Source, error) {
	return train, test, err
}

// data runs 'demo data' and returns what it prints.
func data(sets datasets.Catalog, args ...string) (out, side string, err error) {
	var o, e bytes.Buffer
	c := newData(sets)
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetOut(&o)
	c.SetErr(&e)
	c.SetArgs(args)
	err = c.ExecuteContext(context.Background())
	return o.String(), e.String(), err
}

func TestData(t *testing.T) {
	sets, mirror := dataSets(t)
	dir := t.TempDir()
	out, _, err := data(sets, "list", "--dir", dir)
	if err != nil || !strings.Contains(out, "flowers") || !strings.Contains(out, "0.3 MB") || !strings.Contains(out, "no") {
		t.Errorf("list: %v\n%s", err, out)
	}
	_, side, err := data(sets, "fetch", "flowers", "--dir", dir)
	if err == nil || !strings.Contains(err.Error(), "Flowers: fetch flowers.bin: no mirror gave it") || !strings.Contains(err.Error(), "404") || !strings.Contains(side, "404") {
		t.Errorf("fetch from a mirror that has nothing: %v\n%s", err, side)
	}
	out, side, err = data(sets, "fetch", "flowers", "--dir", dir, "--mirror", mirror)
	if err != nil || out != "Flowers: "+filepath.Join(dir, "flowers")+"\n" || !strings.Contains(side, "flowers.bin: 0.3 MB") {
		t.Errorf("fetch: %v\n%s\n%s", err, out, side)
	}
	for _, args := range [][]string{{"verify"}, {"verify", "FLOWERS"}} {
		out, _, err = data(sets, append(args, "--dir", dir)...)
		if err != nil || !strings.Contains(out, "Flowers: as published, 512 + 128 images in "+filepath.Join(dir, "flowers")+" (SHA-256 of 1 file)") {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
	out, _, err = data(sets, "list", "--dir", dir, "--json")
	var entry struct {
		Name, Dir string
		Bytes     int
	}
	if err != nil || json.Unmarshal([]byte(out), &entry) != nil || entry.Name != "flowers" || entry.Dir != filepath.Join(dir, "flowers") || entry.Bytes != 300_000 {
		t.Errorf("list --json: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "flowers", "flowers.bin"), []byte("weed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := data(sets, "verify", "--dir", dir); !errors.Is(err, fetch.ErrChecksum) {
		t.Errorf("verify of other bytes: %v", err)
	}
}

func TestDataRefuses(t *testing.T) {
	sets, mirror := dataSets(t)
	for _, c := range []struct{ args, want string }{
		{"fetch", "which dataset?"},
		{"fetch flower", `did you mean "flowers"`},
		{"fetch flowers flowers --mirror " + mirror, "name one set"},
		{"verify --dir " + t.TempDir(), "no dataset is installed"},
		{"verify flowers --dir " + t.TempDir(), "no such file"},
		{"list flowers", "unknown command"},
	} {
		if _, _, err := data(sets, strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.args, err, c.want)
		}
	}
}

func TestDownloadShowsHowFarItIs(t *testing.T) {
	var out bytes.Buffer
	d := newDownload(&out)
	now := time.Unix(0, 0)
	d.now, d.live = func() time.Time { return now }, true
	f := fetch.File{Name: "a.tgz", Size: 10_000_000}
	d.progress(f, 1_000_000)
	now = now.Add(time.Second)
	d.progress(f, 3_000_000)
	d.log("mirror: %v", "gone")
	if want := "\ra.tgz: 3.0 MB of 10.0 MB, 2.0 MB/s, 4 s left\x1b[K\r\x1b[Kmirror: gone\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
