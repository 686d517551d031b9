package drawing

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"testing"
)

// The front faces of AlexNet's tensors are as large as their sizes are, and no
// text covers another.
func TestToScale(t *testing.T) {
	svg := network(t, "alexnet", true, Options{Title: "AlexNet", ToScale: true})
	s := readBack(t, svg)
	high := map[string]float64{}
	wide := map[string]float64{}
	for _, b := range s.boxes {
		text := b.texts[len(b.texts)-1].text
		high[text], wide[text] = b.rect.h, b.rect.w
	}
	for _, c := range []struct {
		a, b string
		in   map[string]float64
		want float64
	}{
		{"3x224x224", "64x55x55", high, 224.0 / 55}, {"64x55x55", "192x27x27", high, 55.0 / 27},
		{"384x13x13", "192x13x13", wide, 2}, {"4096", "1000", high, 4.096},
	} {
		if got := c.in[c.a] / c.in[c.b]; math.Abs(got-c.want) > 0.03*c.want {
			t.Errorf("%s is %g times as large as %s, want %g", c.a, got, c.b, c.want)
		}
	}
	for i, a := range s.texts {
		for _, b := range s.texts[i+1:] {
			x, y := a.box(), b.box()
			if x.x < y.right() && y.x < x.right() && x.y < y.bottom() && y.y < x.bottom() {
				t.Errorf("text %q covers %q", a.text, b.text)
			}
		}
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		e, ok := token.(xml.StartElement)
		for _, a := range e.Attr {
			if !ok || a.Name.Local != "points" {
				continue
			}
			for i, n := range numbers.FindAllString(a.Value, -1) {
				v, _ := strconv.ParseFloat(n, 64)
				if most := []float64{s.width, s.height}[i%2]; v < 0 || v > most {
					t.Errorf("a body leaves the picture: %s", a.Value)
				}
			}
		}
	}
	for _, name := range []string{"googlenet", "resnet152", "lenet5", "cifar_resnet56"} {
		if s := readBack(t, network(t, name, false, Options{ToScale: true})); len(s.boxes) < 5 || s.width > 1500 {
			t.Errorf("%s: %d bodies in %g points", name, len(s.boxes), s.width)
		}
	}
}
