package weights_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// two is a network of two parameters and a buffer.
type two struct{ out int }

func (n two) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	if _, err := s.Param("weight", tensor.Shape{n.out, 3}, graph.HeNormal); err != nil {
		return nil, err
	}
	if _, err := s.Param("bias", tensor.Shape{n.out}, graph.Uniform(1)); err != nil {
		return nil, err
	}
	_, err := s.Buffer("running_mean", tensor.Shape{n.out}, graph.Ones)
	return x, err
}

func built(t *testing.T, n two, seed uint64, options ...graph.ParamsOption) *graph.Params {
	t.Helper()
	p := graph.NewParams(seed, options...)
	program, err := graph.Build(n, p, graph.InferenceConfig(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	program.Close()
	return p
}

func TestParametersSurviveAFile(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		a, b := built(t, two{4}, 1, graph.WithDtype(dtype)), built(t, two{4}, 2, graph.WithDtype(dtype))
		tensors, err := weights.FromParams(a)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := weights.Encode(&file, &weights.File{Tensors: tensors}); err != nil {
			t.Fatal(err)
		}
		f, err := weights.Decode(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		counter := weights.Tensor{Name: "bn.num_batches_tracked", Dtype: weights.Int64, Shape: []int{}, Bytes: make([]byte, 8)}
		if err := weights.Load(b, append(f.Tensors, counter)); err != nil {
			t.Fatal(err)
		}
		for i, q := range b.All() {
			if want := a.All()[i]; q.Name != want.Name || !q.Value.Eq(want.Value) {
				t.Errorf("%v: %s is %v, want %v", dtype, q.Name, q.Value, want.Value)
			}
		}
	}
}

func TestDifferencesAreListedAtOnce(t *testing.T) {
	p := built(t, two{4}, 1)
	before, err := weights.FromParams(built(t, two{4}, 1))
	if err != nil {
		t.Fatal(err)
	}
	err = weights.Load(p, []weights.Tensor{
		weights.FromFloat32s("weight", []int{5, 3}, make([]float32, 15)),
		weights.FromFloat32s("running_mean", []int{4}, make([]float32, 4)),
		weights.FromFloat32s("head.weight", []int{1}, make([]float32, 1)),
	})
	var fault *weights.MismatchError
	if !errors.As(err, &fault) {
		t.Fatalf("error %v, want a MismatchError", err)
	}
	for _, want := range []string{"1 missing: bias", "1 unexpected: head.weight", "weight: [5 3] in the file", "[4 3] in the network"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	after, err := weights.FromParams(p)
	if err != nil {
		t.Fatal(err)
	}
	for i := range after {
		if !bytes.Equal(after[i].Bytes, before[i].Bytes) {
			t.Errorf("%s has changed", after[i].Name)
		}
	}
}
