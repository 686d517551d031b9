package datasets

import (
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"
	"pgregory.net/rapid"

	"github.com/stheno-ml/stheno/graph"
)

// constant is a source of equal images, for tests: all ones, of class 0.
type constant struct{ shape Shape }

func (c constant) Len() int          { return 10 }
func (c constant) Shape() Shape      { return c.shape }
func (c constant) Classes() []string { return []string{"one"} }
func (c constant) Read(i int, image []float32) (int, error) {
	flood(image, 1)
	return 0, nil
}

// foreign hides that a source is a Dataset; it does something of its own before it reads image i.
type foreign struct {
	*Dataset
	before func(i int) error
	label  func(label int) int
}

func (f *foreign) Read(i int, image []float32) (int, error) {
	if f.before != nil {
		if err := f.before(i); err != nil {
			return 0, err
		}
	}
	label, err := f.Dataset.Read(i, image)
	if f.label != nil {
		label = f.label(label)
	}
	return label, err
}

// A source of one's own gets the same batches as a Dataset, bit for bit: the dataset places its
// bytes, the loader places the other's values.
func TestAnySourceIsLoadedAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "n")
		d := numbered(t, n, rapid.SampledFrom([]int{1, 3}).Draw(t, "c"), rapid.IntRange(2, 7).Draw(t, "h"), rapid.IntRange(2, 7).Draw(t, "w"))
		d, err := d.Prepare(sized(rapid.SampledFrom([]int{d.channels, 1}).Draw(t, "to c"), rapid.IntRange(2, 9).Draw(t, "to h"), rapid.IntRange(2, 9).Draw(t, "to w")),
			Normalization{Mean: []float32{0.4914}, Std: []float32{0.247}})
		d = check(t, d, err)
		cfg := LoaderConfig{Batch: rapid.IntRange(1, 8).Draw(t, "batch"), Shuffle: rapid.Bool().Draw(t, "shuffle"), Seed: rapid.Uint64().Draw(t, "seed"),
			Augment: Augment{Flip: rapid.Bool().Draw(t, "flip"), Pad: rapid.IntRange(0, min(d.Shape().Height, d.Shape().Width)-1).Draw(t, "pad")}}
		want := all(newLoader(t, d, cfg), 3)
		cfg.Prefetch, cfg.Workers = rapid.IntRange(0, 2).Draw(t, "prefetch"), rapid.IntRange(1, 4).Draw(t, "workers")
		if !same(all(newLoader(t, &foreign{Dataset: d}, cfg), 3), want) {
			t.Fatal("another source of the same images gives other batches")
		}
		if !same(all(newLoader(t, d, cfg), 3), want) {
			t.Fatal("Prefetch or Workers change the batches")
		}
	})
}

// What moves into an image from outside is 0 where the source names no background.
func TestBackground(t *testing.T) {
	l := newLoader(t, constant{sized(2, 5, 5)}, LoaderConfig{Augment: Augment{Pad: 2}})
	zeros := 0
	for _, v := range all(l, 0)[0].Images {
		switch v {
		case 0:
			zeros++
		case 1:
		default:
			t.Fatalf("value %g", v)
		}
	}
	if zeros == 0 || zeros == 2*25*10 {
		t.Errorf("%d zeros", zeros)
	}
	d, err := numbered(t, 1, 3, 2, 2).Normalize(Normalization{Mean: []float32{0.5, 0.25, 0}, Std: []float32{0.5}})
	if got := check(t, d, err).Background(); !slices.Equal(got, []float32{-1, -0.5, 0}) {
		t.Errorf("background %v", got)
	}
}

var errDisk = errors.New("disk full")

