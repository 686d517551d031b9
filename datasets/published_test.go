package datasets

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/fetch"
	"github.com/stheno-ml/stheno/internal/size"
)

// pack makes a gzipped tar archive of a folder, its entries below top.
func pack(t *testing.T, dir, top string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	files, err := filesIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteHeader(&tar.Header{Name: top + "/" + name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.WithMessage(w.Close(), "tar"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// standIns is the catalogue of published sets with few images each, on a local server that counts
// requests.
func standIns(t *testing.T) (c Catalog, requests *int) {
	t.Helper()
	files := map[string][]byte{} // by set and name
	for _, name := range []string{"mnist", "fashion_mnist", "kmnist"} {
		dir := t.TempDir()
		writeMNIST(t, dir, 12, true)
		for _, f := range digitFiles(PublishedFile{}, PublishedFile{}, PublishedFile{}, PublishedFile{}) {
			b, err := os.ReadFile(filepath.Join(dir, f.Name))
			if err != nil {
				t.Fatal(err)
			}
			files[name+"/"+f.Name] = b
		}
	}
	cifar := t.TempDir()
	writeCIFAR(t, cifar, 3)
	files["cifar10/cifar-10-binary.tar.gz"] = pack(t, cifar, "cifar-10-batches-bin")
	cifar = t.TempDir()
	writeCIFAR100(t, cifar, 3)
	files["cifar100/cifar-100-binary.tar.gz"] = pack(t, cifar, "cifar-100-binary")
	files["svhn/train_32x32.mat"], files["svhn/test_32x32.mat"] = svhnFile(3, true), svhnFile(2, true)
	pictures := t.TempDir()
	writeImagenette(t, pictures)
	files["imagenette160/imagenette2-160.tgz"] = pack(t, pictures, "imagenette2-160")
	files["imagenette320/imagenette2-320.tgz"] = pack(t, pictures, "imagenette2-320")

	requests = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*requests++
		b, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}))
	t.Cleanup(server.Close)
	c = PublishedSets()
	for i := range c {
		c[i].Mirrors = []string{server.URL + "/gone/", server.URL + "/" + c[i].Name + "/"}
		c[i].Pixels = [2]string{}
		for k, f := range c[i].Files {
			b, ok := files[c[i].Name+"/"+f.Name]
			if !ok {
				t.Fatalf("%s wants a file %s", c[i].Name, f.Name)
			}
			sum := sha256.Sum256(b)
			c[i].Files[k].Bytes, c[i].Files[k].SHA256 = int64(len(b)), hex.EncodeToString(sum[:])
		}
	}
	return c, requests
}

var quick = fetch.Client{Tries: 1, Pause: time.Millisecond}

// Every set is fetched, installed whole, found again without a connection, verified and read.
func TestFetchEverySet(t *testing.T) {
	c, requests := standIns(t)
	root := t.TempDir()
	for _, p := range c {
		dir, err := c.Fetch(t.Context(), p.Name, FetchConfig{Dir: root, Client: quick})
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if dir != filepath.Join(root, p.Name) {
			t.Errorf("%s is in %s", p.Name, dir)
		}
		before := *requests
		if _, err := c.Fetch(t.Context(), strings.ToUpper(p.Name), FetchConfig{Dir: root, Client: quick}); err != nil || *requests != before {
			t.Errorf("%s a second time: %v, %d requests", p.Name, err, *requests-before)
		}
		v, err := c.Verify(t.Context(), p.Name, dir)
		if err != nil || v.Files == 0 || v.Pixels || v.Train == 0 || v.Test == 0 || v.Dir != dir {
			t.Errorf("%s: %+v, %v", p.Name, v, err)
		}
		for _, from := range []string{dir, root} {
			train, test, err := Lookup(p.Name, from)
			if err != nil || train.Len() != v.Train || test.Len() != v.Test {
				t.Errorf("%s from %s: %v, %v, %v", p.Name, from, train, test, err)
			}
		}
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if n := e.Name(); !slices.Contains(c.Names(), n) && !strings.HasSuffix(n, ".lock") {
			t.Errorf("%s was left behind", n)
		}
	}
}

func TestFetchThatFailsInstallsNothing(t *testing.T) {
	c, _ := standIns(t)
	for i := range c {
		last := len(c[i].Files) - 1
		sum := []byte(c[i].Files[last].SHA256)
		sum[0] ^= 1
		right := c[i].Files[last].SHA256
		c[i].Files[last].SHA256 = string(sum)
		root := t.TempDir()
		_, err := c.Fetch(t.Context(), c[i].Name, FetchConfig{Dir: root, Client: quick})
		if err == nil || !strings.Contains(err.Error(), c[i].Title+": fetch "+c[i].Files[last].Name) || !strings.Contains(err.Error(), "wrong checksum") {
			t.Errorf("%s: error %v", c[i].Name, err)
		}
		if _, err := os.Stat(filepath.Join(root, c[i].Name)); !os.IsNotExist(err) {
			t.Errorf("%s: something has its name: %v", c[i].Name, err)
		}
		c[i].Files[last].SHA256 = right
		if _, err := c.Fetch(t.Context(), c[i].Name, FetchConfig{Dir: root, Client: quick}); err != nil {
			t.Errorf("%s, the mistake mended: %v", c[i].Name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Fetch(ctx, "mnist", FetchConfig{Dir: t.TempDir(), Client: quick}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	if _, err := c.Fetch(t.Context(), "mnits", FetchConfig{}); err == nil || !strings.Contains(err.Error(), `did you mean "mnist"`) {
		t.Errorf("unknown: %v", err)
	}
}

// An archive that unpacks to more than it may is not installed.
func TestFetchBoundsArchives(t *testing.T) {
	c, _ := standIns(t)
	p, err := c.Find("cifar10")
	if err != nil {
		t.Fatal(err)
	}
	p.Unpacks.Bytes = 1000
	root := t.TempDir()
	if _, err := (Catalog{p}).Fetch(t.Context(), "cifar10", FetchConfig{Dir: root, Client: quick}); err == nil || !strings.Contains(err.Error(), "unpacks to more than") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(root, "cifar10")); !os.IsNotExist(err) {
		t.Errorf("something was installed: %v", err)
	}
}

// What lies under a set's name and came from elsewhere is used when it is the set, and never
// written over.
func TestFetchLeavesWhatIsThere(t *testing.T) {
	c, requests := standIns(t)
	root := t.TempDir()
	writeMNIST(t, filepath.Join(root, "mnist"), 12, true)
	if _, err := c.Fetch(t.Context(), "mnist", FetchConfig{Dir: root, Client: quick}); err != nil || *requests != 0 {
		t.Errorf("the published files were there: %v, %d requests", err, *requests)
	}
	writeMNIST(t, filepath.Join(root, "mnist"), 13, true)
	writeCIFAR(t, filepath.Join(root, "cifar10"), 2)
	for _, name := range []string{"mnist", "cifar10"} {
		if _, err := c.Fetch(t.Context(), name, FetchConfig{Dir: root, Client: quick}); err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestVerifyFindsWhatIsWrong(t *testing.T) {
	c, _ := standIns(t)
	root := t.TempDir()
	dir, err := c.Fetch(t.Context(), "cifar10", FetchConfig{Dir: root, Client: quick})
	if err != nil {
		t.Fatal(err)
	}
	batch := filepath.Join(dir, "cifar-10-batches-bin", "data_batch_2.bin")
	right, err := os.ReadFile(batch)
	if err != nil {
		t.Fatal(err)
	}
	for name, c1 := range map[string]struct {
		spoil func()
		want  string
	}{
		"changed": {func() { b := bytes.Clone(right); b[100] ^= 1; write(t, batch, b) }, "wrong checksum"},
		"missing": {func() { os.Remove(batch) }, "file cifar-10-batches-bin/data_batch_2.bin is missing"},
		"more":    {func() { write(t, batch+".old", right) }, "data_batch_2.bin.old is not part of the set"},
		"list":    {func() { write(t, filepath.Join(dir, sumsFile), []byte("x\n")) }, `SHA256SUMS: line 1 is "x"`},
	} {
		sums, err := os.ReadFile(filepath.Join(dir, sumsFile))
		if err != nil {
			t.Fatal(err)
		}
		c1.spoil()
		if _, err := c.Verify(t.Context(), "cifar10", dir); err == nil || !strings.Contains(err.Error(), c1.want) {
			t.Errorf("%s: error %v, want %q", name, err, c1.want)
		}
		write(t, batch, right)
		os.Remove(batch + ".old")
		write(t, filepath.Join(dir, sumsFile), sums)
	}
	if _, err := c.Verify(t.Context(), "cifar10", dir); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(dir, sumsFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Verify(t.Context(), "cifar10", dir); err == nil || !strings.Contains(err.Error(), "to compare with") {
		t.Errorf("nothing to compare with: %v", err)
	}
}

// Another packing of the same images is the set, too, and one pixel makes it none.
func TestVerifyPixels(t *testing.T) {
	c, _ := standIns(t)
	p, err := c.Find("mnist")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeMNIST(t, dir, 12, false)
	train, test, err := MNIST(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Catalog{p}).Verify(t.Context(), "mnist", dir); err == nil || !strings.Contains(err.Error(), "to compare with") {
		t.Errorf("plain files, no digest: %v", err)
	}
	p.Pixels = [2]string{train.Digest(), test.Digest()}
	if v, err := (Catalog{p}).Verify(t.Context(), "mnist", dir); err != nil || !v.Pixels || v.Files != 0 {
		t.Errorf("plain files: %+v, %v", v, err)
	}
	path := filepath.Join(dir, "t10k-images-idx3-ubyte")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[500]++
	write(t, path, b)
	if _, err := (Catalog{p}).Verify(t.Context(), "mnist", dir); !errors.Is(err, fetch.ErrChecksum) || !strings.Contains(err.Error(), "decoded test images") {
		t.Errorf("one pixel: %v", err)
	}
}

func TestLookupInTheCache(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	root, err := CacheFolder()
	if err != nil {
		t.Skip(err)
	}
	for _, p := range PublishedSets() {
		_, _, err := Lookup(p.Name, "")
		if err == nil || !strings.Contains(err.Error(), `"demo data fetch `+p.Name+`"`) || !strings.Contains(err.Error(), filepath.Join(root, p.Name)) {
			t.Errorf("%s: error %v", p.Name, err)
		}
		if _, err := Verify(t.Context(), p.Name, ""); err == nil || !strings.Contains(err.Error(), "demo data fetch") {
			t.Errorf("%s: verify: %v", p.Name, err)
		}
	}
	c, _ := standIns(t)
	if _, err := c.Fetch(t.Context(), "svhn", FetchConfig{Client: quick}); err != nil {
		t.Fatal(err)
	}
	if train, _, err := Lookup("svhn", ""); err != nil || train.Len() != 3 {
		t.Errorf("%v, %v", train, err)
	}
}

func TestPublishedSets(t *testing.T) {
	for _, p := range PublishedSets() {
		for i, f := range p.Files {
			b, err := hex.DecodeString(f.SHA256)
			if err != nil || len(b) != sha256.Size || f.Bytes < 1 {
				t.Errorf("%s: file %+v", p.Name, f)
			}
			for _, url := range p.file(i).URLs {
				if !strings.HasPrefix(url, "http") || !strings.HasSuffix(url, "/"+f.Name) {
					t.Errorf("%s: address %s", p.Name, url)
				}
			}
		}
		if p.Title == "" || p.Images == "" || p.Licence == "" || p.Paper == "" || p.Bytes() < 1 || len(p.Mirrors) < 1 {
			t.Errorf("incomplete: %+v", p)
		}
	}
}

// With STHENO_DATA=DIR, the full sets in DIR are held to what was published.
func TestVerifyFullSets(t *testing.T) {
	dir := os.Getenv("STHENO_DATA")
	if dir == "" {
		t.Skip("STHENO_DATA is not set")
	}
	for _, name := range []string{"mnist", "cifar10"} {
		if v, err := Verify(t.Context(), name, dir); err != nil || !v.Pixels {
			t.Errorf("%+v, %v", v, err)
		}
	}
}

// What the disk can't hold is refused before the first byte.
func TestFetchOntoAFullDisk(t *testing.T) {
	c, requests := standIns(t)
	was := size.Room
	defer func() { size.Room = was }()
	size.Room = func(string) (int64, bool) { return 100, true }
	for _, name := range []string{"mnist", "cifar10"} {
		root := t.TempDir()
		if _, err := c.Fetch(t.Context(), name, FetchConfig{Dir: root, Client: quick}); err == nil || !strings.Contains(err.Error(), "has 100 free") || *requests > 0 {
			t.Errorf("%s: %v after %d requests", name, err, *requests)
		}
	}
}
