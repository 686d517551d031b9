package size

import (
	"math"
	"math/bits"
	"strings"
	"testing"
)

func TestProduct(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		want  int
		fault string
	}{
		{nil, 1, ""},
		{[]int{2, 3, 4}, 24, ""},
		{[]int{math.MaxInt, 1}, math.MaxInt, ""},
		{[]int{math.MaxInt, 2}, 0, "more than"},
		{[]int{math.MaxInt, math.MaxInt, 0}, 0, ""},
		{[]int{1 << (bits.UintSize / 2), 1 << (bits.UintSize / 2)}, 0, "more than"},
		{[]int{1 << (bits.UintSize / 2), 1 << (bits.UintSize / 2), 1 << (bits.UintSize / 2), 3}, 0, "more than"},
		{[]int{3, -1}, 0, "negative"},
		{[]int{0, math.MinInt}, 0, "negative"},
	} {
		got, err := Product(c.sizes...)
		if c.fault == "" && (err != nil || got != c.want) {
			t.Errorf("Product(%v) = %d, %v, want %d", c.sizes, got, err, c.want)
		}
		if c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("Product(%v): error %v, want one with %q", c.sizes, err, c.fault)
		}
	}
}

func TestAdd(t *testing.T) {
	if n, err := Add(1, 2, 3); n != 6 || err != nil {
		t.Errorf("1+2+3 = %d, %v", n, err)
	}
	if _, err := Add(math.MaxInt, 1); err == nil {
		t.Error("an overflow is no error")
	}
	if _, err := Add(1, -1); err == nil {
		t.Error("a negative size is no error")
	}
}

func TestFitRefusesWhatTheMachineLacks(t *testing.T) {
	if m := Memory(); m < 1<<20 {
		t.Fatalf("this machine has %d bytes of memory", m)
	}
	if err := Fit("small", 1000, 4); err != nil {
		t.Error(err)
	}
	for _, n := range []int{math.MaxInt, math.MaxInt / 4, math.MaxInt >> 13} {
		err := Fit("fc.weight", n, 4)
		if err == nil || !strings.Contains(err.Error(), "fc.weight: needs ") || !strings.Contains(err.Error(), "this machine has ") {
			t.Errorf("%d elements: %v", n, err)
		}
	}
	if err := FitShape("x", []int{math.MaxInt >> 1, math.MaxInt >> 1}, 4); err == nil {
		t.Error("a shape beyond what can be counted is no error")
	}
}

func TestText(t *testing.T) {
	for bytes, want := range map[float64]string{0: "0 B", 512: "512 B", 1536: "1.5 KiB", 7.7e12: "7.0 TiB"} {
		if got := Text(bytes); got != want {
			t.Errorf("Text(%g) = %q, want %q", bytes, got, want)
		}
	}
}

func TestImageText(t *testing.T) {
	for want, shape := range map[string][]int{"64x56x56": {8, 64, 56, 56}, "10": {8, 10}, "": {8}} {
		if got := ImageText(shape); got != want {
			t.Errorf("ImageText(%v) = %q, want %q", shape, got, want)
		}
	}
}
