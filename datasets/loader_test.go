package datasets

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/stheno-ml/stheno/graph"
)

func sized(c, h, w int) Shape { return Shape{Channels: c, Height: h, Width: w} }

// numbered returns n grey images of h x w whose pixel (y, x) of image i is a known function.
func numbered(t interface{ Fatal(...any) }, n, c, h, w int) *Dataset {
	pixels := make([]uint8, n*c*h*w)
	for i := range pixels {
		pixels[i] = uint8(i*7 + i/256)
	}
	labels := make([]int, n)
	for i := range labels {
		labels[i] = i % 3
	}
	d, err := New(Config{Name: "numbered", Shape: sized(c, h, w), Pixels: pixels, Labels: labels, Classes: []string{"a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newLoader(t interface{ Fatal(...any) }, d Source, cfg LoaderConfig) *Loader {
	l, err := NewLoader(d, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// all copies the batches of an epoch.
func all(l *Loader, epoch int) (out []Batch) {
	for b, err := range l.Epoch(epoch) {
		if err != nil {
			panic(err)
		}
		out = append(out, Batch{b.Index, b.N, slices.Clone(b.Images), graph.Target{Kind: b.Target.Kind, Labels: slices.Clone(b.Target.Labels), Values: slices.Clone(b.Target.Values)}})
	}
	return out
}

func same(a, b []Batch) bool {
	return slices.EqualFunc(a, b, func(x, y Batch) bool {
		return x.N == y.N && slices.Equal(x.Target.Labels, y.Target.Labels) && slices.Equal(x.Target.Values, y.Target.Values) && slices.Equal(x.Images, y.Images)
	})
}

func TestEveryImageOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, batch := rapid.IntRange(1, 40).Draw(t, "n"), rapid.IntRange(1, 45).Draw(t, "batch")
		cfg := LoaderConfig{Batch: batch, Shuffle: rapid.Bool().Draw(t, "shuffle"), Seed: rapid.Uint64().Draw(t, "seed"),
			Prefetch: rapid.IntRange(0, 3).Draw(t, "prefetch"), DropLast: batch <= n && rapid.Bool().Draw(t, "drop")}
		// One pixel per image, telling which image it is.
		pixels, labels := make([]uint8, n), make([]int, n)
		for i := range n {
			pixels[i], labels[i] = uint8(i), i
		}
		d, err := New(Config{Shape: sized(1, 1, 1), Pixels: pixels, Labels: labels, Classes: make([]string, n)})
		if err != nil {
			t.Fatal(err)
		}
		l := newLoader(t, d, cfg)
		var seen []int
		got := all(l, rapid.IntRange(0, 5).Draw(t, "epoch"))
		if len(got) != l.Batches() {
			t.Fatalf("%d batches, Batches() is %d", len(got), l.Batches())
		}
		for i, b := range got {
			if b.N != len(b.Target.Labels) || b.N != len(b.Images) || b.N < 1 || b.N > batch || (b.N < batch && (cfg.DropLast || i < len(got)-1)) {
				t.Fatalf("batch %d of %d: N=%d, %d labels, %d pixels", i, len(got), b.N, len(b.Target.Labels), len(b.Images))
			}
			for k, label := range b.Target.Labels {
				if want := (float32(label)*(1./255) - 0) * 1; b.Images[k] != want {
					t.Fatalf("label %d comes with pixel %g, want %g", label, b.Images[k], want)
				}
			}
			seen = append(seen, b.Target.Labels...)
		}
		if !cfg.Shuffle && !slices.IsSorted(seen) {
			t.Fatalf("order without Shuffle: %v", seen)
		}
		slices.Sort(seen)
		want := n
		if cfg.DropLast {
			want = n / batch * batch
		}
		if len(slices.Compact(seen)) != want {
			t.Fatalf("%d different images, want %d", len(seen), want)
		}
	})
}

func TestDeterminism(t *testing.T) {
	d := numbered(t, 23, 3, 8, 8)
	cfg := LoaderConfig{Batch: 5, Shuffle: true, Seed: 42, Augment: Augment{Flip: true, Pad: 2}}
	a, b := newLoader(t, d, cfg), newLoader(t, d, cfg)
	first, second := all(a, 0), all(a, 1)
	if same(first, second) {
		t.Error("epochs 0 and 1 are equal")
	}
	if !same(all(b, 1), second) || !same(all(b, 0), first) {
		t.Error("the order in which epochs are asked for changes them")
	}
	cfg.Prefetch = 2
	if !same(all(newLoader(t, d, cfg), 1), second) {
		t.Error("Prefetch changes the batches")
	}
	cfg.Seed++
	if same(all(newLoader(t, d, cfg), 0), first) {
		t.Error("another seed gives the same batches")
	}

	// The same image is changed the same way whatever the size of the batches.
	cfg.Seed, cfg.Batch, cfg.Prefetch = 42, 23, 0
	var flat []float32
	for _, b := range first {
		flat = append(flat, b.Images...)
	}
	if !slices.Equal(flat, all(newLoader(t, d, cfg), 0)[0].Images) {
		t.Error("the size of batches changes the images")
	}
}

// The order that a seed stands for is part of the contract: results are reproduced by it.
func TestOrderOfSeed(t *testing.T) {
	pixels, labels := make([]uint8, 10), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	d, err := New(Config{Shape: sized(1, 1, 1), Pixels: pixels, Labels: labels, Classes: digits})
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(t, d, LoaderConfig{Batch: 10, Shuffle: true, Seed: 1})
	got := append(all(l, 0)[0].Target.Labels, all(l, 1)[0].Target.Labels...)
	want := []int{7, 6, 1, 3, 2, 4, 8, 9, 0, 5, 2, 5, 8, 3, 4, 1, 7, 6, 0, 9}
	if !slices.Equal(got, want) {
		t.Errorf("orders of epochs 0 and 1 are %v, want %v", got, want)
	}
}

func TestShuffleIsUniform(t *testing.T) {
	// Each of 5 images should come first in about a fifth of 5000 epochs (standard deviation 28).
	d := numbered(t, 5, 1, 1, 1)
	l := newLoader(t, d, LoaderConfig{Batch: 1, Shuffle: true, Seed: 3})
	var first [5]int
	for e := range 5000 {
		first[l.arrange(e)[0]]++
	}
	for i, n := range first {
		if n < 850 || n > 1150 {
			t.Errorf("image %d is first %d times of 5000", i, n)
		}
	}
}

func TestFill(t *testing.T) {
	d := numbered(t, 11, 1, 4, 4)
	l := newLoader(t, d, LoaderConfig{Batch: 4, Shuffle: true, Augment: Augment{Flip: true, Pad: 1}})
	images, labels := make([]float32, 4*16), make([]int, 4)
	for i, want := range all(l, 7) {
		for k := range images {
			images[k] = 99
		}
		n, err := l.Fill(7, i, images, graph.Labels(labels))
		if err != nil || n != want.N || !slices.Equal(images[:n*16], want.Images) || !slices.Equal(labels[:n], want.Target.Labels) {
			t.Fatalf("batch %d differs from Epoch's: n %d, %v", i, n, err)
		}
		for _, v := range images[n*16:] {
			if v != 0 {
				t.Fatalf("batch %d: row past the %d images holds %g", i, n, v)
			}
		}
	}
	if allocs := testing.AllocsPerRun(20, func() { _, _ = l.Fill(3, 0, images, graph.Labels(labels)) }); allocs != 0 {
		t.Errorf("Fill allocates %g times", allocs)
	}
	for _, f := range []func() (int, error){
		func() (int, error) { return l.Fill(0, 3, images, graph.Labels(labels)) },
		func() (int, error) { return l.Fill(0, -1, images, graph.Labels(labels)) },
		func() (int, error) { return l.Fill(0, 0, images[1:], graph.Labels(labels)) },
		func() (int, error) { return l.Fill(0, 0, images, graph.Labels(labels[1:])) },
	} {
		if _, err := f(); err == nil {
			t.Error("accepted a wrong argument")
		}
	}
}

func TestFullBatch(t *testing.T) {
	l := newLoader(t, numbered(t, 7, 1, 2, 2), LoaderConfig{Batch: 5})
	for b, err := range l.Epoch(0) {
		i := b.Index
		if err != nil {
			t.Fatal(err)
		}
		images, target := b.Full()
		labels := target.Labels
		if len(images) != 20 || len(labels) != 5 {
			t.Fatalf("batch %d: full slices hold %d and %d, want 20 and 5", i, len(images), len(labels))
		}
		for _, v := range images[b.N*4:] {
			if v != 0 {
				t.Errorf("batch %d of %d images: %g behind them", i, b.N, v)
			}
		}
	}
}

func TestLeaveEarly(t *testing.T) {
	l := newLoader(t, numbered(t, 50, 1, 2, 2), LoaderConfig{Batch: 2, Shuffle: true, Prefetch: 3})
	want := all(l, 1)
	for range 20 {
		for b := range l.Epoch(0) {
			if b.Index == 2 {
				break
			}
		}
		if !same(all(l, 1), want) {
			t.Fatal("an epoch left early spoils the next")
		}
	}
}

// A Loader that NewLoader didn't make has nothing to load.
func TestZeroLoader(t *testing.T) {
	var l Loader
	for range l.Epoch(0) {
		t.Error("there is a batch")
	}
	if _, err := l.Fill(0, 0, nil, graph.Target{}); err == nil || l.Batches() != 0 {
		t.Error("there is a batch to fill")
	}
}

func TestNewLoaderRefuses(t *testing.T) {
	d := numbered(t, 4, 1, 4, 4)
	for name, f := range map[string]func() (*Loader, error){
		"nil":            func() (*Loader, error) { return NewLoader(nil, LoaderConfig{}) },
		"empty":          func() (*Loader, error) { return NewLoader(d.Take(0), LoaderConfig{}) },
		"negative batch": func() (*Loader, error) { return NewLoader(d, LoaderConfig{Batch: -1}) },
		"prefetch":       func() (*Loader, error) { return NewLoader(d, LoaderConfig{Prefetch: -1}) },
		"no full batch":  func() (*Loader, error) { return NewLoader(d, LoaderConfig{Batch: 5, DropLast: true}) },
		"pad":            func() (*Loader, error) { return NewLoader(d, LoaderConfig{Augment: Augment{Pad: 4}}) },
		"negative pad":   func() (*Loader, error) { return NewLoader(d, LoaderConfig{Augment: Augment{Pad: -1}}) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func BenchmarkFill(b *testing.B) {
	cifar := numbered(b, 512, 3, 32, 32)
	large, err := cifar.Resize(224, 224)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		d    Source
		cfg  LoaderConfig
	}{
		{"cifar", cifar, LoaderConfig{Batch: 128, Shuffle: true}},
		{"cifar augmented", cifar, LoaderConfig{Batch: 128, Shuffle: true, Augment: AugmentCIFAR}},
		{"cifar augmented, another source", &foreign{Dataset: cifar}, LoaderConfig{Batch: 128, Shuffle: true, Augment: AugmentCIFAR}},
		{"cifar augmented, two workers", cifar, LoaderConfig{Batch: 128, Shuffle: true, Augment: AugmentCIFAR, Workers: 2}},
		{"to 224x224", large, LoaderConfig{Batch: 16, Shuffle: true, Augment: AugmentCIFAR}},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := newLoader(b, c.d, c.cfg)
			images, target := make([]float32, l.cfg.Batch*l.size), graph.Labels(make([]int, l.cfg.Batch))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Fill(0, 0, images, target); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(images)), "ns/value")
		})
	}
}

func BenchmarkEpoch(b *testing.B) {
	cifar := numbered(b, 4096, 3, 32, 32)
	for _, prefetch := range []int{0, 2} {
		b.Run(fmt.Sprintf("prefetch %d", prefetch), func(b *testing.B) {
			l := newLoader(b, cifar, LoaderConfig{Batch: 128, Shuffle: true, Augment: AugmentCIFAR, Prefetch: prefetch})
			b.ReportAllocs()
			e := 0
			for b.Loop() {
				for _, err := range l.Epoch(e) {
					if err != nil {
						b.Fatal(err)
					}
				}
				e++
			}
		})
	}
}
