package datasets

import (
	"testing"

	"pgregory.net/rapid"
)

func row(t *testing.T, pixels ...uint8) *Dataset {
	t.Helper()
	d, err := New(Config{Name: "row", Shape: sized(1, 1, len(pixels)), Pixels: pixels, Labels: []int{0}, Classes: []string{"a"}})
	return check(t, d, err)
}

func TestResize(t *testing.T) {
	// By hand, after the rules of torch.nn.functional.interpolate(mode="bilinear"), with
	// antialias=True for the smaller sizes.
	cases := []struct {
		name string
		in   []uint8
		n    int
		want []float32
	}{
		{"doubled", []uint8{0, 100, 200}, 6, []float32{0, 25, 75, 125, 175, 200}},
		{"same", []uint8{3, 1, 4}, 3, []float32{3, 1, 4}},
		{"halved", []uint8{0, 0, 255, 255}, 2, []float32{255. * 1 / 7, 255. * 6 / 7}},
		{"one pixel", []uint8{9}, 4, []float32{9, 9, 9, 9}},
		{"to one", []uint8{0, 30, 60}, 1, []float32{30}},
	}
	for _, c := range cases {
		d, err := row(t, c.in...).Resize(1, c.n)
		got := sample(t, check(t, d, err), 0)
		want := make([]float32, len(c.want))
		for i, v := range c.want {
			want[i] = v / 255
		}
		if !near(got, want, 1e-6) {
			t.Errorf("%s: got %v, want %v", c.name, got, want)
		}
	}
	if _, err := row(t, 1).Resize(0, 4); err == nil {
		t.Error("resized to nothing")
	}
}

// Resampling weights sum to one, so a flat image stays flat, and values stay within the image's.
func TestResizeKeepsRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 40).Draw(t, "n"), rapid.IntRange(1, 40).Draw(t, "m")
		for i, tap := range resizeTaps(n, m) {
			var sum float32
			for _, w := range tap.weights {
				if w < 0 {
					t.Fatalf("row %d: weight %g", i, w)
				}
				sum += w
			}
			if tap.start < 0 || tap.start+len(tap.weights) > n || sum < 0.99999 || sum > 1.00001 {
				t.Fatalf("row %d: start %d, %d weights, sum %g", i, tap.start, len(tap.weights), sum)
			}
		}
	})
}

// A stack of views gives what the steps give one by one on stored pixels.
func TestViewsCompose(t *testing.T) {
	d := numbered(t, 1, 1, 5, 6)
	d1, err := d.Resize(8, 9)
	d2, err2 := check(t, d1, err).Pad(2)
	d3, err3 := check(t, d2, err2).Resize(10, 7)
	got := sample(t, check(t, d3, err3), 0)

	rows := after(resizeTaps(12, 10), after(padTaps(8, 2), resizeTaps(5, 8)))
	step := sample(t, d, 0) // (5, 6)
	step = slow(step, 5, 6, resizeTaps(5, 8), resizeTaps(6, 9))
	step = slow(step, 8, 9, padTaps(8, 2), padTaps(9, 2))
	step = slow(step, 12, 13, resizeTaps(12, 10), resizeTaps(13, 7))
	if !near(got, step, 1e-6) {
		t.Errorf("got %v, want %v", got, step)
	}
	if len(rows) != 10 {
		t.Errorf("%d rows, want 10", len(rows))
	}
}

func slow(in []float32, h, w int, rows, cols []taps) []float32 {
	out := make([]float32, 0, len(rows)*len(cols))
	for _, r := range rows {
		for _, q := range cols {
			var v float32
			for i, a := range r.weights {
				for j, b := range q.weights {
					v += a * b * in[(r.start+i)*w+q.start+j]
				}
			}
			out = append(out, v)
		}
	}
	return out
}

func TestPad(t *testing.T) {
	d := numbered(t, 1, 1, 2, 3)
	big, err := d.Pad(1)
	got := sample(t, check(t, big, err), 0)
	p := sample(t, d, 0)
	want := []float32{0, 0, 0, 0, 0, 0, p[0], p[1], p[2], 0, 0, p[3], p[4], p[5], 0, 0, 0, 0, 0, 0}
	if !near(got, want, 0) {
		t.Errorf("got %v, want %v", got, want)
	}
	back, err := big.Pad(-1)
	if got := sample(t, check(t, back, err), 0); !near(got, p, 0) {
		t.Errorf("cut again: got %v, want %v", got, p)
	}
	if _, err := d.Pad(-1); err == nil {
		t.Error("everything cut away")
	}
}

func TestChannels(t *testing.T) {
	grey := numbered(t, 1, 1, 2, 2)
	grey, err := grey.Normalize(Normalization{Mean: []float32{0.3}, Std: []float32{2}})
	p := sample(t, check(t, grey, err), 0)
	three, err := grey.Channels(3)
	want := append(append(append([]float32{}, p...), p...), p...)
	if got := sample(t, check(t, three, err), 0); !near(got, want, 0) {
		t.Errorf("grey to colour: got %v, want %v", got, want)
	}
	// Channels may have normalisations of their own.
	other, err := three.Normalize(Normalization{Mean: []float32{0, 0.5, 1}})
	got := sample(t, check(t, other, err), 0)
	if d := got[0] - got[4]; d < 0.4999 || d > 0.5001 || got[4]-got[8] < 0.4999 {
		t.Errorf("channels with their own means: %v", got)
	}

	d, err := New(Config{Shape: sized(3, 1, 2), Pixels: []uint8{255, 0, 0, 255, 0, 0}, Labels: []int{0}, Classes: []string{"a"}})
	d, err2 := check(t, d, err).Channels(1)
	if got := sample(t, check(t, d, err2), 0); !near(got, []float32{0.299, 0.587}, 1e-6) {
		t.Errorf("colour to grey: got %v", got)
	}
	d, err = d.Channels(3)
	if got := sample(t, check(t, d, err), 0); !near(got, []float32{0.299, 0.587, 0.299, 0.587, 0.299, 0.587}, 1e-6) {
		t.Errorf("colour to grey to three channels: got %v", got)
	}
	d, err = d.Channels(1)
	if got := sample(t, check(t, d, err), 0); !near(got, []float32{0.299, 0.587}, 1e-6) {
		t.Errorf("and back: got %v", got)
	}
	for _, n := range []int{0, -1} {
		if _, err := grey.Channels(n); err == nil {
			t.Errorf("%d channels accepted", n)
		}
	}
	if _, err := numbered(t, 1, 3, 2, 2).Channels(2); err == nil {
		t.Error("3 channels turned into 2")
	}
}
