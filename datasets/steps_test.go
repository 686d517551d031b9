package datasets

import (
	"context"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size/sizetest"
)

// A step that does nothing leaves what Pad, Flip and the others make, bit for bit: the way through
// pixels is the same as the direct one.
func TestStepsGoThroughPixels(t *testing.T) {
	nothing := augment.Chain{augment.Operation{Op: "identity"}}
	for _, channels := range []int{1, 3} {
		d := numbered(t, 40, channels, 6, 5)
		d, err := d.Normalize(Normalization{Mean: []float32{0.3}, Std: []float32{0.7}})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []Augment{{}, {Flip: true}, {Pad: 4, Flip: true}, {Pad: 3, Reflect: true, AlternateFlip: true}, {Pad: 2, Cutout: 3}, {Erasing: augment.Erasing{Probability: 0.5}}} {
			want := epochOf(t, d, LoaderConfig{Augment: a, Seed: 3}, 2)
			a.Steps = nothing
			for _, workers := range []int{1, 3} {
				got := epochOf(t, d, LoaderConfig{Augment: a, Seed: 3, Workers: workers, Prefetch: workers - 1}, 2)
				for i := range want {
					if !slices.Equal(got[i], want[i]) {
						t.Fatalf("%d channels, %+v, %d workers: image %d differs", channels, a, workers, i)
					}
				}
			}
		}
		if channels == 1 {
			if d, err = d.Channels(3); err != nil {
				t.Fatal(err)
			}
			want := epochOf(t, d, LoaderConfig{}, 0)
			if got := epochOf(t, d, LoaderConfig{Augment: Augment{Steps: nothing}}, 0); !slices.Equal(got[7], want[7]) {
				t.Error("a grey image shown as colour differs")
			}
		}
	}
	// Scaled images are rounded to pixels.
	d, err := numbered(t, 5, 3, 8, 8).Resize(12, 5)
	if err != nil {
		t.Fatal(err)
	}
	want, got := epochOf(t, d, LoaderConfig{}, 0), epochOf(t, d, LoaderConfig{Augment: Augment{Steps: nothing}}, 0)
	for i := range want {
		if !near(got[i], want[i], 0.51/255) {
			t.Errorf("image %d, scaled: %v, want %v", i, got[i], want[i])
		}
	}
}

// What happens follows from seed, epoch and image, not from who reads it with which others.
func TestStepsRepeat(t *testing.T) {
	d, _, err := Synthetic(SyntheticConfig{})
	if err != nil {
		t.Fatal(err)
	}
	d = d.Take(50)
	a := Augment{Flip: true, Steps: augment.Chain{augment.RandomResizedCrop{}, augment.TrivialAugment{}, augment.ColorJitter{Hue: 0.1}},
		Erasing: augment.Erasing{Probability: 0.5, Noise: true}}
	first := epochOf(t, d, LoaderConfig{Augment: a, Seed: 3}, 2)
	for name, cfg := range map[string]LoaderConfig{"4 workers": {Workers: 4, Prefetch: 2}, "again": {}} {
		cfg.Augment, cfg.Seed = a, 3
		for i, got := range epochOf(t, d, cfg, 2) {
			if !slices.Equal(got, first[i]) {
				t.Fatalf("%s: image %d differs", name, i)
			}
		}
	}
	cfg := LoaderConfig{Augment: a, Seed: 3, Batch: 16, Shuffle: true}
	l := newLoader(t, d, cfg)
	order := l.arrange(2)
	for b := range l.Epoch(2) {
		for k := range b.N {
			if i := order[b.Index*16+k]; !slices.Equal(b.Images[k*l.size:(k+1)*l.size], first[i]) {
				t.Fatalf("in batches of 16, shuffled: image %d differs", i)
			}
		}
	}
	for name, other := range map[string][][]float32{
		"another epoch": epochOf(t, d, LoaderConfig{Augment: a, Seed: 3}, 3), "another seed": epochOf(t, d, LoaderConfig{Augment: a, Seed: 4}, 2)} {
		equal := 0
		for i := range other {
			if slices.Equal(other[i], first[i]) {
				equal++
			}
		}
		if equal > 0 {
			t.Errorf("%s: %d images are the same", name, equal)
		}
	}
}

func TestStepsAllocateNothing(t *testing.T) {
	if sizetest.Race {
		t.Skip("the race detector has pools drop what they hold, at random")
	}
	d, _, err := Synthetic(SyntheticConfig{})
	if err != nil {
		t.Fatal(err)
	}
	resized, err := d.Resize(40, 40)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Dataset{d, resized} {
		for _, chain := range []augment.Chain{{augment.AutoAugment{}}, {augment.RandomResizedCrop{}, augment.RandAugment{}}} {
			l := newLoader(t, d, LoaderConfig{Batch: 16, Augment: Augment{Flip: true, Steps: chain, Erasing: augment.Erasing{Probability: 0.25}}})
			images, target := make([]float32, 16*l.size), graph.Labels(make([]int, 16))
			fill := func() {
				if _, err := l.Fill(0, 1, images, target); err != nil {
					t.Fatal(err)
				}
			}
			fill()
			if n := testing.AllocsPerRun(5, fill); n > 1 { // the collector may empty a pool
				t.Errorf("%v of %v: %v allocations", chain, d.Shape(), n)
			}
		}
	}
}

