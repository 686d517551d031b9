package classify

import (
	"context"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// digits trains LeNet-5 for an epoch, once for all tests, and returns the run and
// what describes it.
var digits = sync.OnceValues(func() (*trainer.Run, error) {
	train, test, err := datasets.EmbeddedMNIST()
	if err != nil {
		return nil, err
	}
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		return nil, err
	}
	if train, err = train.Take(4000).Resize(a.Input.Height, a.Input.Width); err != nil {
		return nil, err
	}
	if test, err = test.Take(400).Resize(a.Input.Height, a.Input.Width); err != nil {
		return nil, err
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		return nil, err
	}
	return trainer.Fit(context.Background(), net, trainer.Data{Train: train, Test: test},
		trainer.Config{Epochs: 2, Batch: 50, Seed: 1})
})

var describedDigits = Description{
	Architecture: "lenet5", Classes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
	Input: imaging.Shape{Channels: 1, Height: 28, Width: 28}, Normalization: imaging.MNIST(), Stretch: true,
}

func saved(t *testing.T) (*trainer.Run, string) {
	t.Helper()
	run, err := digits()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "digits.safetensors")
	if err := Save(path, run.Params, describedDigits); err != nil {
		t.Fatal(err)
	}
	return run, path
}

// untrained saves a network as it starts, for what has nothing to do with what it
// learned.
func untrained(t *testing.T) string {
	t.Helper()
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		t.Fatal(err)
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	params := graph.NewParams(1)
	c, err := New(net, params, describedDigits)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	path := filepath.Join(t.TempDir(), "untrained.safetensors")
	if err := Save(path, params, describedDigits); err != nil {
		t.Fatal(err)
	}
	return path
}

// pngs writes the first n test images to files, as they were published.
func pngs(t *testing.T, n int) (paths []string, labels []int) {
	t.Helper()
	_, test, err := datasets.EmbeddedMNIST()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i := range n {
		img, err := test.Image(i)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, strings.Repeat("x", i+1)+".png")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		f.Close()
		paths = append(paths, path)
	}
	return paths, test.Labels()[:n]
}

func TestFilesAreClassifiedAsInTraining(t *testing.T) {
	run, path := saved(t)
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	files, labels := pngs(t, 100)
	results, err := c.Files(t.Context(), files...)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, r := range results {
		sum := 0.0
		for k, p := range r {
			sum += p.Probability
			if k > 0 && p.Probability > r[k-1].Probability {
				t.Fatalf("image %d: probabilities are not in order: %v", i, r)
			}
			if p.Label != describedDigits.Classes[p.Class] {
				t.Fatalf("image %d: class %d is called %q", i, p.Class, p.Label)
			}
		}
		if math.Abs(sum-1) > 1e-9 || len(r) != 10 || len(r.Top(3)) != 3 || len(r.Top(99)) != 10 {
			t.Fatalf("image %d: %d classes, probabilities add up to %v", i, len(r), sum)
		}
		if r[0].Class == labels[i] {
			right++
		}
	}
	if got, want := float64(right)/100, run.Test.Accuracy; math.Abs(got-want) > 0.08 || got < 0.8 {
		t.Errorf("%.2f of the files are right, the test images were at %.2f", got, want)
	}
}

// Prepared pixels give the very numbers of the training's own evaluation, at every
// batch size.
func TestPixelsGiveTheNetworksNumbers(t *testing.T) {
	run, path := saved(t)
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	size, err := describedDigits.Input.Size()
	if err != nil {
		t.Fatal(err)
	}
	program, err := run.Program(1)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	for _, n := range []int{0, 1, 2, 5, 8, 9, 33, 70} {
		pixels := make([]float32, n*size)
		for i := range n {
			if _, err := run.Data.Test.Read(i, pixels[i*size:(i+1)*size]); err != nil {
				t.Fatal(err)
			}
		}
		results, err := c.Pixels(t.Context(), pixels)
		if err != nil || len(results) != n {
			t.Fatalf("%d images: %d results, %v", n, len(results), err)
		}
		for i, r := range results {
			y, err := program.Run(t.Context(), pixels[i*size:(i+1)*size])
			if err != nil {
				t.Fatal(err)
			}
			want := c.result(y.Float32s())
			for k := range want {
				if r[k].Class != want[k].Class || math.Abs(r[k].Probability-want[k].Probability) > 1e-5 {
					t.Fatalf("%d images, image %d: %v, want %v", n, i, r[k], want[k])
				}
			}
		}
	}
}

