package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

var normalisation = []kernel{
	{
		name: "Affine", doc: "computes y = (x - mean)·scale + shift.",
		in: []string{"x"}, out: []string{"y"}, planes: true, params: []string{"mean", "scale", "shift"}, unroll: 4, stream: true,
		body: func(v *vec, x regs) regs {
			return regs{v.fma(v.sub(x[0], v.params["mean"]), v.params["scale"], v.params["shift"])}
		},
	},
	{
		name: "AffineReLU", doc: "computes y = max((x - mean)·scale + shift, 0).",
		in: []string{"x"}, out: []string{"y"}, planes: true, params: []string{"mean", "scale", "shift"}, unroll: 4, stream: true,
		body: func(v *vec, x regs) regs {
			return regs{v.maxC(0, v.fma(v.sub(x[0], v.params["mean"]), v.params["scale"], v.params["shift"]))}
		},
	},
	{
		name: "NormGrad", doc: "computes dx = dy·scale + (x - mean)·perX + offset.",
		in: []string{"x", "dy"}, out: []string{"dx"}, planes: true, params: []string{"mean", "scale", "perX", "offset"}, unroll: 2, stream: true,
		body: func(v *vec, x regs) regs {
			t := v.fma(v.sub(x[0], v.params["mean"]), v.params["perX"], v.params["offset"])
			return regs{v.fma(x[1], v.params["scale"], t)}
		},
	},
	{
		name: "NormReLUGrad", doc: "computes dx = g·scale + (x - mean)·perX + offset, g = dy where (x - mean)·scale + shift > 0, else 0.",
		in: []string{"x", "dy"}, out: []string{"dx"}, planes: true, params: []string{"mean", "scale", "shift", "perX", "offset"}, unroll: 2, stream: true,
		body: func(v *vec, x regs) regs {
			d := v.sub(x[0], v.params["mean"])
			z := v.fma(d, v.params["scale"], v.params["shift"])
			g := v.keep(v.cmp(notLessEqual, z, v.c(0)), x[1])
			return regs{v.fma(g, v.params["scale"], v.fma(d, v.params["perX"], v.params["offset"]))}
		},
	},
	{
		name: "LRN", doc: "computes y = own·s^(-3/4), s = k + alpha·(sum of x² over taps rows).",
		args: "x *float32, stride, taps, n int, own *float32, alpha, k float32, y *float32",
		write: func(v *vec) {
			x, own, y := v.loadArg("x"), v.loadArg("own"), v.loadArg("y")
			s := v.lrnSetup()
			v.alongRow([]reg.GPVirtual{x, own, y}, func(m reg.Register) {
				p, _ := s.power(x, m)
				v.storeUnder(m, v.mul(v.loadUnder(m, operand.Mem{Base: own}), p), operand.Mem{Base: y})
			})
		},
	},
	{
		name: "LRNTerms", doc: "computes dx = dy·s^(-3/4) and t = dx·own/s.",
		args: "x *float32, stride, taps, n int, own *float32, alpha, k float32, dy, dx, t *float32",
		write: func(v *vec) {
			x, own, dy, dx, t := v.loadArg("x"), v.loadArg("own"), v.loadArg("dy"), v.loadArg("dx"), v.loadArg("t")
			s := v.lrnSetup()
			v.alongRow([]reg.GPVirtual{x, own, dy, dx, t}, func(m reg.Register) {
				p, inverse := s.power(x, m)
				g := v.mul(v.loadUnder(m, operand.Mem{Base: dy}), p)
				v.storeUnder(m, g, operand.Mem{Base: dx})
				term := v.mul(v.mul(v.loadUnder(m, operand.Mem{Base: own}), inverse), g)
				v.storeUnder(m, term, operand.Mem{Base: t})
			})
		},
	},
	{
		name: "LRNCollect", doc: "computes dx += factor·own·(sum of taps rows of t).",
		args: "t *float32, stride, taps, n int, own *float32, factor float32, dx *float32",
		write: func(v *vec) {
			t, own, dx, stride := v.loadArg("t"), v.loadArg("own"), v.loadArg("dx"), v.bytes("stride")
			factor := v.new()
			v.VBROADCASTSS(v.argMem("factor"), factor)
			count := 0
			v.alongRow([]reg.GPVirtual{t, own, dx}, func(m reg.Register) {
				count++
				sum, q, taps := v.new(), v.GP64(), v.loadArg("taps")
				v.zero(sum)
				v.MOVQ(t, q)
				label := []string{"", "tapA", "tapB"}[count]
				v.Label(label)
				v.VADDPS(v.loadUnder(m, operand.Mem{Base: q}), sum, sum)
				v.ADDQ(stride, q)
				v.DECQ(taps)
				v.JNE(operand.LabelRef(label))
				scaled := v.mul(v.loadUnder(m, operand.Mem{Base: own}), factor)
				v.storeUnder(m, v.fma(scaled, sum, v.loadUnder(m, operand.Mem{Base: dx})), operand.Mem{Base: dx})
			})
		},
	},
}

// alongRow writes the loop over the n elements of a row: write is called for
// whole vectors and, with a mask, for the last. The pointers move along.
func (v *vec) alongRow(pointers []reg.GPVirtual, write func(mask reg.Register)) {
	mask, n := v.tailMasks("n", 1, 0).one, v.loadArg("n")
	v.Label("vector")
	v.CMPQ(n, operand.I32(v.lanes))
	v.JLE(operand.LabelRef("last"))
	write(nil)
	for _, p := range pointers {
		v.ADDQ(operand.I32(v.lanes*4), p)
	}
	v.SUBQ(operand.I32(v.lanes), n)
	v.JMP(operand.LabelRef("vector"))
	v.Label("last")
	write(mask)
	v.VZEROUPPER()
	v.RET()
}

type lrnSum struct {
	*vec
	stride   reg.GPVirtual
	alpha, k reg.VecVirtual
	count    int
}

func (v *vec) lrnSetup() *lrnSum {
	s := &lrnSum{vec: v, stride: v.bytes("stride"), alpha: v.new(), k: v.new()}
	v.VBROADCASTSS(v.argMem("alpha"), s.alpha)
	v.VBROADCASTSS(v.argMem("k"), s.k)
	return s
}

// power returns s^(-3/4) and 1/s.
func (s *lrnSum) power(x reg.GPVirtual, mask reg.Register) (p, inverse reg.VecVirtual) {
	s.count++
	sum, q, taps := s.new(), s.GP64(), s.loadArg("taps")
	s.zero(sum)
	s.MOVQ(x, q)
	label := []string{"", "tapA", "tapB"}[s.count]
	s.Label(label)
	e := s.loadUnder(mask, operand.Mem{Base: q})
	s.accumulate(e, e, sum)
	s.ADDQ(s.stride, q)
	s.DECQ(taps)
	s.JNE(operand.LabelRef(label))
	r := s.rsqrt(s.fma(sum, s.alpha, s.k))
	inverse = s.mul(r, r)
	return s.mul(inverse, s.rsqrt(r)), inverse
}