// A random crop sees the picture as it is in the file, not the middle of it that is tested on.
func TestCropsOfPictureFiles(t *testing.T) {
	dir := t.TempDir()
	for _, class := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		paint(t, filepath.Join(dir, class, "wide.png"), 90, 20, color.RGBA{200, 100, 50, 255})
		paint(t, filepath.Join(dir, class, "tall.png"), 10, 70, color.RGBA{200, 100, 50, 255})
	}
	d, err := OpenPictureFolder(context.Background(), PictureFolderConfig{Dir: dir, Shape: Shape{Channels: 3, Height: 16, Width: 12}})
	if err != nil {
		t.Fatal(err)
	}
	var p augment.Picture
	if _, err := d.ReadPixels(1, true, &p); err != nil || p.Shape.Height != 20 || p.Shape.Width != 90 {
		t.Errorf("a whole picture is %v, %v; want 3x20x90", p.Shape, err)
	}
	if _, err := d.ReadPixels(1, false, &p); err != nil || p.Shape != d.Shape() {
		t.Errorf("a picture is %v, %v; want %v", p.Shape, err, d.Shape())
	}
	if _, err := d.ReadPixels(4, true, &p); err == nil {
		t.Error("a picture that is not there is no error")
	}
	for i, image := range epochOf(t, d, LoaderConfig{Augment: Augment{Flip: true, Steps: augment.Chain{augment.RandomResizedCrop{}}}}, 0) {
		for k, v := range image {
			if want := [3]float32{200, 100, 50}[k/192] / 255; max(v-want, want-v) > 1e-6 {
				t.Fatalf("picture %d: value %d is %g, want %g", i, k, v, want)
			}
		}
	}
	// Pictures that are kept are the same, and there without their files.
	cfg := PictureFolderConfig{Dir: dir, Shape: d.Shape(), Keep: 90*20*4 + 10*70*4}
	kept, err := OpenPictureFolder(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	load := LoaderConfig{Augment: Augment{Steps: augment.Chain{augment.RandomResizedCrop{}, augment.RandAugment{}}}, Workers: 1}
	want := epochOf(t, d, load, 1)
	for range 2 {
		for i, got := range epochOf(t, kept, load, 1) {
			if !slices.Equal(got, want[i]) {
				t.Fatalf("picture %d differs from the one that is not kept", i)
			}
		}
	}
	if kept.kept.room.Load() != 0 {
		t.Errorf("%d bytes of room are left, want none", kept.kept.room.Load())
	}
	held := 0
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for i := range kept.Len() {
		if _, err := kept.ReadPixels(i, true, &p); err == nil {
			held++
		}
	}
	if held != 2 {
		t.Errorf("%d pictures are kept, want 2", held)
	}
	cfg.Keep = -1
	if _, err := OpenPictureFolder(context.Background(), cfg); err == nil {
		t.Error("-1 bytes to keep pass")
	}
	if got := newLoader(t, d, LoaderConfig{}).Config().Workers; got < 1 {
		t.Errorf("%d workers", got)
	}
}

// enlarging is a step of somebody else's, which breaks the rules.
type enlarging struct{}

func (enlarging) Name() string                                    { return "enlarging" }
func (enlarging) Check() error                                    { return nil }
func (enlarging) Apply(p *augment.Picture, _ *augment.Rand) error { return p.Resize(50, 50) }

func TestStepsAreRefused(t *testing.T) {
	d, grey, four := numbered(t, 3, 3, 9, 8), numbered(t, 3, 1, 9, 8), numbered(t, 3, 4, 9, 8)
	flip := augment.Chain{augment.Flip{}}
	for _, c := range []struct {
		source Source
		a      Augment
		want   string
	}{
		{plainSource{d}, Augment{Steps: flip}, "want a PixelSource"},
		{four, Augment{Steps: flip}, "1 channel (grey) or 3 (colour)"},
		{d, Augment{Pad: 1, Steps: augment.Chain{augment.RandomResizedCrop{}}}, "want one of both"},
		{d, Augment{Steps: augment.Chain{augment.RandomResizedCrop{Height: 4, Width: 4}}}, "makes 4x4, the images are 3x9x8"},
		{d, Augment{Steps: augment.Chain{augment.Rotation{Degrees: -1}}}, "step 0 (rotation): degrees is -1"},
		{d, Augment{Erasing: augment.Erasing{Probability: 2}}, "erasing: probability is 2"},
	} {
		if _, err := NewLoader(c.source, LoaderConfig{Augment: c.a}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.a, err, c.want)
		}
	}
	newLoader(t, grey, LoaderConfig{Augment: Augment{Steps: augment.Chain{augment.ColorJitter{Hue: 0.5}}}})
	for _, err := range newLoader(t, d, LoaderConfig{Augment: Augment{Steps: augment.Chain{enlarging{}}}}).Epoch(0) {
		if err == nil || !strings.Contains(err.Error(), "augmentation makes 3x50x50, want 3x9x8") {
			t.Error(err)
		}
	}
}
