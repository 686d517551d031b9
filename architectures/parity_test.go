package architectures_test

import (
	"maps"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/paritytest"
	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/tensor"
)

// TestParityModels compares whole networks with every model of the reference
// files: in inference the logits and the output of every child, in training
// the losses, every gradient, the running statistics and four steps of SGD.
// Each is run with fusion and without, in float64 and float32; the steps after
// the first with fusion only, since gradients that agree make equal steps.
func TestParityModels(t *testing.T) {
	// The largest models hold gigabytes: garbage of twice that is not free.
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	for _, m := range paritytest.LoadModels(t) {
		t.Run(m.File, func(t *testing.T) {
			a, err := architectures.Lookup(m.Model)
			if err != nil {
				t.Fatal(err)
			}
			net, err := a.New(architectures.Options{Classes: m.Classes})
			if err != nil {
				t.Fatal(err)
			}
			t.Run("float64", func(t *testing.T) {
				d := m.Deviation
				exact := tolerances{
					logits: paritytest.Exact64, children: paritytest.Exact64, buffers: paritytest.Exact64,
					loss: paritytest.Exact64, grads: amplified(d.GradL2Max), sgd: paritytest.Exact64,
				}
				if d.SGDLosses > chaotic {
					exact.sgd = paritytest.Loose32(d.SGDLosses)
				}
				reference{m, a, net, graph.NewParams(0, graph.Uninitialized(), graph.WithDtype(tensor.Float64)), exact}.check(t)
			})
			t.Run("float32", func(t *testing.T) {
				d := m.Deviation
				loose := tolerances{
					logits:   paritytest.Loose32(max(d.LogitsL2, d.LogitsFirst)),
					children: deep(paritytest.Loose32(max(d.LogitsL2, d.LogitsFirst))),
					buffers:  deep(paritytest.Loose32(max(d.LogitsL2, d.LogitsFirst, d.Loss))),
					loss:     paritytest.Loose32(d.Loss),
					grads:    perturbed(paritytest.Loose32(d.GradL2Max)),
					sgd:      paritytest.Loose32(d.SGDLosses),
				}
				reference{m, a, net, graph.NewParams(0, graph.Uninitialized()), loose}.check(t)
			})
		})
	}
}

// perturbed makes room for what a norm does not show. The files say how far
// float32 moves the norms of gradients. A perturbation of relative size e at
// right angles to a gradient moves its norm by e*e/2 only, but elements by e of
// their root mean square: where another element of a window is the largest,
// for example. Networks without max pooling get no such room: see
// gradientTolerance.
func perturbed(t paritytest.Tolerance) paritytest.Tolerance {
	t.Floor = math.Sqrt(2*t.Rel) / t.Rel
	return t
}

// deep is for values in the middle of a network: a single element may be off
// by ten times what the norm may, relative to the root mean square.
func deep(t paritytest.Tolerance) paritytest.Tolerance {
	t.Floor = 10
	return t
}

// amplified is the tolerance of gradients in float64: 1e-9, or more where the
// network amplifies rounding. How much it does shows in PyTorch's float32 run,
// whose deviation of the norms is the largest where ReLUs switch; float64
// rounds 2^29 times finer, and single elements move more than norms, hence 64.
func amplified(deviation float64) paritytest.Tolerance {
	t := paritytest.Exact64
	t.Rel = max(t.Rel, 64*deviation/(1<<29))
	return t
}

// chaotic is the deviation of PyTorch's float32 losses over the steps of SGD
// from which on a trajectory has no exact value: rounding has grown so much
// that float64 does not agree with itself on another machine either.
const chaotic = 0.01

type tolerances struct{ logits, children, buffers, loss, grads, sgd paritytest.Tolerance }

// reference is a model with its results and the network that has to reproduce
// them.
type reference struct {
	paritytest.Model
	arch   architectures.Architecture
	net    blocks.Block
	params *graph.Params
	tol    tolerances
}

