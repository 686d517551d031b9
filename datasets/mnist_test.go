package datasets

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/size/sizetest"
)

// writeMNIST writes a set of few images in the published format, n training and 2 test images.
func writeMNIST(t *testing.T, dir string, n int, zipped bool) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for prefix, n := range map[string]int{"train": n, "t10k": 2} {
		images := &idx.Array{Dims: []int{n, 28, 28}, Data: make([]byte, n*784)}
		labels := &idx.Array{Dims: []int{n}, Data: make([]byte, n)}
		for i := range n {
			labels.Data[i] = byte(i % 10)
			images.Data[i*784+i] = byte(100 + i)
		}
		writeIDX(t, filepath.Join(dir, prefix+"-images-idx3-ubyte"), images, zipped)
		writeIDX(t, filepath.Join(dir, prefix+"-labels-idx1-ubyte"), labels, zipped)
	}
}

func writeIDX(t *testing.T, path string, a *idx.Array, zipped bool) {
	t.Helper()
	var b bytes.Buffer
	if err := idx.Write(&b, a); err != nil {
		t.Fatal(err)
	}
	if zipped {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		if _, err := w.Write(b.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		path, b = path+".gz", z
	}
	write(t, path, b.Bytes())
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMNIST(t *testing.T) {
	for _, zipped := range []bool{false, true} {
		for _, sub := range []string{"", "mnist", "MNIST/raw"} {
			dir := t.TempDir()
			writeMNIST(t, filepath.Join(dir, sub), 12, zipped)
			train, test, err := MNIST(dir)
			if err != nil {
				t.Fatal(err)
			}
			if train.String() != "MNIST: 12 images 1x28x28, 10 classes" || test.Len() != 2 {
				t.Errorf("%v, %v", train, test)
			}
			if got := train.Labels(); !slices.Equal(got, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1}) {
				t.Errorf("labels %v", got)
			}
			x := sample(t, train, 3)
			if !near(x[2:5], []float32{-0.424212, (103./255 - 0.1307) / 0.3081, -0.424212}, 1e-5) {
				t.Errorf("pixels %v", x[2:5])
			}
		}
	}
}

func TestMNISTRefuses(t *testing.T) {
	change := func(name string, f func(b []byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, f(b))
		}
	}
	cases := []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  []string
	}{
		{"truncated", change("train-images-idx3-ubyte", func(b []byte) []byte { return b[:len(b)-5] }),
			[]string{"train-images-idx3-ubyte: truncated", "[12 28 28] = 9408 bytes, the file can hold 9403"}},
		{"trailing", change("t10k-labels-idx1-ubyte", func(b []byte) []byte { return append(b, 1) }),
			[]string{"t10k-labels-idx1-ubyte: trailing bytes"}},
		{"magic", change("train-labels-idx1-ubyte", func(b []byte) []byte { b[3] = 3; return b }),
			[]string{"train-labels-idx1-ubyte: magic number is 2051", "want 2049"}},
		{"label", change("train-labels-idx1-ubyte", func(b []byte) []byte { b[8+5] = 10; return b }),
			[]string{"train-labels-idx1-ubyte: label of image 5 is 10, want 0 to 9"}},
		{"swapped", change("train-images-idx3-ubyte", func(b []byte) []byte { return []byte{0, 0, 8, 1, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0, 0} }),
			[]string{"magic number is 2049", "want 2051"}},
		{"counts", func(t *testing.T, dir string) {
			writeIDX(t, filepath.Join(dir, "train-labels-idx1-ubyte"), &idx.Array{Dims: []int{11}, Data: make([]byte, 11)}, false)
		}, []string{"train-labels-idx1-ubyte: 11 labels, want 12", "train-images-idx3-ubyte"}},
		{"size", func(t *testing.T, dir string) {
			writeIDX(t, filepath.Join(dir, "t10k-images-idx3-ubyte"), &idx.Array{Dims: []int{2, 28, 27}, Data: make([]byte, 2*28*27)}, false)
		}, []string{"t10k-images-idx3-ubyte: dimension 2 of the IDX header is 27, want 28"}},
		{"missing", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "t10k-images-idx3-ubyte")); err != nil {
				t.Fatal(err)
			}
		}, []string{"found no t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz in ", "mnist", "put the four published files"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			writeMNIST(t, dir, 12, false)
			c.spoil(t, dir)
			_, _, err := MNIST(dir)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range append(c.want, dir) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error is %q, want it to say %q", err, want)
				}
			}
		})
	}
	for _, dir := range []string{"", filepath.Join(t.TempDir(), "nowhere")} {
		if _, _, err := MNIST(dir); err == nil || !strings.Contains(err.Error(), "put the four published files") {
			t.Errorf("folder %q: %v", dir, err)
		}
	}
}

