package measure

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
)

// saveWeights writes the workload's network as it starts to a file.
func saveWeights(t *testing.T, w Workload) (path string, answer []float32) {
	t.Helper()
	p, images, _, err := w.build(graph.NewParams(7))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	y, err := p.Run(context.Background(), images)
	if err != nil {
		t.Fatal(err)
	}
	tensors, err := weights.FromParams(p.Params())
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "lenet.safetensors")
	if err := weights.WriteFile(path, &weights.File{Tensors: tensors}); err != nil {
		t.Fatal(err)
	}
	return path, append([]float32(nil), y.Float32s()[:10]...)
}

func TestFirstAnswerIsThatOfTheFile(t *testing.T) {
	w := lenet(t)
	path, want := saveWeights(t, w)
	w.Weights = path
	f, err := FirstAnswer(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if f.Answer[i] != want[i] {
			t.Fatalf("the first answer is %v, want %v", f.Answer, want)
		}
	}
	if parts := f.OpenMs + f.BuildMs + f.LoadMs + f.RunMs; f.Ms < parts || f.Mode != "first" || f.Batch != 4 || f.Threads != 1 {
		t.Errorf("its parts take %g ms: %+v", parts, f)
	}
	w.Train = true
	if _, err := FirstAnswer(context.Background(), w); err == nil {
		t.Error("the first answer of a training step is no error")
	}
	w.Train = false
	w.Weights = ""
	if _, err := FirstAnswer(context.Background(), w); err == nil {
		t.Error("no file is no error")
	}
	w.Weights = filepath.Join(t.TempDir(), "none")
	if _, err := FirstAnswer(context.Background(), w); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a file that does not exist: %v", err)
	}
}

// A running workload has the weights that it was given, and is measured again.
func TestStartedWorkloadsAreMeasuredAgain(t *testing.T) {
	w := lenet(t)
	path, _ := saveWeights(t, w)
	file, err := weights.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w.Weights = path
	r, err := Start(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 2 {
		m, err := r.Measure(context.Background())
		if err != nil || m.Runs < 3 || m.MsPerStep <= 0 {
			t.Fatalf("%+v, %v", m, err)
		}
	}
	want, err := file.Tensor("conv1.weight")
	if err != nil {
		t.Fatal(err)
	}
	values, err := want.Float32s()
	if err != nil {
		t.Fatal(err)
	}
	if got := r.program.Params().Get("conv1.weight").Value.Float32s(); got[3] != values[3] {
		t.Errorf("conv1.weight has %g, the file %g", got[3], values[3])
	}
	if err := weights.WriteFile(path, &weights.File{Tensors: file.Tensors[1:]}); err != nil {
		t.Fatal(err)
	}
	if r, err := Start(context.Background(), w); err == nil {
		r.Close()
		t.Error("weights that lack a tensor are no error")
	}
}
