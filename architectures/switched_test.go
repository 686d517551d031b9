package architectures_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/paritytest"
	"gorgonia.org/tensor"
)

// A ReLU whose argument is 0 but for rounding passes its gradient or stops it,
// as rounding decides, and with it moves the gradients of the layers before by
// percents of some elements. Neither side is wrong. What can be proven is that
// nothing else differs: with the masks of just those units forced, float64
// gives the float32 run's gradients again.

// passage is one training pass of an architecture on the references' formulas.
type passage struct {
	arch    architectures.Architecture
	classes int
	input   tensor.Shape
}

// values are the results of a pass that the proof is about.
type values struct {
	grads map[string][]float64
	args  [][]float64 // of the ReLUs, in the order of building; nil if not watched
}

// run computes the pass, with watched ReLUs unless w is nil.
func (p passage) run(t testing.TB, dtype tensor.Dtype, w *watch) (values, error) {
	var act activations.Activation
	if w != nil {
		w.limit = limitOf(p.arch)
		act = watchedReLU{watch: w}
	}
	net, err := p.arch.New(architectures.Options{Classes: p.classes, Act: act})
	if err != nil {
		return values{}, err
	}
	params := graph.NewParams(0, graph.Uninitialized(), graph.WithDtype(dtype))
	cfg := graph.TrainingConfig(p.input...)
	cfg.NoDropout, cfg.NoSharing = true, w != nil
	program, err := graph.Build(net, params, cfg)
	if err != nil {
		return values{}, err
	}
	defer program.Close()
	if err := byFormula(params); err != nil {
		return values{}, err
	}
	images := paritytest.Float32(paritytest.Input(p.input.TotalSize()))
	if _, err := program.Step(t.Context(), images, graph.Labels(paritytest.Labels(p.input[0], p.classes))); err != nil {
		return values{}, err
	}
	grads, err := program.Gradients()
	if err != nil {
		return values{}, err
	}
	v := values{grads: byName(grads)}
	if w != nil {
		for _, n := range w.args {
			arg, ok := n.Value().(*tensor.Dense)
			if !ok {
				return v, errors.Errorf("argument of a ReLU is a %T", n.Value())
			}
			v.args = append(v.args, elements(arg))
		}
	}
	return v, nil
}

// prove holds float32 gradients to those that float64 has with the masks of
// the switched units forced: the units that pass their argument in one of
// float64 and float32 alone. Each argument must be within rounding of where the
// ReLU switches. It says which they are.
func (p passage) prove(t testing.TB, got map[string][]float64, tol paritytest.Tolerance) (string, error) {
	var single, double watch
	want, err := p.run(t, tensor.Float64, &double)
	if err != nil {
		return "", err
	}
	rounded, err := p.run(t, tensor.Float32, &single)
	if err != nil {
		return "", err
	}
	forced := watch{flips: map[int][]int{}}
	var found []string
	for layer, exact := range want.args {
		bound := roundingBound(layer, exact)
		for i, x := range exact {
			y := rounded.args[layer][i]
			pass, distance := double.passes(x)
			if roundedPass, _ := double.passes(y); pass == roundedPass {
				continue
			}
			if distance > bound {
				return "", errors.Errorf("unit %d of ReLU %d has the argument %.3g, in float32 %.3g: not within rounding, %.3g, of where it switches", i, layer, x, y, bound)
			}
			forced.flips[layer] = append(forced.flips[layer], i)
			found = append(found, fmt.Sprintf("unit %d of ReLU %d: %.3g, in float32 %.3g, rounding %.3g", i, layer, x, y, bound))
		}
	}
	if len(found) == 0 {
		return "", errors.New("no ReLU switched")
	}
	again, err := p.run(t, tensor.Float64, &forced)
	if err != nil {
		return "", err
	}
	return strings.Join(found, "; "), errors.WithMessagef(compareGradients(got, again.grads, tol), "with %d masks forced", len(found))
}

// roundingBound is how far float32 may put an argument of that ReLU off: one
// rounding of the layer's largest element for every layer so far.
func roundingBound(layer int, args []float64) float64 {
	largest := 0.0
	for _, x := range args {
		largest = max(largest, math.Abs(x))
	}
	return float64(layer+1) * largest / (1 << 24)
}

// compareGradients compares whole tensors.
func compareGradients(got, want map[string][]float64, tol paritytest.Tolerance) error {
	largest := 0.0
	for _, w := range want {
		largest = max(largest, paritytest.Summarize(w, 0).L2)
	}
	tol = tol.ZeroBelow(1e-6 * largest)
	if len(got) != len(want) {
		return errors.Errorf("%d gradients, want %d", len(got), len(want))
	}
	for name, w := range want {
		if err := paritytest.Check(got[name], paritytest.Summarize(w, len(w)), tol); err != nil {
			return errors.WithMessagef(err, "gradient of %s", name)
		}
	}
	return nil
}

func byName(grads []graph.Gradient) map[string][]float64 {
	all := make(map[string][]float64, len(grads))
	for _, g := range grads {
		all[g.Name] = elements(g.Grad)
	}
	return all
}

func elements(d *tensor.Dense) []float64 {
	if d.Dtype() == tensor.Float64 {
		return append([]float64(nil), d.Float64s()...)
	}
	return paritytest.Float64(d.Float32s())
}

// byFormula gives every tensor its value of the references.
func byFormula(params *graph.Params) error {
	for _, p := range params.All() {
		data, err := paritytest.Tensor(p.Name, p.Value.Shape()...)
		if err == nil {
			err = params.Set(p.Name, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Deep residual networks in float32 have the gradients of float64, whatever
// the instruction set, or provably those of float64 with a few ReLUs on the
// other side of 0.
func TestParityDeepResidualNetworks(t *testing.T) {
	for name, c := range map[string]struct {
		size      int
		deviation float64 // of single elements in a run without switches, for paritytest.Loose32
	}{
		"cifar_resnet56": {size: 32}, "cifar_resnet110": {size: 32},
		"mobilenet_v2": {96, 2e-4}, // PyTorch's own float32 is 5.5e-4 off there
	} {
		t.Run(name, func(t *testing.T) {
			a, err := architectures.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			p := passage{a, a.Classes, tensor.Shape{2, 3, c.size, c.size}}
			want, err := p.run(t, tensor.Float64, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.run(t, tensor.Float32, nil)
			if err != nil {
				t.Fatal(err)
			}
			tol := paritytest.Loose32(c.deviation)
			err = compareGradients(got.grads, want.grads, tol)
			if err == nil {
				return
			}
			switched, proof := p.prove(t, got.grads, tol)
			if proof != nil {
				t.Fatalf("%v; no proof that a ReLU switched: %v", err, proof)
			}
			t.Logf("%v. Switched: %s", err, switched)
		})
	}
}

// The proof refuses gradients that differ otherwise, whether or not a ReLU
// switched as well: with four samples one does on AVX2 and AVX-512.
func TestProofRefusesAnythingElse(t *testing.T) {
	a, err := architectures.Lookup("cifar_resnet20")
	if err != nil {
		t.Fatal(err)
	}
	p := passage{a, a.Classes, tensor.Shape{4, 3, 32, 32}}
	got, err := p.run(t, tensor.Float32, nil)
	if err != nil {
		t.Fatal(err)
	}
	got.grads["layer2.1.bn1.bias"][3] *= 1.01
	if switched, err := p.prove(t, got.grads, paritytest.Loose32(0)); err == nil {
		t.Errorf("a gradient off by 1 %% was explained by %s", switched)
	}
}