// A gzip file of 4 MB whose header announces 65535 x 65535 bytes, which it has, is refused without
// expanding it.
func TestMNISTRefusesABomb(t *testing.T) {
	if !sizetest.Confine(t, 1<<30) {
		return
	}
	dir := t.TempDir()
	writeMNIST(t, dir, 12, true)
	var file, zeros bytes.Buffer
	for _, part := range []struct {
		to   *bytes.Buffer
		what []byte
	}{{&file, []byte{0, 0, 8, 3, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0, 0, 1}}, {&zeros, make([]byte, 1<<20)}} {
		z := gzip.NewWriter(part.to)
		if _, err := z.Write(part.what); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range 4096 {
		file.Write(zeros.Bytes())
	}
	write(t, filepath.Join(dir, "train-images-idx3-ubyte.gz"), file.Bytes())
	_, _, err := MNIST(dir)
	if err == nil || !strings.Contains(err.Error(), "train-images-idx3-ubyte.gz: dimension 0 of the IDX header is 65535, want at most 60000") {
		t.Errorf("error %v", err)
	}
}

func TestEmbeddedMNIST(t *testing.T) {
	train, test, err := EmbeddedMNIST()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct {
		d    *Dataset
		each int
	}{{train, 1000}, {test, 200}} {
		for digit, n := range part.d.ClassCounts() {
			if n != part.each {
				t.Errorf("%v: %d images of digit %d, want %d", part.d, n, digit, part.each)
			}
		}
		for digit, n := range part.d.Take(70).ClassCounts() {
			if n != 7 {
				t.Errorf("first 70 of %v: %d images of digit %d, want 7", part.d, n, digit)
			}
		}
		// A fair sample has nearly the full set's mean and deviation.
		n, err := part.d.Statistics()
		if err != nil || !near(n.Mean, imaging.MNIST().Mean, 0.004) || !near(n.Std, imaging.MNIST().Std, 0.004) {
			t.Errorf("%v: %v, %v", part.d, n, err)
		}
	}
	// Same pixels, not the same images twice.
	seen := map[string]bool{}
	for i := range train.Len() {
		seen[string(train.pixels[i*784:(i+1)*784])] = true
	}
	if len(seen) != 10000 {
		t.Errorf("%d different training images, want 10000", len(seen))
	}
	for i := range test.Len() {
		if seen[string(test.pixels[i*784:(i+1)*784])] {
			t.Errorf("test image %d is a training image", i)
		}
	}
}

// With STHENO_DATA=DIR, the full sets in DIR are read too.
func TestFullSets(t *testing.T) {
	dir := os.Getenv("STHENO_DATA")
	if dir == "" {
		t.Skip("STHENO_DATA is not set")
	}
	for _, c := range []struct {
		load      func(string) (*Dataset, *Dataset, error)
		nTrain, n int
	}{{MNIST, 60000, 10000}, {CIFAR10, 50000, 10000}} {
		train, test, err := c.load(dir)
		if err != nil {
			t.Error(err)
			continue
		}
		if train.Len() != c.nTrain || test.Len() != c.n {
			t.Errorf("%v, %v", train, test)
		}
		n, err := train.Statistics()
		want := train.Normalization()
		if err != nil || !near(n.Mean, want.Mean, 1e-4) || !near(n.Std, want.Std, 1e-4) {
			t.Errorf("%v: %v, want %v", train, n, want)
		}
	}
}
