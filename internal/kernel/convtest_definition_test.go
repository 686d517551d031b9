package kernel

import (
	"pgregory.net/rapid"
)

// naiveForward is the definition, position by position, in float64.
func naiveForward(c Conv, x, w, bias, add []float64) []float64 {
	oh, ow := c.OutH(), c.OutW()
	inC, outC := c.C/c.Groups, c.O/c.Groups
	y := make([]float64, c.N*c.O*oh*ow)
	for i := range y {
		col, row, o, n := i%ow, i/ow%oh, i/(ow*oh)%c.O, i/(ow*oh*c.O)
		var s float64
		naiveTaps(c, row, col, func(tap, at int) {
			for ci := range inC {
				s += w[(o*inC+ci)*c.KH*c.KW+tap] * x[(n*c.C+o/outC*inC+ci)*c.H*c.W+at]
			}
		})
		if bias != nil {
			s += bias[o]
		}
		if add != nil {
			s += add[i]
		}
		y[i] = s
	}
	return y
}

// naiveBackward returns dx and dw.
func naiveBackward(c Conv, x, w, dy []float64) (dx, dw []float64) {
	oh, ow := c.OutH(), c.OutW()
	inC, outC := c.C/c.Groups, c.O/c.Groups
	dx, dw = make([]float64, len(x)), make([]float64, len(w))
	for i, g := range dy {
		col, row, o, n := i%ow, i/ow%oh, i/(ow*oh)%c.O, i/(ow*oh*c.O)
		naiveTaps(c, row, col, func(tap, at int) {
			for ci := range inC {
				wi, xi := (o*inC+ci)*c.KH*c.KW+tap, (n*c.C+o/outC*inC+ci)*c.H*c.W+at
				dx[xi] += w[wi] * g
				dw[wi] += x[xi] * g
			}
		})
	}
	return dx, dw
}

func naiveTaps(c Conv, row, col int, f func(tap, at int)) {
	for kh := range c.KH {
		for kw := range c.KW {
			ih, iw := row*c.SH+kh*c.DH-c.PH, col*c.SW+kw*c.DW-c.PW
			if ih >= 0 && ih < c.H && iw >= 0 && iw < c.W {
				f(kh*c.KW+kw, ih*c.W+iw)
			}
		}
	}
}

func drawConv(t *rapid.T) Conv {
	c := Conv{
		N:  rapid.IntRange(1, 4).Draw(t, "N"),
		KH: rapid.IntRange(1, 5).Draw(t, "KH"), KW: rapid.IntRange(1, 5).Draw(t, "KW"),
		SH: rapid.IntRange(1, 3).Draw(t, "SH"), SW: rapid.IntRange(1, 3).Draw(t, "SW"),
		PH: rapid.IntRange(0, 4).Draw(t, "PH"), PW: rapid.IntRange(0, 4).Draw(t, "PW"),
		DH: rapid.IntRange(1, 3).Draw(t, "DH"), DW: rapid.IntRange(1, 3).Draw(t, "DW"),
	}
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		c.KH, c.KW = 3, 3
		c.SH, c.SW, c.DH, c.DW = 1, 1, 1, 1
	case 2:
		c.KH, c.KW = 5, 5
		c.SH, c.SW, c.DH, c.DW = 1, 1, 1, 1
	case 1:
		c.KH, c.KW, c.PH, c.PW = 1, 1, 0, 0
	}
	c.H = max(1, c.DH*(c.KH-1)+1-2*c.PH) + rapid.IntRange(0, 17).Draw(t, "H")
	c.W = max(1, c.DW*(c.KW-1)+1-2*c.PW) + rapid.IntRange(0, 40).Draw(t, "W")
	c.Groups = rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "groups")
	c.C = c.Groups * rapid.IntRange(1, 20).Draw(t, "C")
	c.O = c.Groups * rapid.IntRange(1, 40).Draw(t, "O")
	if rapid.IntRange(0, 5).Draw(t, "depthwise") == 0 {
		c.Groups = c.C
		c.O = c.C * rapid.IntRange(1, 2).Draw(t, "multiplier")
	}
	return c
}
