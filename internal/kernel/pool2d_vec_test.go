package kernel

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestPoolingOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		p := Pool{N: s.between("n", 1, 2), C: s.between("c", 1, 3), H: s.between("h", 1, 12)}
		p.W = rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(13, 80)).Draw(s.t, "w")
		p.KH, p.KW = s.between("kh", 1, min(4, p.H)), s.between("kw", 1, min(4, p.W))
		p.SH, p.SW = s.between("sh", 1, 3), s.between("sw", 1, 3)
		if s.between("blocks", 0, 3) == 0 && p.H > 1 && p.W > 1 {
			p.KH, p.KW, p.SH, p.SW = 2, 2, 2, 2
		}
		p.PH, p.PW = s.between("ph", 0, p.KH/2), s.between("pw", 0, p.KW/2)
		p.CountIncludePad = s.between("count", 0, 1) == 1
		p.OH, p.OW = (p.H+2*p.PH-p.KH)/p.SH+1, (p.W+2*p.PW-p.KW)/p.SW+1
		if s.between("ceil", 0, 1) == 1 { // as PyTorch: a last window that starts in the image
			if p.OH*p.SH < p.H+p.PH {
				p.OH++
			}
			if p.OW*p.SW < p.W+p.PW {
				p.OW++
			}
		}
		planes := p.N * p.C
		x, x64 := s.input("x", planes*p.H*p.W, 2)
		dy, dy64 := s.input("dy", planes*p.OH*p.OW, 1)
		coarse := s.between("coarse", 0, 1) == 1
		for i := range x {
			if coarse { // many equal maxima
				x[i] = float32(math.Round(float64(x[i])))
				x64[i] = float64(x[i])
			}
		}
		y, y64 := s.output(len(dy)), make([]float64, len(dy))
		dx, dx64 := s.output(len(x)), make([]float64, len(x))
		AvgPoolForward(p, x, y)
		AvgPoolForward(p, x64, y64)
		s.same("average", y, y64, 2e-6, 1)
		AvgPoolBackward(p, dy, dx)
		AvgPoolBackward(p, dy64, dx64)
		s.same("average's gradient", dx, dx64, 2e-6, 1)
		MaxPoolForward(p, x, y)
		MaxPoolForward(p, x64, y64)
		s.same("maximum", y, y64, 0, 0)
		MaxPoolBackward(p, x, dy, dx)
		MaxPoolBackward(p, x64, dy64, dx64)
		s.same("maximum's gradient", dx, dx64, 2e-6, 1)
	})
}

func TestPoolingNaNOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		p := Pool{N: 1, C: 2, H: 7, W: s.between("w", 3, 50), KH: 3, KW: s.between("kw", 1, 3), SH: 1, SW: s.between("sw", 1, 2)}
		p.OH, p.OW = p.H-p.KH+1, (p.W-p.KW)/p.SW+1
		if s.between("blocks", 0, 1) == 0 {
			p.KH, p.KW, p.SH, p.SW, p.OH, p.OW = 2, 2, 2, 2, p.H/2, p.W/2
		}
		x, x64 := s.input("x", 2*p.H*p.W, 2)
		for range s.between("NaNs", 1, 10) {
			at := s.between("at", 0, len(x)-1)
			x[at], x64[at] = float32(math.NaN()), math.NaN()
		}
		dy, dy64 := s.input("dy", 2*p.OH*p.OW, 1)
		y, y64 := s.output(len(dy)), make([]float64, len(dy))
		dx, dx64 := s.output(len(x)), make([]float64, len(x))
		MaxPoolForward(p, x, y)
		MaxPoolForward(p, x64, y64)
		for i, w := range y64 {
			if (w != w) != (y[i] != y[i]) || w == w && float64(y[i]) != w {
				s.t.Fatalf("[%d] is %v, want %v", i, y[i], w)
			}
		}
		MaxPoolBackward(p, x, dy, dx)
		MaxPoolBackward(p, x64, dy64, dx64)
		s.same("gradient", dx, dx64, 2e-6, 1)
	})
}