func (r reference) check(t *testing.T) {
	filled := false
	for _, mode := range []struct {
		name     string
		unfused  bool
		training bool
	}{
		{"eval", true, false},
		{"eval fused", false, false},
		{"train", true, true},
		{"train fused", false, true},
	} {
		t.Run(mode.name, func(t *testing.T) {
			cfg := graph.InferenceConfig(r.Input...)
			if mode.training {
				cfg = graph.TrainingConfig(r.Input...)
				cfg.NoDropout = true
			}
			cfg.NoFusion = mode.unfused
			cfg.Taps = mode.unfused && !mode.training
			p, err := graph.Build(r.net, r.params, cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				p.Close()
				runtime.GC()
			}()
			if !filled {
				r.fill(t)
			}
			filled = !mode.training
			if mode.training {
				r.checkTraining(t, p)
			} else {
				r.checkInference(t, p)
			}
		})
	}
}

// fill gives every tensor its reference value, having checked that there are
// exactly those of the reference.
func (r reference) fill(t *testing.T) {
	t.Helper()
	want := map[string]paritytest.ModelTensor{}
	for _, w := range r.Tensors {
		want[w.Name] = w
		p := r.params.Get(w.Name)
		switch {
		case p == nil:
			t.Errorf("the network has no tensor %s", w.Name)
		case p.Learnable != w.Learnable:
			t.Errorf("%s: learnable is %v, want %v", w.Name, p.Learnable, w.Learnable)
		default:
			if err := paritytest.CheckShape(p.Value.Shape(), w.Shape); err != nil {
				t.Errorf("%s: %v", w.Name, err)
			}
		}
	}
	for _, p := range r.params.All() {
		if _, ok := want[p.Name]; !ok {
			t.Errorf("the network has a tensor %s %v that the reference lacks", p.Name, p.Value.Shape())
		}
	}
	if got := r.params.Count(); got != r.ParameterCount {
		t.Errorf("%d parameters, want %d", got, r.ParameterCount)
	}
	if t.Failed() {
		t.FailNow()
	}
	if err := byFormula(r.params); err != nil {
		t.Fatal(err)
	}
}

func (r reference) images() []float32 {
	return paritytest.Float32(paritytest.Input(tensor.Shape(r.Input).TotalSize()))
}

func (r reference) checkInference(t *testing.T, p *graph.Program) {
	logits, err := p.Run(t.Context(), r.images())
	if err != nil {
		t.Fatal(err)
	}
	want := r.Float64.Eval
	if err := check(logits, want.Logits, r.tol.logits); err != nil {
		t.Errorf("logits: %v", err)
	}
	if got := argmax(logits); !slices.Equal(got, want.Argmax) {
		t.Errorf("argmax is %v, want %v", got, want.Argmax)
	}
	if !p.Config().Taps {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(want.Children)) {
		child := want.Children[name]
		v, err := p.Tap(name)
		if err == nil {
			err = paritytest.CheckShape(v.Shape(), child.Shape)
		}
		if err == nil {
			err = check(v, child.Brief, r.tol.children)
		}
		if err != nil {
			t.Errorf("child %s: %v", name, err)
		}
	}
}

func (r reference) checkTraining(t *testing.T, p *graph.Program) {
	want := r.Float64.Train
	images, labels := r.images(), paritytest.Labels(r.Input[0], r.Classes)
	sgd, err := trainer.NewSolver(trainer.SGD{LR: want.SGD.LR, Momentum: want.SGD.Momentum, WeightDecay: want.SGD.WeightDecay})
	if err != nil {
		t.Fatal(err)
	}
	for step, wantLoss := range want.SGD.Losses {
		if step > 0 && p.Config().NoFusion {
			break
		}
		loss, err := p.Step(t.Context(), images, graph.Labels(labels))
		if err != nil {
			t.Fatal(err)
		}
		grads, err := p.Gradients()
		if err != nil {
			t.Fatal(err)
		}
		if step == 0 {
			if err := r.tol.loss.Scalar(loss, want.Loss); err != nil {
				t.Errorf("loss: %v", err)
			}
			r.checkParts(t, p.Parts())
			r.checkGradients(t, p.Layers(), grads)
			r.checkBuffers(t)
		}
		if err := r.tol.sgd.Scalar(loss, wantLoss); err != nil {
			t.Errorf("SGD, loss %d: %v", step, err)
		}
		update, err := trainer.ParametersOf(p)
		if err != nil {
			t.Fatal(err)
		}
		if step+1 == len(want.SGD.Losses) {
			break
		}
		if err := sgd.Update(update); err != nil {
			t.Fatal(err)
		}
	}
}

