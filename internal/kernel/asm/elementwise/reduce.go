package main

import "github.com/mmcloughlin/avo/reg"

func (v *vec) sum(i int, a reg.VecVirtual) { v.VADDPS(a, v.acc[v.slot][i], v.acc[v.slot][i]) }

var reductions = []kernel{
	{
		name: "Sum", doc: "returns the sum of x.", in: []string{"x"}, results: []string{"sum"}, unroll: 4,
		body: func(v *vec, x regs) regs { v.sum(0, x[0]); return nil },
	},
	{
		name: "Dot", doc: "returns the sum of x·y.", in: []string{"x", "y"}, results: []string{"sum"}, unroll: 4,
		body: func(v *vec, x regs) regs { v.accumulate(x[0], x[1], v.acc[v.slot][0]); return nil },
	},
	{
		name: "Moments", doc: "returns the sums of x - pivot and of its square.",
		in: []string{"x"}, params: []string{"pivot"}, results: []string{"sum", "squares"}, unroll: 4,
		body: func(v *vec, x regs) regs {
			d := v.alive(v.sub(x[0], v.params["pivot"]))
			v.sum(0, d)
			v.accumulate(d, d, v.acc[v.slot][1])
			return nil
		},
	},
	{
		name: "NormReduce", doc: "returns the sums of dy and of dy·(x - mean).",
		in: []string{"x", "dy"}, params: []string{"mean"}, results: []string{"sum", "dot"}, unroll: 4,
		body: func(v *vec, x regs) regs {
			v.sum(0, x[1])
			v.accumulate(v.sub(x[0], v.params["mean"]), x[1], v.acc[v.slot][1])
			return nil
		},
	},
	{
		name: "NormReLUReduce", doc: "returns the sums of g and of g·(x - mean), g = dy where (x - mean)·scale + shift > 0, else 0.",
		in: []string{"x", "dy"}, params: []string{"mean", "scale", "shift"}, results: []string{"sum", "dot"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			d := v.sub(x[0], v.params["mean"])
			z := v.fma(d, v.params["scale"], v.params["shift"])
			g := v.keep(v.cmp(notLessEqual, z, v.c(0)), x[1])
			v.sum(0, g)
			v.accumulate(d, g, v.acc[v.slot][1])
			return nil
		},
	},
	{
		name: "MaxOf", doc: "returns the maximum of x; a NaN may be overlooked.",
		in: []string{"x"}, results: []string{"most"}, max: true, unroll: 2,
		body: func(v *vec, x regs) regs {
			m := x[0]
			if v.live != nil {
				m = v.sel(v.live, m, v.copy(v.bits(0xFF800000)))
			}
			v.VMAXPS(v.acc[v.slot][0], m, v.acc[v.slot][0])
			return nil
		},
	},
	{
		name: "SumExpShifted", doc: "returns the sum of e^(x - shift).",
		in: []string{"x"}, params: []string{"shift"}, results: []string{"sum"},
		body: func(v *vec, x regs) regs {
			v.sum(0, v.alive(v.exp(v.sub(x[0], v.params["shift"]))))
			return nil
		},
	},
	{
		name: "CountNaN", doc: "returns the number of NaN in x, or a little more than none.",
		in: []string{"x"}, results: []string{"count"}, unroll: 4,
		body: func(v *vec, x regs) regs {
			v.sum(0, v.keep(v.cmp(unordered, x[0], x[0]), v.copy(v.c(1))))
			return nil
		},
	},
}
