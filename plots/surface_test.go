package plots

import (
	"math"
	"strings"
	"testing"
)

func bowl(f func(x, y float64) float64) Surface {
	s := Surface{Name: "bowl", PathX: []float64{-0.9, -0.3, 0}, PathY: []float64{0.8, 0.1, 0}}
	for i := range 11 {
		s.X, s.Y = append(s.X, float64(i-5)/5), append(s.Y, float64(i-5)/5)
	}
	for _, y := range s.Y {
		var row []float64
		for _, x := range s.X {
			row = append(row, f(x, y))
		}
		s.Z = append(s.Z, row)
	}
	return s
}

func TestSurfaces(t *testing.T) {
	round := bowl(func(x, y float64) float64 { return x*x + y*y })
	steep := bowl(func(x, y float64) float64 { return 1 / (x*y*0 + 0) }) // infinite
	f, err := Surfaces("Loss", "first direction", "", []float64{0.1, 0.5, 1}, round, steep)
	if err != nil {
		t.Fatal(err)
	}
	if png, err := f.PNG(); err != nil || len(png) == 0 {
		t.Error(err)
	}
	if !strings.Contains(f.SVG(), "0.1 to 0.5") {
		t.Error("no legend of the bands")
	}
	if got := round.at(0.1, 0); math.Abs(got-0.02) > 1e-12 { // half way between 0 and 0.04
		t.Errorf("interpolated %v, want 0.02", got)
	}
}

func TestSurfacesRefused(t *testing.T) {
	s := bowl(func(x, y float64) float64 { return x })
	short := s
	short.Z = s.Z[1:]
	falling := s
	falling.X = []float64{1, 0}
	path := s
	path.PathX = s.PathX[1:]
	for want, call := range map[string]func() error{
		"0 of them":    func() error { _, err := Surfaces("", "", "", []float64{1}); return err },
		"levels":       func() error { _, err := Surfaces("", "", "", nil, s); return err },
		"levels [2 1]": func() error { _, err := Surfaces("", "", "", []float64{2, 1}, s); return err },
		"10 rows":      func() error { _, err := Surfaces("", "", "", []float64{1}, short); return err },
		"that rise":    func() error { _, err := Surfaces("", "", "", []float64{1}, falling); return err },
		"a path of 2":  func() error { _, err := Surfaces("", "", "", []float64{1}, path); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
