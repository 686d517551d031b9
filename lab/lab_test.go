package lab

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/architectures"
)

func lenet(t *testing.T) Workload {
	t.Helper()
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		t.Fatal(err)
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Workload{Name: a.Name, Net: net, Input: a.Input, Batch: 4, Threads: 1, Seconds: 0.01}
}

func TestMeasureCountsTheArithmetic(t *testing.T) {
	w := lenet(t)
	infer, err := Measure(w)
	if err != nil {
		t.Fatal(err)
	}
	w.Train = true
	train, err := Measure(w)
	if err != nil {
		t.Fatal(err)
	}
	if infer.Mode != "infer" || train.Mode != "train" || infer.Threads != 1 || infer.Batch != 4 {
		t.Errorf("measurements are labelled %+v and %+v", infer, train)
	}
	// 416,520 multiply-adds an image forward; the derivative takes twice that
	// except for the first layer's input, whose gradient nobody needs.
	flops := func(m Measurement) float64 { return m.GFLOPS * m.MsPerStep * 1e6 }
	if got, want := flops(infer), 2.0*416520*4; got < 0.99*want || got > 1.01*want {
		t.Errorf("inference counts %.0f operations, want %.0f", got, want)
	}
	if got, want := flops(train), 2.0*(3*416520-117600)*4; got < 0.99*want || got > 1.01*want {
		t.Errorf("a training step counts %.0f operations, want %.0f", got, want)
	}
	if train.PlannedMemoryBytes <= infer.PlannedMemoryBytes || train.PeakGFLOPS <= 0 {
		t.Errorf("planned memory %d for training, %d for inference; peak %g GFLOP/s", train.PlannedMemoryBytes, infer.PlannedMemoryBytes, train.PeakGFLOPS)
	}
}

func TestProfileSharesAddUp(t *testing.T) {
	w := lenet(t)
	w.Train = true
	p, err := MeasureProfile(w, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range [][]ProfileRow{p.ByOperation, p.ByLayer} {
		sum := 0.0
		for _, r := range rows {
			sum += r.Share
		}
		if sum < 0.999 || sum > 1.001 {
			t.Errorf("shares add up to %g", sum)
		}
	}
	layers := map[string]bool{}
	for _, r := range p.ByLayer {
		layers[r.Name] = true
	}
	for _, want := range []string{"conv1", "conv2", "fc3"} {
		if !layers[want] {
			t.Errorf("no time for layer %s in %+v", want, p.ByLayer)
		}
	}
}

func TestGradientNormsCoverEveryWeight(t *testing.T) {
	names, norms, err := GradientNorms(lenet(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(names, " "), "conv1 conv2 fc1 fc2 fc3"; got != want {
		t.Errorf("layers %q, want %q", got, want)
	}
	for i, n := range norms {
		if !(n > 0) {
			t.Errorf("norm of %s is %g", names[i], n)
		}
	}
}

func TestMeasureKernelRefusesTheUnknown(t *testing.T) {
	if _, err := MeasureKernel("dgemm", 8, 1, 0.01); err == nil || !strings.Contains(err.Error(), "dgemm") {
		t.Errorf("error %v, want one that names dgemm", err)
	}
	m, err := MeasureKernel("sgemm", 64, 1, 0.01)
	if err != nil || m.GFLOPS <= 0 {
		t.Errorf("%+v, %v", m, err)
	}
	w := lenet(t)
	w.Batch = 0
	if _, err := Measure(w); err == nil {
		t.Error("a batch of 0 images is no error")
	}
}
