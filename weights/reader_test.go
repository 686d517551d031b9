package weights_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
	"gorgonia.org/tensor"
)

// Reading straight into a model gives what reading the file first gives, from
// elements of any type and for both types of model.
func TestReaderLoadsWhatTheFileHolds(t *testing.T) {
	for _, from := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, to := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			a := built(t, two{4}, 1, graph.WithDtype(from))
			path := filepath.Join(t.TempDir(), "file")
			tensors, err := weights.FromParams(a)
			if err != nil {
				t.Fatal(err)
			}
			if err := weights.WriteFile(path, &weights.File{Tensors: tensors, Metadata: map[string]string{"a": "b"}}); err != nil {
				t.Fatal(err)
			}
			r, err := weights.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Tensors) != 3 || r.Metadata["a"] != "b" {
				t.Errorf("the header has %d tensors and %v", len(r.Tensors), r.Metadata)
			}
			got, want := built(t, two{4}, 2, graph.WithDtype(to)), built(t, two{4}, 3, graph.WithDtype(to))
			if err := r.Load(got); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			f, err := weights.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := weights.Load(want, f.Tensors); err != nil {
				t.Fatal(err)
			}
			for i, q := range got.All() {
				if !q.Value.Eq(want.All()[i].Value) {
					t.Errorf("%v from %v: %s is %v, want %v", to, from, q.Name, q.Value, want.All()[i].Value)
				}
			}
		}
	}
}

// A tensor of several pieces arrives whole.
func TestReaderLoadsLargeTensors(t *testing.T) {
	n := two{700_001} // 8.4 MB of weights
	a, b := built(t, n, 1), built(t, n, 2)
	path := filepath.Join(t.TempDir(), "file")
	tensors, err := weights.FromParams(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.WriteFile(path, &weights.File{Tensors: tensors}); err != nil {
		t.Fatal(err)
	}
	r, err := weights.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Load(b); err != nil {
		t.Fatal(err)
	}
	for i, q := range b.All() {
		if !q.Value.Eq(a.All()[i].Value) {
			t.Errorf("%s differs", q.Name)
		}
	}
}

// Everything that Decode refuses is refused when the file is opened, and a file
// that changed since when it is loaded.
func TestReaderRefuses(t *testing.T) {
	a := built(t, two{4}, 1)
	tensors, err := weights.FromParams(a)
	if err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	if err := weights.Encode(&whole, &weights.File{Tensors: tensors}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "file")
	write := func(content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for n := range whole.Len() {
		write(whole.Bytes()[:n])
		_, decoded := weights.Decode(whole.Bytes()[:n])
		if r, err := weights.Open(path); err == nil {
			r.Close()
			t.Fatalf("%d of %d bytes are no error", n, whole.Len())
		} else if decoded == nil || !strings.HasSuffix(err.Error(), decoded.Error()) || !strings.Contains(err.Error(), path) {
			t.Fatalf("%d bytes: error %q, want the file's name and %q", n, err, decoded)
		}
	}
	write(whole.Bytes())
	r, err := weights.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var fault *weights.MismatchError
	if err := r.Load(built(t, two{5}, 2)); !errors.As(err, &fault) || len(fault.Misshapen) != 3 {
		t.Errorf("another network: %v", err)
	}
	if err := r.Load(nil); err == nil {
		t.Error("no parameters are no error")
	}
	write(whole.Bytes()[:whole.Len()-4])
	if err := r.Load(a); err == nil || !strings.Contains(err.Error(), "shorter") {
		t.Errorf("a file cut since it was opened: %v", err)
	}
	if _, err := weights.Open(t.TempDir()); err == nil {
		t.Error("a folder is no error")
	}
	if _, err := weights.Open("/no/such/file"); err == nil || !strings.Contains(err.Error(), "/no/such/file") {
		t.Errorf("no file: %v", err)
	}
}
