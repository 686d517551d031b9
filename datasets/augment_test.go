package datasets

import (
	"slices"
	"strings"
	"testing"
)

// epochOf reads all images of an epoch in the source's order.
func epochOf(t *testing.T, s Source, cfg LoaderConfig, epoch int) [][]float32 {
	t.Helper()
	cfg.Batch = 7
	l, err := NewLoader(s, cfg)
	if err != nil {
		t.Fatal(err)
	}
	size, err := s.Shape().Size()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float32
	for b, err := range l.Epoch(epoch) {
		if err != nil {
			t.Fatal(err)
		}
		for k := range b.N {
			out = append(out, slices.Clone(b.Images[k*size:(k+1)*size]))
		}
	}
	return out
}

// plainSource is a Dataset in other clothes: a Loader knows nothing about it.
type plainSource struct{ Source }

// What comes in from outside is the image itself, turned back at its edges, for a Dataset and for
// any other source, however many goroutines read.
func TestAugmentReflects(t *testing.T) {
	d := numbered(t, 40, 2, 5, 4)
	a := Augment{Pad: 3, Reflect: true, Flip: true}
	got := epochOf(t, d, LoaderConfig{Augment: a, Seed: 3}, 2)
	other := epochOf(t, plainSource{d}, LoaderConfig{Augment: a, Seed: 3, Workers: 3, Prefetch: 2}, 2)
	turn := func(i, n int) int {
		for i < 0 || i >= n {
			i = max(-i, min(i, 2*(n-1)-i))
		}
		return i
	}
	image := make([]float32, 2*5*4)
	for i := range d.Len() {
		if _, err := d.Read(i, image); err != nil {
			t.Fatal(err)
		}
		p := a.placement(3, 2, i)
		for c := range 2 {
			for y := range 5 {
				for x := range 4 {
					sy, sx := turn(y-p.dy, 5), turn(x-p.dx, 4)
					if p.flip {
						sx = 3 - sx
					}
					at, want := (c*5+y)*4+x, image[(c*5+sy)*4+sx]
					if got[i][at] != want || other[i][at] != want {
						t.Fatalf("image %d, %+v, (%d, %d, %d): %g and %g, want %g", i, p, c, y, x, got[i][at], other[i][at], want)
					}
				}
			}
		}
	}
	for _, c := range []struct{ i, n, want int }{{-3, 4, 3}, {-1, 4, 1}, {4, 4, 2}, {6, 4, 0}, {2, 4, 2}} {
		if got := reflected(c.i, c.n); got != c.want {
			t.Errorf("%d of %d is %d, want %d", c.i, c.n, got, c.want)
		}
	}
}

// Every image changes sides from epoch to epoch, and half of them begin on each.
func TestAugmentAlternates(t *testing.T) {
	a := Augment{AlternateFlip: true}
	first := 0
	for i := range 2000 {
		flipped := a.placement(9, 0, i).flip
		if flipped {
			first++
		}
		for epoch := range uint64(5) {
			if got, want := a.placement(9, epoch, i).flip, flipped != (epoch%2 == 1); got != want {
				t.Fatalf("image %d, epoch %d: mirrored %v, want %v", i, epoch, got, want)
			}
		}
	}
	if first < 900 || first > 1100 {
		t.Errorf("%d of 2000 images are mirrored at first, want about half", first)
	}
	// It moves images as Flip does.
	for i := range 100 {
		x, y := (Augment{Pad: 4, Flip: true}).placement(1, 1, i), (Augment{Pad: 4, AlternateFlip: true}).placement(1, 1, i)
		if x.dx != y.dx || x.dy != y.dy {
			t.Fatalf("image %d moves by %+v and %+v", i, x, y)
		}
	}
}

// Of each image a square is 0, in all channels, anywhere, and nothing else is changed.
func TestAugmentCutsOut(t *testing.T) {
	d := numbered(t, 300, 2, 6, 5)
	whole := epochOf(t, d, LoaderConfig{}, 1)
	got := epochOf(t, d, LoaderConfig{Augment: Augment{Cutout: 3}}, 1)
	again := epochOf(t, plainSource{d}, LoaderConfig{Augment: Augment{Cutout: 3}, Workers: 2}, 1)
	centres := map[[2]int]bool{}
	for i := range got {
		cx, cy := Augment{Cutout: 3}.hole(0, 1, i, d.Shape())
		centres[[2]int{cx, cy}] = true
		for k, v := range got[i] {
			x, y := k%5, k/5%6
			want := whole[i][k]
			if x >= cx-1 && x <= cx+1 && y >= cy-1 && y <= cy+1 {
				want = 0
			}
			if v != want || again[i][k] != want {
				t.Fatalf("image %d, hole at (%d, %d): value %d is %g and %g, want %g", i, cx, cy, k, v, again[i][k], want)
			}
		}
	}
	if len(centres) != 30 {
		t.Errorf("%d different holes, want 30", len(centres))
	}
}

func TestAugmentRefuses(t *testing.T) {
	d := numbered(t, 3, 1, 6, 5)
	for _, c := range []struct {
		a    Augment
		want string
	}{
		{Augment{Flip: true, AlternateFlip: true}, "want one of both"},
		{Augment{Cutout: -1}, "cuts out -1 pixels, want 0 to 12"},
		{Augment{Cutout: 13}, "cuts out 13 pixels"},
		{Augment{Pad: 5, Reflect: true}, "pads 5 pixels, want 0 to 4"},
	} {
		if _, err := NewLoader(d, LoaderConfig{Augment: c.a}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.a, err, c.want)
		}
	}
}