// An image that can't be read ends the loop with an error that names the place, after all batches
// before it; the same one with any number of goroutines.
func TestReadError(t *testing.T) {
	for name, spoil := range map[string]func(f *foreign){
		"error": func(f *foreign) {
			f.before = func(i int) error {
				if i == 17 || i == 19 {
					return errDisk
				}
				return nil
			}
		},
		"panic": func(f *foreign) {
			f.before = func(i int) error {
				if i >= 17 {
					panic(errDisk.Error())
				}
				return nil
			}
		},
		"label": func(f *foreign) {
			f.Dataset = numbered(t, 40, 1, 2, 2)
			f.Dataset.labels[17] = 2
			f.label = func(l int) int { return []int{0, 1, 3}[l] }
			for i := range 17 {
				f.Dataset.labels[i] = i % 2
			}
		},
	} {
		for _, cfg := range []LoaderConfig{{Batch: 5}, {Batch: 5, Prefetch: 3}, {Batch: 5, Workers: 4}, {Batch: 5, Workers: 4, Prefetch: 1}} {
			f := &foreign{Dataset: numbered(t, 40, 1, 2, 2)}
			spoil(f)
			rounds, failed := 0, error(nil)
			for b, err := range newLoader(t, f, cfg).Epoch(2) {
				rounds++
				if failed != nil {
					t.Fatal("the loop goes on after an error")
				}
				if failed = err; err == nil && (b.N != 5 || b.Index != rounds-1) {
					t.Fatalf("batch %d has %d images", b.Index, b.N)
				}
			}
			var where *ReadError
			if rounds != 4 || !errors.As(failed, &where) {
				t.Fatalf("%s, %+v: %d rounds, %v", name, cfg, rounds, failed)
			}
			if where.Epoch != 2 || where.Batch != 3 || where.Image != 17 || where.Source != "numbered" {
				t.Errorf("%s, %+v: place %+v", name, cfg, where)
			}
			want := map[string]string{"error": "disk full", "panic": "panic: disk full", "label": "label is 3, want 0 to 2"}[name]
			if got := failed.Error(); got != "image 17 of numbered (epoch 2, batch 3, counted from 0): "+want {
				t.Errorf("%s: %s", name, got)
			}
			if name == "error" && !errors.Is(failed, errDisk) {
				t.Error("the cause is lost")
			}
		}
	}
}

// A source that ends the goroutine it is called on, as FailNow does, is no end of the epoch.
func TestSourceThatEndsItsGoroutine(t *testing.T) {
	for _, cfg := range []LoaderConfig{{Batch: 5, Prefetch: 2}, {Batch: 5, Prefetch: 2, Workers: 3}, {Batch: 5, Workers: 3}} {
		f := &foreign{Dataset: numbered(t, 40, 1, 2, 2), before: func(i int) error {
			if i == 17 {
				runtime.Goexit()
			}
			return nil
		}}
		var failed error
		rounds := 0
		for _, failed = range newLoader(t, f, cfg).Epoch(0) {
			rounds++
		}
		if rounds != 4 || failed == nil || !strings.Contains(failed.Error(), "epoch 0, batch 3: numbered ended the goroutine") {
			t.Errorf("%+v: %d rounds, %v", cfg, rounds, failed)
		}
	}
}

// However a loop ends, nobody reads from its source afterwards and no goroutine is left.
func TestNothingRunsOn(t *testing.T) {
	var reads, under atomic.Int64
	f := &foreign{Dataset: numbered(t, 4000, 1, 2, 2), before: func(int) error {
		under.Add(1)
		defer under.Add(-1)
		reads.Add(1)
		runtime.Gosched()
		return nil
	}}
	l := newLoader(t, f, LoaderConfig{Batch: 50, Prefetch: 3, Workers: 3, Shuffle: true})
	goroutines := runtime.NumGoroutine()
	leave := map[string]func(){
		"break": func() {
			for b := range l.Epoch(0) {
				if b.Index == 1 {
					break
				}
			}
		},
		"at once": func() {
			for range l.Epoch(0) {
				break
			}
		},
		"panic": func() {
			defer func() { _ = recover() }()
			for range l.Epoch(0) {
				panic("in the loop")
			}
		},
		"the goroutine ends": func() {
			var done sync.WaitGroup
			done.Go(func() {
				for range l.Epoch(0) {
					runtime.Goexit()
				}
			})
			done.Wait()
		},
		"all": func() {
			for _, err := range l.Epoch(1) {
				if err != nil {
					t.Error(err)
				}
			}
		},
	}
	for name, f := range leave {
		for range 20 {
			f()
			if n := under.Load(); n != 0 {
				t.Fatalf("%s: %d goroutines read after the loop", name, n)
			}
			before := reads.Load()
			runtime.Gosched()
			if reads.Load() != before {
				t.Fatalf("%s: the source is read after the loop", name)
			}
		}
	}
	// A goroutine that has done its last work may be counted for a moment.
	for range 1000 {
		if runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), goroutines)
}