func TestManyGoroutinesAtOnce(t *testing.T) {
	c, err := Open(untrained(t))
	if err != nil {
		t.Fatal(err)
	}
	files, _ := pngs(t, 20)
	want, err := c.Files(t.Context(), files...)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for range 5 {
				got, err := c.Files(t.Context(), files[g:]...)
				if err != nil {
					t.Error(err)
					return
				}
				for i := range got {
					if got[i][0].Class != want[g+i][0].Class {
						t.Errorf("goroutine %d: file %d is %v, want %v", g, i, got[i][0], want[g+i][0])
					}
				}
			}
		})
	}
	all.Wait()
	c.Close()
	c.Close()
	if _, err := c.Files(t.Context(), files[0]); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("after Close: %v", err)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	run, path := saved(t)
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Files(t.Context(), "no-such.png"); err == nil || !strings.Contains(err.Error(), "no-such.png") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := c.Images(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "picture 0") {
		t.Errorf("a nil picture: %v", err)
	}
	if _, err := c.Images(t.Context(), image.NewGray(image.Rect(0, 0, 0, 0))); err == nil {
		t.Error("a picture without pixels is no error")
	}
	if _, err := c.Pixels(t.Context(), make([]float32, 5)); err == nil {
		t.Error("half an image is no error")
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Images(done, image.NewGray(image.Rect(0, 0, 28, 28))); !errors.Is(err, context.Canceled) {
		t.Errorf("a done context: %v", err)
	}
	for name, change := range map[string]func(*Description){
		"no classes":        func(d *Description) { d.Classes = nil },
		"one class less":    func(d *Description) { d.Classes = d.Classes[1:] },
		"two channels":      func(d *Description) { d.Input.Channels = 2 },
		"no height":         func(d *Description) { d.Input.Height = 0 },
		"unknown":           func(d *Description) { d.Architecture = "lenet55" },
		"unknown act":       func(d *Description) { d.Activation = "rleu" },
		"bad normalization": func(d *Description) { d.Normalization.Std = []float32{0} },
		"another network":   func(d *Description) { d.Architecture, d.Input.Channels = "cifar_resnet20", 3 },
	} {
		d := describedDigits
		change(&d)
		tensors, err := weights.FromParams(run.Params)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(tensors, d); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := New(nil, graph.NewParams(1), describedDigits); err == nil {
		t.Error("no network is no error")
	}
	bare := filepath.Join(t.TempDir(), "bare.safetensors")
	if err := weights.WriteFile(bare, &weights.File{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(bare); err == nil || !strings.Contains(err.Error(), "bare.safetensors") {
		t.Errorf("weights without a description: %v", err)
	}
}

func TestDescriptionSurvivesTheFile(t *testing.T) {
	_, path := saved(t)
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.Description(); !reflect.DeepEqual(got, describedDigits) {
		t.Errorf("got %+v, want %+v", got, describedDigits)
	}
}

// Weights that are no numbers, or lead to none, are an error and no probability.
func TestNetworksThatGiveNoNumbers(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), 3e38} {
		c, err := Open(untrained(t))
		if err != nil {
			t.Fatal(err)
		}
		q := c.programs.params.All()
		last := q[len(q)-2] // the weights of the last layer
		values := make([]float64, last.Value.Shape().TotalSize())
		for i := range values {
			values[i] = v
		}
		if err := c.programs.params.Set(last.Name, values); err != nil {
			t.Fatal(err)
		}
		paths, _ := pngs(t, 3)
		if r, err := c.Files(t.Context(), paths...); err == nil || !strings.Contains(err.Error(), "picture 0: the network gives") {
			t.Errorf("%s of %v: %v, %v", last.Name, v, r, err)
		}
		c.Close()
	}
}
