package datasets

import (
	"slices"
	"strings"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	names := []string{"a", "b"}
	cases := []struct {
		name    string
		pixels  int
		labels  []int
		c, h, w int
		want    string
	}{
		{"too few pixels", 7, []int{0, 1}, 1, 2, 2, "want 8 pixels, found 7"},
		{"label too large", 8, []int{0, 2}, 1, 2, 2, "label of image 1 is 2, want 0 to 1"},
		{"label negative", 8, []int{-1, 0}, 1, 2, 2, "label of image 0 is -1"},
		{"no rows", 0, nil, 1, 0, 2, "mine: image size is 1x0x2"},
	}
	for _, c := range cases {
		_, err := New(Config{Name: "mine", Shape: sized(c.c, c.h, c.w), Pixels: make([]uint8, c.pixels), Labels: c.labels, Classes: names})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSelections(t *testing.T) {
	d := numbered(t, 10, 1, 1, 2)
	s, err := d.Subset([]int{7, 2, 2, 9})
	s = check(t, s, err)
	if got := s.Labels(); !slices.Equal(got, []int{1, 2, 2, 0}) {
		t.Errorf("labels %v", got)
	}
	for k, i := range []int{7, 2, 2, 9} {
		if !slices.Equal(sample(t, s, k), sample(t, d, i)) {
			t.Errorf("image %d of the subset is not image %d", k, i)
		}
	}
	// A selection of a selection.
	if got := sample(t, s.Take(1), 0); !slices.Equal(got, sample(t, d, 7)) {
		t.Error("Take of a subset")
	}
	ss, err := s.Subset([]int{3})
	if got := sample(t, check(t, ss, err), 0); !slices.Equal(got, sample(t, d, 9)) {
		t.Error("Subset of a subset")
	}
	if got := d.ClassCounts(); !slices.Equal(got, []int{4, 3, 3}) {
		t.Errorf("counts %v", got)
	}
	if d.Take(99).Len() != 10 || d.Take(-1).Len() != 0 || d.Take(3).Len() != 3 {
		t.Error("Take")
	}
	for _, i := range []int{-1, 4} {
		if _, err := s.Subset([]int{i}); err == nil {
			t.Errorf("index %d accepted", i)
		}
	}
	if got := s.String(); got != "numbered: 4 images 1x1x2, 3 classes" {
		t.Error(got)
	}
}

func TestSplit(t *testing.T) {
	d := numbered(t, 20, 1, 1, 1)
	rest, held, err := d.Split(6, 1)
	if err != nil {
		t.Fatal(err)
	}
	if rest.Len() != 14 || held.Len() != 6 {
		t.Errorf("%d and %d images, want 14 and 6", rest.Len(), held.Len())
	}
	both := slices.Concat(rest.selected, held.selected)
	slices.Sort(both)
	if len(slices.Compact(both)) != 20 || !slices.IsSorted(rest.selected) || !slices.IsSorted(held.selected) {
		t.Errorf("rest %v, held %v", rest.selected, held.selected)
	}
	_, again, _ := d.Split(6, 1)
	_, other, _ := d.Split(6, 2)
	if !slices.Equal(again.selected, held.selected) || slices.Equal(other.selected, held.selected) {
		t.Error("the split doesn't follow the seed")
	}
	for _, n := range []int{-1, 21} {
		if _, _, err := d.Split(n, 1); err == nil {
			t.Errorf("%d of 20 held out", n)
		}
	}
}

func TestSynthetic(t *testing.T) {
	cfg := SyntheticConfig{Train: 60, Test: 30, Classes: 6, Shape: sized(2, 12, 10), Seed: 4}
	train, test, err := Synthetic(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 60 || test.Len() != 30 || test.Shape() != sized(2, 12, 10) {
		t.Errorf("%v, %v", train, test)
	}
	if got := train.ClassCounts(); !slices.Equal(got, []int{10, 10, 10, 10, 10, 10}) {
		t.Errorf("class counts %v", got)
	}
	if slices.Equal(train.pixels[:240], test.pixels[:240]) {
		t.Error("training and test images are the same")
	}
	again, _, _ := Synthetic(cfg)
	if !slices.Equal(again.pixels, train.pixels) {
		t.Error("not deterministic")
	}
	cfg.Seed++
	other, _, _ := Synthetic(cfg)
	if slices.Equal(other.pixels, train.pixels) {
		t.Error("the seed doesn't matter")
	}
	// The class is that of the nearest training mean: separable as promised.
	means := make([][]float32, 6)
	for i, l := range train.Labels() {
		x := sample(t, train, i)
		if means[l] == nil {
			means[l] = make([]float32, len(x))
		}
		for k, v := range x {
			means[l][k] += v / 10
		}
	}
	for i, l := range test.Labels() {
		x := sample(t, test, i)
		best, bestD := -1, float32(0)
		for c, m := range means {
			var d float32
			for k, v := range x {
				d += (v - m[k]) * (v - m[k])
			}
			if best < 0 || d < bestD {
				best, bestD = c, d
			}
		}
		if best != l {
			t.Errorf("test image %d of class %d is nearest to class %d", i, l, best)
		}
	}
	for _, bad := range []SyntheticConfig{{Train: -1}, {Classes: -2}, {Noise: 2}, {Noise: -1}} {
		if _, _, err := Synthetic(bad); err == nil {
			t.Errorf("accepted %+v", bad)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, name := range []string{"embedded_mnist", "embedded-mnist", "EmbeddedMNIST", "synthetic"} {
		train, test, err := Lookup(name, "")
		if err != nil || train.Len() == 0 || test.Len() == 0 {
			t.Errorf("%s: %v %v %v", name, train, test, err)
		}
	}
	for _, name := range Names() {
		if _, _, err := Lookup(name, t.TempDir()); err != nil && strings.Contains(err.Error(), "unknown") {
			t.Errorf("%s is listed, yet %v", name, err)
		}
	}
	_, _, err := Lookup("imagenet", "")
	if err == nil || !strings.Contains(err.Error(), `unknown dataset "imagenet"; known are cifar10, cifar100, embedded_mnist, fashion_mnist, imagenette160, imagenette320, kmnist, mnist, svhn, synthetic`) {
		t.Errorf("error %v", err)
	}
}
