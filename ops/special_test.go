package ops

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/op/optest"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func TestMaxPoolOfNaNAndTies(t *testing.T) {
	nan := math.NaN()
	build := func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
		return MaxPool2D(in[0], MaxPool2DConfig{Kernel: [2]int{2, 2}})
	}
	r, err := optest.Run[float32](build, []float64{1, 2}, optest.Data("x", []float64{3, 3, nan, 1, 3, 0, 2, 9}, 1, 1, 2, 4))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Y, r.Grads[0]); got != "[3 NaN] [1 0 2 0 0 0 0 0]" {
		t.Errorf("value and gradient are %s", got)
	}
}

func TestCrossEntropyRefusesLabels(t *testing.T) {
	for _, label := range []int{-1, 3} {
		_, err := optest.Forward[float32](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
			return CrossEntropy(in[0], in[1], CrossEntropyConfig{})
		}, optest.X("x", 2, 3), optest.Labels("labels", 2, label))
		want := fmt.Sprintf("cross_entropy: label of sample 1 is %d, want 0 to 2", label)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
}

func TestCrossEntropyOfHugeLogits(t *testing.T) {
	r, err := optest.Run[float32](func(in ...*gorgonia.Node) (*gorgonia.Node, error) {
		return CrossEntropy(in[0], in[1], CrossEntropyConfig{})
	}, []float64{1}, optest.Data("x", []float64{1e4, -1e4, 1e4, -1e4}, 2, 2), optest.Labels("labels", 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Y, r.Grads[0]); got != "[10000] [0 0 0.5 -0.5]" {
		t.Errorf("loss and gradient are %s", got)
	}
}

// TestConcatOfManyChannels: an offset over 255 must not wrap.
func TestConcatOfManyChannels(t *testing.T) {
	a, b := optest.X("a", 2, 300, 1, 2), optest.X("b", 2, 70, 1, 2)
	dy := optest.X("dy", 2, 370, 1, 2).Data
	r, err := optest.Run[float64](func(in ...*gorgonia.Node) (*gorgonia.Node, error) { return Concat(in...) }, dy, a, b)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range r.Y {
		image, channel := i/740, i%740/2
		from, grad, at := a.Data, r.Grads[0], image*600+i%740
		if channel >= 300 {
			from, grad, at = b.Data, r.Grads[1], image*140+i%740-600
		}
		if v != from[at] || grad[at] != dy[i] {
			t.Fatalf("image %d, channel %d: value %v, want %v; gradient %v, want %v", image, channel, v, from[at], grad[at], dy[i])
		}
	}
}

// TestMemory: further runs of a program reuse the first one's memory.
func TestMemory(t *testing.T) {
	g := gorgonia.NewGraph()
	x := optest.Node[float32](g, optest.X("x", 4, 16, 32, 32))
	w := optest.Node[float32](g, optest.X("w", 16, 16, 3, 3))
	c := optest.Node[float32](g, optest.X("c", 16))
	head := optest.Node[float32](g, optest.X("head", 10, 16*16*16))
	labels := optest.Node[float32](g, optest.Labels("labels", 1, 2, 3, 4))
	h := node(t)(Conv2D(x, w, nil, Conv2DConfig{Padding: [2]int{1, 1}}))
	h, _, _, err := BatchNormTraining(h, c, c, BatchNormConfig{})
	h = node(t)(AddAct(node(t)(h, err), x, nil))
	h = node(t)(Dropout(h, DropoutConfig{0.5, 1}))
	h = node(t)(LocalResponseNorm(h, LocalResponseNormConfig{}))
	h = node(t)(MaxPool2D(h, MaxPool2DConfig{Kernel: [2]int{2, 2}}))
	h = node(t)(Linear(node(t)(Flatten(h)), head, nil, LinearConfig{}))
	loss := node(t)(CrossEntropy(h, labels, CrossEntropyConfig{Smoothing: 0.1}))
	if _, err := gorgonia.Grad(loss, w, c, head); err != nil {
		t.Fatal(err)
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	run := func() {
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			t.Fatal(err)
		}
	}
	run()
	run()
	// The least of several: scratch is kept, as much as was ever in use at once,
	// and that may come late, when threads first happen to overlap so.
	least := uint64(math.MaxUint64)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	// One feature map is 256 KiB.
	if least > 200<<10 {
		t.Errorf("a run allocates %d KiB", least>>10)
	}
}

// node returns a constructor's node or ends the test.
func node(t *testing.T) func(*gorgonia.Node, error) *gorgonia.Node {
	return func(n *gorgonia.Node, err error) *gorgonia.Node {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
}

// TestInputLayouts: a view without rows of its own is read as what it shows.
func TestInputLayouts(t *testing.T) {
	g := gorgonia.NewGraph()
	v := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	if err := v.T(); err != nil {
		t.Fatal(err)
	}
	x := gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithShape(3, 2), gorgonia.WithName("x"), gorgonia.WithValue(v))
	y := node(t)(PadChannels(x, 1, 0))
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(y.Value().Data()); got != "[0 1 4 0 2 5 0 3 6]" {
		t.Errorf("got %s", got)
	}
}
