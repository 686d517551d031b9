package measure

import (
	"context"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/imaging"
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
	infer, err := Steps(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	w.Train = true
	train, err := Steps(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	if infer.Mode != "infer" || train.Mode != "train" || infer.Threads != 1 || infer.Batch != 4 {
		t.Errorf("measurements are labelled %+v and %+v", infer, train)
	}
	// 416,520 multiply-adds an image forward; the derivative takes twice that
	// except for the first layer's input, whose gradient nobody needs.
	flops := func(m Speed) float64 { return m.GFLOPS * m.MsPerStep * 1e6 }
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
	p, err := Times(context.Background(), w, 2)
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
	names, norms, err := GradientNorms(context.Background(), lenet(t), 1)
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

func TestMeasureKernel(t *testing.T) {
	m, err := Kernel(context.Background(), KernelWorkload{Kernel: "SGEMM", Size: 64, Threads: 1, Seconds: 0.01})
	if err != nil || m.GFLOPS <= 0 || m.Runs < 3 || m.Kernel != "sgemm" {
		t.Errorf("%+v, %v", m, err)
	}
}

// Sizes and settings without bound are refused before anything large is made.
func TestRefuses(t *testing.T) {
	ctx := context.Background()
	measure := func(change func(*Workload)) error {
		w := lenet(t)
		change(&w)
		_, err := Steps(ctx, w)
		return err
	}
	times := func(change func(*KernelWorkload)) error {
		w := KernelWorkload{Kernel: "sgemm", Size: 8, Seconds: 0.001}
		change(&w)
		_, err := Kernel(ctx, w)
		return err
	}
	profile := func(runs int) error { _, err := Times(ctx, lenet(t), runs); return err }
	for _, c := range []struct {
		err  error
		want string
	}{
		{measure(func(w *Workload) { w.Batch = 0 }), "a batch of 0 images"},
		{measure(func(w *Workload) { w.Batch = math.MaxInt >> 23 }), "this machine has"},
		{measure(func(w *Workload) { w.Batch = math.MaxInt }), "more than a computer can count"},
		{measure(func(w *Workload) { w.Input = imaging.Shape{} }), "0x0x0"},
		{measure(func(w *Workload) { w.Input.Height = math.MaxInt >> 1; w.Input.Width = math.MaxInt >> 1 }), "more than a computer can count"},
		{measure(func(w *Workload) { w.Net = nil }), "needs a network"},
		{measure(func(w *Workload) { w.Threads = -1 }), "-1 threads"},
		{measure(func(w *Workload) { w.Threads = 1_000_000 }), "1000000 threads, want 1 to"},
		{measure(func(w *Workload) { w.Seconds = math.Inf(1) }), "+Inf seconds"},
		{measure(func(w *Workload) { w.Seconds = math.NaN() }), "NaN seconds"},
		{measure(func(w *Workload) { w.Seconds = -1 }), "-1 seconds"},
		{measure(func(w *Workload) { w.Seconds = 1e300 }), "1e+300 seconds"},
		{times(func(w *KernelWorkload) { w.Kernel = "dgemm" }), `did you mean "sgemm"`},
		{times(func(w *KernelWorkload) { w.Size = 0 }), "size 0"},
		{times(func(w *KernelWorkload) { w.Size = math.MaxInt32 }), "size 2147483647, want 1 to"},
		{times(func(w *KernelWorkload) { w.Threads = 1_000_000 }), "1000000 threads"},
		{times(func(w *KernelWorkload) { w.Seconds = math.Inf(1) }), "+Inf seconds"},
		{profile(0), "0 runs"},
		{profile(math.MaxInt), "want 1 to 1000000"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q", c.err, c.want)
		}
	}
}

// Every measurement ends soon after its context, however long it was to take.
func TestEndsWithItsContext(t *testing.T) {
	w := lenet(t)
	w.Seconds = 3600
	threads := runtime.GOMAXPROCS(0)
	for name, measure := range map[string]func(context.Context) error{
		"steps":   func(ctx context.Context) error { _, err := Steps(ctx, w); return err },
		"profile": func(ctx context.Context) error { _, err := Times(ctx, w, 1_000_000); return err },
		"kernel": func(ctx context.Context) error {
			_, err := Kernel(ctx, KernelWorkload{Kernel: "sgemm", Size: 64, Threads: 1, Seconds: 3600})
			return err
		},
	} {
		ctx, stop := context.WithTimeout(context.Background(), 30*time.Millisecond)
		if err := measure(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error %v, want the context's", name, err)
		}
		stop()
	}
	ended, stop := context.WithCancel(context.Background())
	stop()
	if _, _, err := GradientNorms(ended, w, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("gradient norms: error %v, want the context's", err)
	}
	var none context.Context
	if _, err := Steps(none, w); err == nil {
		t.Error("no context is no error")
	}
	if got := runtime.GOMAXPROCS(0); got != threads {
		t.Errorf("%d threads are left, want %d as before", got, threads)
	}
}