// Several goroutines read from one dataset and run loops over one loader, nested too.
func TestManyGoroutines(t *testing.T) {
	d, err := numbered(t, 60, 3, 6, 6).Resize(8, 7)
	d = check(t, d, err)
	for _, source := range []Source{d, &foreign{Dataset: d}} {
		l := newLoader(t, source, LoaderConfig{Batch: 7, Shuffle: true, Prefetch: 2, Workers: 2, Augment: Augment{Flip: true, Pad: 3}})
		want := [][]Batch{all(l, 0), all(l, 1)}
		image := sample(t, d, 5)
		var workers sync.WaitGroup
		for g := range 6 {
			workers.Go(func() {
				for e := range 4 {
					epoch := (g + e) % 2
					if !same(all(l, epoch), want[epoch]) {
						t.Errorf("goroutine %d: epoch %d differs", g, epoch)
					}
					if !slices.Equal(sample(t, d, 5), image) {
						t.Errorf("goroutine %d: image 5 differs", g)
					}
				}
			})
		}
		workers.Wait()
		for b, err := range l.Epoch(0) {
			if err != nil {
				t.Fatal(err)
			}
			if !same(all(l, 1), want[1]) || !slices.Equal(b.Images, want[0][b.Index].Images) {
				t.Fatal("a loop in a loop spoils one of them")
			}
		}
	}
}

// broken answers questions about itself wrongly.
type broken struct {
	constant
	n          int
	classes    []string
	kind       graph.TargetKind
	values     int
	background []float32
	panics     bool
}

func (b *broken) Len() int {
	if b.panics {
		panic("no idea")
	}
	return b.n
}
func (b *broken) Classes() []string                    { return b.classes }
func (b *broken) Target() (graph.TargetKind, int)      { return b.kind, b.values }
func (b *broken) Background() []float32                { return b.background }
func (b *broken) ReadTarget(_ int, to []float32) error { flood(to, 1); return io.ErrUnexpectedEOF }

func TestNewLoaderRefusesSources(t *testing.T) {
	good := constant{sized(1, 2, 2)}
	one := []string{"one"}
	for _, c := range []struct {
		source Source
		want   string
	}{
		{nil, "loader: there is no source"},
		{(*Dataset)(nil), "loader: there is no source"},
		{(*broken)(nil), "loader: there is no source"},
		{&broken{constant: good, panics: true}, "*datasets.broken panicked when it was asked for its size: no idea"},
		{&broken{constant: good, classes: one}, "*datasets.broken has no images"},
		{&broken{constant: good, n: -1, classes: one}, "*datasets.broken has no images"},
		{&broken{constant: good, n: 1}, "at least one class"},
		{&broken{constant: constant{sized(1, 0, 2)}, n: 1, classes: one}, "image size is 1x0x2"},
		{&broken{constant: constant{sized(math.MaxInt>>1, math.MaxInt>>1, 2)}, n: 1, classes: one}, "more than a computer can count"},
		{&broken{constant: good, n: 1, classes: one, background: []float32{1, 2}}, "background of 2 values, want 1"},
		{&broken{constant: good, n: 1, classes: one, kind: 9, values: 1}, "target kind 9"},
		{&broken{constant: good, n: 1, classes: one, kind: graph.ClassProbabilities, values: 2}, "class probabilities hold 2 values, want 1"},
		{&broken{constant: good, n: 1, kind: graph.MultiLabel}, "multi-label hold 0 values"},
		{&broken{constant: good, n: 1, kind: graph.RealValues, values: -1}, "real values hold -1 values"},
		{&broken{constant: good, n: 1, kind: graph.RealValues, values: math.MaxInt >> 3}, "batches"},
	} {
		if _, err := NewLoader(c.source, LoaderConfig{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.source, err, c.want)
		}
	}
	l := newLoader(t, &broken{constant: good, n: 1, kind: graph.RealValues, values: 3}, LoaderConfig{})
	for b, err := range l.Epoch(0) {
		if !errors.Is(err, io.ErrUnexpectedEOF) || b.N != 0 {
			t.Errorf("a target that can't be read: %v", err)
		}
	}
}
