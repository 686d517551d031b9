// Sizes here are beyond 32 bits.

//go:build !(386 || arm || mips || mipsle)

package datasets

import (
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
	"github.com/stheno-ml/stheno/internal/size/sizetest"
)

// Sizes at the integers' edges, and those whose product wraps around to 0 or to a small number,
// are refused before anything of that size is allocated: a process of little memory survives.
func TestSizesWithoutBound(t *testing.T) {
	if !sizetest.Confine(t, 2<<30) {
		return
	}
	d := numbered(t, 4, 3, 8, 8)
	grey := numbered(t, 4, 1, 8, 8)
	view := func(d *Dataset, err error) error { return err }
	loader := func(cfg LoaderConfig) error { _, err := NewLoader(d, cfg); return err }
	synthetic := func(cfg SyntheticConfig) error { _, _, err := Synthetic(cfg); return err }
	images := func(s Shape, labels int) error {
		return view(New(Config{Name: "x", Shape: s, Labels: make([]int, labels), Classes: []string{"a"}}))
	}
	cases := map[string]func() error{
		"shape whose product is 0":       func() error { return images(sized(1<<32, 1<<32, 1), 1) },
		"shape whose product is 1<<62":   func() error { return images(sized(1<<31, 1<<31, 1), 4) },
		"shape of 1<<45":                 func() error { return images(sized(1<<45, 1, 1), 0) },
		"shape of 1<<45 with the rest 0": func() error { return images(sized(1<<45, 1<<20, 1<<20), 0) },
		"Pad(MinInt)":                    func() error { return view(d.Pad(math.MinInt)) },
		"Pad(MinInt/2)":                  func() error { return view(d.Pad(math.MinInt / 2)) },
		"Pad(MinInt/2+1)":                func() error { return view(d.Pad(math.MinInt/2 + 1)) },
		"Pad(MaxInt)":                    func() error { return view(d.Pad(math.MaxInt)) },
		"Pad(MaxInt/2)":                  func() error { return view(d.Pad(math.MaxInt / 2)) },
		"Pad(1<<40)":                     func() error { return view(d.Pad(1 << 40)) },
		"Pad(1<<30)":                     func() error { return view(d.Pad(1 << 30)) },
		"Pad(-4)":                        func() error { return view(d.Pad(-4)) },
		"Resize(MaxInt, 1)":              func() error { return view(d.Resize(math.MaxInt, 1)) },
		"Resize(1, MaxInt)":              func() error { return view(d.Resize(1, math.MaxInt)) },
		"Resize(MaxInt, MaxInt)":         func() error { return view(d.Resize(math.MaxInt, math.MaxInt)) },
		"Resize(1<<40, 1)":               func() error { return view(grey.Resize(1<<40, 1)) },
		"Resize(MinInt, 1)":              func() error { return view(d.Resize(math.MinInt, 1)) },
		"Channels(MaxInt)":               func() error { return view(grey.Channels(math.MaxInt)) },
		"Channels(1<<40)":                func() error { return view(grey.Channels(1 << 40)) },
		"Prepare":                        func() error { return view(grey.Prepare(sized(1<<40, 1<<40, 1<<40), Normalization{})) },
		"Batch MaxInt":                   func() error { return loader(LoaderConfig{Batch: math.MaxInt}) },
		"Batch MaxInt/192":               func() error { return loader(LoaderConfig{Batch: math.MaxInt / 192}) },
		"Batch 1<<40":                    func() error { return loader(LoaderConfig{Batch: 1 << 40}) },
		"Batch MinInt":                   func() error { return loader(LoaderConfig{Batch: math.MinInt}) },
		"Prefetch MaxInt":                func() error { return loader(LoaderConfig{Batch: 1, Prefetch: math.MaxInt}) },
		"Prefetch 1<<40":                 func() error { return loader(LoaderConfig{Batch: 1, Prefetch: 1 << 40}) },
		"Workers MaxInt":                 func() error { return loader(LoaderConfig{Workers: math.MaxInt}) },
		"augmentation MaxInt":            func() error { return loader(LoaderConfig{Augment: Augment{Pad: math.MaxInt}}) },
		"augmentation MinInt":            func() error { return loader(LoaderConfig{Augment: Augment{Pad: math.MinInt}}) },
		"synthetic images":               func() error { return synthetic(SyntheticConfig{Train: math.MaxInt}) },
		"synthetic images, sum":          func() error { return synthetic(SyntheticConfig{Train: math.MaxInt, Test: math.MaxInt}) },
		"synthetic images 1<<40":         func() error { return synthetic(SyntheticConfig{Train: 1 << 40}) },
		"synthetic classes":              func() error { return synthetic(SyntheticConfig{Classes: math.MaxInt}) },
		"synthetic classes 1<<40":        func() error { return synthetic(SyntheticConfig{Classes: 1 << 40, Shape: sized(1, 1, 1)}) },
		"synthetic channels":             func() error { return synthetic(SyntheticConfig{Shape: Shape{Channels: 1 << 50}}) },
		"synthetic shape, product 0":     func() error { return synthetic(SyntheticConfig{Shape: sized(1<<32, 1<<31, 2)}) },
		"synthetic height":               func() error { return synthetic(SyntheticConfig{Shape: Shape{Height: math.MaxInt}}) },
		"Split(-1)":                      func() error { _, _, err := d.Split(math.MinInt, 1); return err },
		"Split(MaxInt)":                  func() error { _, _, err := d.Split(math.MaxInt, 1); return err },
		"Subset(MaxInt)":                 func() error { return view(d.Subset([]int{math.MaxInt})) },
		"Subset(MinInt)":                 func() error { return view(d.Subset([]int{math.MinInt})) },
	}
	for name, f := range cases {
		if err := f(); err == nil {
			t.Errorf("%s is accepted", name)
		} else if s := err.Error(); strings.Contains(s, "panic") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What is absurd without being large is still right.
	if d.Take(math.MaxInt).Len() != 4 || d.Take(math.MinInt).Len() != 0 {
		t.Error("Take at the integers' edges")
	}
	if s, err := d.Subset(nil); err != nil || s.Len() != 0 {
		t.Errorf("no images at all: %v, %v", s, err)
	}
	// Every row of this view reads all rows of the view that it is a view of.
	if size.Memory() > 4<<30 {
		return // under the race detector there is no limit
	}
	tall := numbered(t, 1, 1, 20000, 1)
	one, err := tall.Resize(1, 1)
	if _, err = check(t, one, err).Resize(100000, 1); err == nil || !strings.Contains(err.Error(), "needs 7.5 GiB") {
		t.Errorf("weights of 100000 x 20000: %v", err)
	}
}

// A source that makes its images may have any number of them, as long as nothing lists them.
type endless struct{ constant }

func (endless) Len() int { return math.MaxInt }

func TestLoaderOfAnEndlessSource(t *testing.T) {
	if !sizetest.Confine(t, 2<<30) {
		return
	}
	source := endless{constant{sized(1, 2, 2)}}
	l, err := NewLoader(source, LoaderConfig{Batch: 3, Prefetch: 2})
	if err != nil {
		t.Fatal(err)
	}
	if want := math.MaxInt/3 + 1; l.Batches() != want {
		t.Errorf("%d batches, want %d", l.Batches(), want)
	}
	for b, err := range l.Epoch(0) {
		if err != nil || b.N != 3 {
			t.Fatal(b.N, err)
		}
		if b.Index == 10 {
			break
		}
	}
	images, labels := make([]float32, 12), make([]int, 3)
	last := l.Batches() - 1
	if n, err := l.Fill(0, last, images, graph.Labels(labels)); n != math.MaxInt%3 || err != nil {
		t.Errorf("last batch: %d images, %v", n, err)
	}
	if _, err := NewLoader(source, LoaderConfig{Batch: 3, Shuffle: true}); err == nil {
		t.Error("an endless source is shuffled")
	}
}