func (r reference) checkParts(t *testing.T, parts []graph.Part) {
	t.Helper()
	want := r.Float64.Train.Parts
	if len(want) == 0 && len(parts) == 1 {
		return // a single head's part is the loss
	}
	if len(parts) != len(want) {
		t.Errorf("%d heads, want %d", len(parts), len(want))
	}
	for _, part := range parts {
		w, ok := want[r.headName(part.Name)]
		if !ok {
			t.Errorf("head %s is not in the reference", part.Name)
		} else if err := r.tol.loss.Scalar(part.Value, w); err != nil {
			t.Errorf("loss of head %s: %v", part.Name, err)
		}
	}
}

// headName is what the references call a head. Torchvision's GoogLeNet returns
// the outputs of its auxiliary heads under each other's names: its forward
// unpacks (x, aux2, aux1) as (x, aux1, aux2). The gradients, which go by the
// parameters' names, are not affected.
func (r reference) headName(name string) string {
	if r.arch.Name == "googlenet" {
		switch name {
		case "aux1":
			return "aux2"
		case "aux2":
			return "aux1"
		}
	}
	return name
}

// checkGradients compares gradients with the reference's. Where float32 is
// off, it must be so provably because ReLUs switched within rounding.
func (r reference) checkGradients(t *testing.T, layers []graph.Layer, grads []graph.Gradient) {
	t.Helper()
	tol := r.gradientTolerance(layers)
	off := r.offGradients(grads, tol)
	if len(off) > 0 && r.params.Dtype() == tensor.Float32 {
		p := passage{r.arch, r.Classes, r.Input}
		switched, err := p.prove(t, byName(grads), paritytest.Loose32(0))
		if err == nil {
			t.Logf("%v and %d more. Switched: %s", off[0], len(off)-1, switched)
			return
		}
		t.Errorf("no proof that a ReLU switched: %v", err)
	}
	for _, err := range off {
		t.Error(err)
	}
}

// gradientTolerance has no room for what switches in float32 where only ReLUs
// can: that must be proven.
func (r reference) gradientTolerance(layers []graph.Layer) paritytest.Tolerance {
	if r.params.Dtype() == tensor.Float64 {
		return r.tol.grads
	}
	for _, l := range layers {
		if strings.HasPrefix(l.Kind, "MaxPool2D") {
			return r.tol.grads
		}
	}
	return paritytest.Loose32(0)
}

func (r reference) offGradients(grads []graph.Gradient, tol paritytest.Tolerance) (off []error) {
	want := r.Float64.Train.Grads
	largest := 0.0
	for _, w := range want {
		largest = max(largest, w.L2)
	}
	tol = tol.ZeroBelow(1e-6 * largest)
	if len(grads) != len(want) {
		off = append(off, errors.Errorf("%d gradients, want %d", len(grads), len(want)))
	}
	for _, g := range grads {
		if w, ok := want[g.Name]; !ok {
			off = append(off, errors.Errorf("gradient of %s is not in the reference", g.Name))
		} else if err := check(g.Grad, w, tol); err != nil {
			off = append(off, errors.WithMessagef(err, "gradient of %s", g.Name))
		}
	}
	return off
}

func (r reference) checkBuffers(t *testing.T) {
	t.Helper()
	want := r.Float64.Train.Buffers
	for _, name := range slices.Sorted(maps.Keys(want)) {
		p := r.params.Get(name)
		if p == nil {
			t.Errorf("no buffer %s", name)
		} else if err := check(p.Value, want[name], r.tol.buffers); err != nil {
			t.Errorf("%s after one forward: %v", name, err)
		}
	}
}

func check(got *tensor.Dense, want paritytest.Brief, tol paritytest.Tolerance) error {
	if got.Dtype() == tensor.Float64 {
		return paritytest.Check(got.Float64s(), want, tol)
	}
	return paritytest.Check(got.Float32s(), want, tol)
}

func argmax(logits *tensor.Dense) []int {
	shape := logits.Shape()
	var at func(i int) float64
	if logits.Dtype() == tensor.Float64 {
		data := logits.Float64s()
		at = func(i int) float64 { return data[i] }
	} else {
		data := logits.Float32s()
		at = func(i int) float64 { return float64(data[i]) }
	}
	best := make([]int, shape[0])
	for n := range best {
		top := math.Inf(-1)
		for c := range shape[1] {
			if v := at(n*shape[1] + c); v > top {
				top, best[n] = v, c
			}
		}
	}
	return best
}
