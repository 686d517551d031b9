package architectures_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/tensor"
)

// each runs a test for every registered architecture.
func each(t *testing.T, f func(t *testing.T, a architectures.Architecture)) {
	for _, a := range architectures.All() {
		t.Run(a.Name, func(t *testing.T) { f(t, a) })
		runtime.GC() // the next one may need all that this one had
	}
}

func build(t *testing.T, a architectures.Architecture, o architectures.Options, p *graph.Params, cfg graph.Config) *graph.Program {
	t.Helper()
	net, err := a.New(o)
	if err != nil {
		t.Fatal(err)
	}
	program, err := graph.Build(net, p, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return program
}

func TestPublishedParameterCounts(t *testing.T) {
	each(t, func(t *testing.T, a architectures.Architecture) {
		p := graph.NewParams(0, graph.Uninitialized())
		build(t, a, architectures.Options{}, p, graph.InferenceConfig(a.Input.WithBatch(1)...))
		if p.Count() != a.Params {
			t.Errorf("%d parameters, want %d", p.Count(), a.Params)
		}
	})
}

// TestPaperInputGivesTheSameAlexNet: 224 is what the paper says, 227 what it
// computes with.
func TestPaperInputGivesTheSameAlexNet(t *testing.T) {
	a, err := architectures.Lookup("alexnet_2012")
	if err != nil {
		t.Fatal(err)
	}
	p := graph.NewParams(0, graph.Uninitialized())
	program := build(t, a, architectures.Options{}, p, graph.InferenceConfig(1, 3, 224, 224))
	if p.Count() != a.Params {
		t.Errorf("%d parameters, want %d", p.Count(), a.Params)
	}
	for _, l := range program.Layers() {
		if l.Name == "conv1" && !l.Out.Eq(tensor.Shape{1, 96, 55, 55}) {
			t.Errorf("conv1 gives %v, want 96 maps of 55x55", l.Out)
		}
	}
}

func TestSmallestImages(t *testing.T) {
	each(t, func(t *testing.T, a architectures.Architecture) {
		net, err := a.New(architectures.Options{Classes: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range [][2]int{{a.MinSize, a.MinSize}, {a.MinSize, a.MinSize + 1}, {a.MinSize + 3, a.MinSize}} {
			p, err := graph.Build(net, graph.NewParams(0, graph.Uninitialized()), graph.InferenceConfig(1, a.Input.Channels, size[0], size[1]))
			if err != nil {
				t.Fatal(err)
			}
			p.Close()
		}
		if a.MinSize == 1 {
			return
		}
		for _, size := range [][2]int{{a.MinSize - 1, a.Input.Width}, {a.Input.Height, a.MinSize - 1}, {1, 1}} {
			_, err := graph.Build(net, graph.NewParams(0, graph.Uninitialized()), graph.InferenceConfig(1, a.Input.Channels, size[0], size[1]))
			if err == nil {
				t.Fatalf("an image of %dx%d is no error", size[0], size[1])
			}
			want := fmt.Sprintf("%s takes images of %dx%d or larger, got %dx%d: ", a.Name, a.MinSize, a.MinSize, size[0], size[1])
			if !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error()[len(want):], ": ") {
				t.Errorf("error %q, want %q, then the layer and what does not fit", err, want)
			}
		}
	})
}

// TestOverfitsOneBatch trains every architecture on four small images, each
// tinted by its label. The loss has to fall to half of its start.
func TestOverfitsOneBatch(t *testing.T) {
	const classes, steps = 3, 25
	labels := []int{0, 2, 1, 0}
	each(t, func(t *testing.T, a architectures.Architecture) {
		if testing.Short() && a.Params > 50_000_000 {
			t.Skip("large")
		}
		size, optimizer := a.MinSize, trainer.Adam{LR: 3e-4}
		switch {
		case size == 1:
			size = 48
		case a.Name == "alexnet_paper": // its start leaves nothing of the image at 64x64
			size, optimizer.LR = 131, 3e-5
		case a.Params < 1_000_000:
			optimizer.LR = 3e-3
		case a.Params > 50_000_000: // wide linear layers start to swing
			optimizer.LR = 3e-5
		}
		cfg := graph.TrainingConfig(len(labels), a.Input.Channels, size, size)
		cfg.NoDropout = true
		p := build(t, a, architectures.Options{Classes: classes}, graph.NewParams(1), cfg)
		images := make([]float32, cfg.Input.TotalSize())
		for i := range images {
			n, c := i/(a.Input.Channels*size*size), i/(size*size)%a.Input.Channels
			tint := math.Cos(2 * math.Pi * float64(labels[n]+c) / classes)
			_, std := a.Normalization.At(c)
			images[i] = float32((tint + math.Sin(float64(i*i%9973))) * 0.25 / float64(std))
		}
		solver, err := trainer.NewSolver(optimizer)
		if err != nil {
			t.Fatal(err)
		}
		var update []trainer.Parameter
		var losses []float64
		for range steps {
			loss, err := p.Step(t.Context(), images, graph.Labels(labels))
			if err != nil {
				t.Fatal(err)
			}
			if losses = append(losses, loss); loss < losses[0]/2 {
				return
			}
			if update == nil {
				update = updates(t, p)
			}
			if err := solver.Update(update); err != nil {
				t.Fatal(err)
			}
		}
		t.Errorf("losses %.3f: did not fall to half", losses)
	})
}

// updates pairs every parameter with its gradient, which has to be finite.
func updates(t *testing.T, p *graph.Program) []trainer.Parameter {
	t.Helper()
	list, err := trainer.ParametersOf(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range list {
		for _, v := range g.Grad.Float32s() {
			if v != v || math.IsInf(float64(v), 0) {
				t.Fatalf("gradient of %s is not finite", g.Name)
			}
		}
	}
	return list
}

func TestOptionsReachEveryLayer(t *testing.T) {
	options := []architectures.Options{
		{Classes: 7, Act: activations.ELU{Alpha: 1}},
		{Act: activations.PReLU{}, Dropout: 0.1},
		{Act: activations.Maxout{Pieces: 2}, Dropout: -1},
		{Norm: blocks.Identity{}, Act: activations.SELU{}},
	}
	each(t, func(t *testing.T, a architectures.Architecture) {
		for _, o := range options {
			p := build(t, a, o, graph.NewParams(0, graph.Uninitialized()), graph.InferenceConfig(1, a.Input.Channels, a.MinSize+1, a.MinSize+1))
			want := o.Classes
			if want == 0 {
				want = a.Classes
			}
			if p.Classes() != want {
				t.Errorf("%+v: %d classes, want %d", o, p.Classes(), want)
			}
			profile, err := p.Profile(t.Context(), 1, func(context.Context) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			for _, op := range profile {
				if strings.Contains(strings.ToLower(op.Operation), "relu") && o.Act != (activations.PReLU{}) {
					t.Errorf("%+v: %s at %s", o, op.Operation, op.Layer)
				}
				if o.Norm != nil && strings.HasPrefix(op.Op, "batch_norm") {
					t.Errorf("%+v: %s at %s", o, op.Operation, op.Layer)
				}
			}
		}
	})
}

// What a caller writes into an architecture stays with the caller.
func TestArchitecturesAreTheCallersOwn(t *testing.T) {
	a, err := architectures.Lookup("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	want := a.Normalization.Mean[0]
	a.Normalization.Mean[0] = 7
	if b, err := architectures.Lookup("resnet18"); err != nil || b.Normalization.Mean[0] != want {
		t.Errorf("the next caller's mean is %v, %v, want %v", b.Normalization.Mean[0], err, want)
	}
}

func TestLookup(t *testing.T) {
	for alias, want := range map[string]string{
		"resnet50": "resnet50", "ResNet-50": "resnet50", "lenet": "lenet5", "alexnet_2012": "alexnet_paper",
		"resnet_20": "cifar_resnet20", "resnet20": "cifar_resnet20", "plain_56": "cifar_plain56", "plain20": "cifar_plain20",
		"VGG16-BN": "vgg16_bn", "resnext50": "resnext50_32x4d", "wide_resnet50": "wide_resnet50_2", "inception_v1": "googlenet",
	} {
		if a, err := architectures.Lookup(alias); err != nil || a.Name != want {
			t.Errorf("Lookup(%q) = %q, %v; want %q", alias, a.Name, err, want)
		}
	}
	for name, nearest := range map[string]string{"resnet51": "resnet50", "lenet6": "lenet5", "gogglenet": "googlenet", "vgg": "vgg11"} {
		if _, err := architectures.Lookup(name); err == nil || !strings.Contains(err.Error(), `did you mean "`+nearest+`"?`) {
			t.Errorf("Lookup(%q): error %v, want one that suggests %s", name, err, nearest)
		}
	}
}

// TestNamesAreUnambiguous: no name or alias leads to two architectures.
func TestNamesAreUnambiguous(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range architectures.Names() {
		a, err := architectures.Lookup(name)
		if err != nil || a.Name != name || seen[name] {
			t.Errorf("Lookup(%q) = %q, %v; listed before: %v", name, a.Name, err, seen[name])
		}
		seen[name] = true
		if a.Title == "" || a.Paper == "" || len(a.Normalization.Mean) != a.Input.Channels || a.Normalization.Check(a.Input.Channels) != nil {
			t.Errorf("%s is described incompletely: %+v", name, a)
		}
	}
}
