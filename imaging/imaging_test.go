package imaging

import (
	"encoding/json"
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"
)

func TestShape(t *testing.T) {
	s, err := ParseShape("3x224X32")
	if err != nil || s != (Shape{3, 224, 32}) || s.String() != "3x224x32" {
		t.Errorf("%v, %v", s, err)
	}
	if n, err := s.Size(); n != 3*224*32 || err != nil {
		t.Errorf("size %d, %v", n, err)
	}
	if got := s.WithBatch(7); !slices.Equal(got, []int{7, 3, 224, 32}) {
		t.Errorf("batch %v", got)
	}
	for _, text := range []string{"", "3", "3x4", "3x4x5x6", "3x0x4", "3x-1x4", "ax3x3", "1x99999999999x999999999", "1x99999999999999999999x1"} {
		if s, err := ParseShape(text); err == nil || s != (Shape{}) {
			t.Errorf("%q is %v, %v", text, s, err)
		}
	}
	// The products of the last two wrap around to 0 and to 1.
	for _, s := range []Shape{{}, {1, 0, 1}, {-1, -1, 1}, {1 << (bits.UintSize / 2), 1 << (bits.UintSize / 2), 1}, {math.MaxInt, math.MaxInt, 1}} {
		if n, err := s.Size(); err == nil || n != 0 {
			t.Errorf("%v has %d values, %v", s, n, err)
		}
	}
}

func TestNormalization(t *testing.T) {
	n, err := Normalization{}.Expand(2)
	if err != nil || !slices.Equal(n.Mean, []float32{0, 0}) || !slices.Equal(n.Std, []float32{1, 1}) {
		t.Errorf("zero value: %v, %v", n, err)
	}
	n, err = Normalization{Mean: []float32{0.5, 0.25}, Std: []float32{0.5}}.Expand(2)
	if err != nil || !slices.Equal(n.Mean, []float32{0.5, 0.25}) || !slices.Equal(n.Std, []float32{0.5, 0.5}) {
		t.Errorf("%v, %v", n, err)
	}
	image := []float32{0, 1, 0.25, 0.75}
	if err := n.Apply(image, Shape{2, 1, 2}); err != nil || !slices.Equal(image, []float32{-1, 1, 0, 1}) {
		t.Errorf("%v, %v", image, err)
	}
	if mean, std := n.At(2); mean == mean || std == std {
		t.Errorf("a third channel of two has mean %g, deviation %g", mean, std)
	}
	grey, err := Normalization{Mean: []float32{1, 0, 0}, Std: []float32{2}}.Gray()
	if err != nil || grey.Mean[0] != 0.299 || math.Abs(float64(grey.Std[0])-2) > 1e-6 || len(grey.Mean) != 1 {
		t.Errorf("grey: %v, %v", grey, err)
	}
}

func TestNormalizationRefuses(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		n    Normalization
		want string
	}{
		{Normalization{Mean: []float32{0, 0}}, "2 means, want 1 or 3"},
		{Normalization{Std: []float32{1, 1, 1, 1}}, "4 deviations, want 1 or 3"},
		{Normalization{Std: []float32{1, 0, 1}}, "channel 1 is mean 0, deviation 0"},
		{Normalization{Std: []float32{-1}}, "deviation -1"},
		{Normalization{Std: []float32{nan}}, "deviation NaN"},
		{Normalization{Std: []float32{inf}}, "deviation +Inf"},
		{Normalization{Mean: []float32{nan}}, "mean NaN"},
		{Normalization{Mean: []float32{0, 0, inf}}, "channel 2 is mean +Inf"},
	} {
		for _, f := range []func() error{
			func() error { return c.n.Check(3) },
			func() error { _, err := c.n.Expand(3); return err },
			func() error { _, err := c.n.Gray(); return err },
			func() error { return c.n.Apply(make([]float32, 3), Shape{3, 1, 1}) },
		} {
			if err := f(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: error %v, want %q", c.n, err, c.want)
			}
		}
	}
	if err := (Normalization{}).Apply(make([]float32, 5), Shape{3, 1, 1}); err == nil {
		t.Error("an image of another size is accepted")
	}
}

// FuzzParseShape: what is read has a size, and is read again as the same.
func FuzzParseShape(f *testing.F) {
	f.Add("3x32x32")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseShape(text)
		if err != nil {
			return
		}
		if n, err := s.Size(); err != nil || n < 1 {
			t.Errorf("%q: size %d, %v", text, n, err)
		}
		if again, err := ParseShape(s.String()); err != nil || again != s {
			t.Errorf("%q is %v, read again %v, %v", text, s, again, err)
		}
	})
}

func TestShapeInJSON(t *testing.T) {
	b, err := json.Marshal(map[string]Shape{"input": {Channels: 3, Height: 32, Width: 16}})
	if err != nil || string(b) != `{"input":"3x32x16"}` {
		t.Errorf("%s, %v", b, err)
	}
	var back struct{ Input Shape }
	if err := json.Unmarshal(b, &back); err != nil || back.Input != (Shape{Channels: 3, Height: 32, Width: 16}) {
		t.Errorf("%v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"input":"3x0x16"}`), &back); err == nil {
		t.Error("an empty size is no error")
	}
}
