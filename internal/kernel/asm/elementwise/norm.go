package main

var normalisation = []kernel{
	{
		name: "Affine", doc: "computes y = (x - mean)·scale + shift.",
		in: []string{"x"}, out: []string{"y"}, planes: true, params: []string{"mean", "scale", "shift"}, unroll: 4,
		body: func(v *vec, x regs) regs {
			return regs{v.fma(v.sub(x[0], v.params["mean"]), v.params["scale"], v.params["shift"])}
		},
	},
	{
		name: "AffineReLU", doc: "computes y = max((x - mean)·scale + shift, 0).",
		in: []string{"x"}, out: []string{"y"}, planes: true, params: []string{"mean", "scale", "shift"}, unroll: 4,
		body: func(v *vec, x regs) regs {
			return regs{v.maxC(0, v.fma(v.sub(x[0], v.params["mean"]), v.params["scale"], v.params["shift"]))}
		},
	},
	{
		name: "NormGrad", doc: "computes dx = dy·scale + (x - mean)·perX + offset.",
		in: []string{"x", "dy"}, out: []string{"dx"}, planes: true, params: []string{"mean", "scale", "perX", "offset"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			t := v.fma(v.sub(x[0], v.params["mean"]), v.params["perX"], v.params["offset"])
			return regs{v.fma(x[1], v.params["scale"], t)}
		},
	},
	{
		name: "NormReLUGrad", doc: "computes dx = g·scale + (x - mean)·perX + offset, g = dy where (x - mean)·scale + shift > 0, else 0.",
		in: []string{"x", "dy"}, out: []string{"dx"}, planes: true, params: []string{"mean", "scale", "shift", "perX", "offset"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			d := v.sub(x[0], v.params["mean"])
			z := v.fma(d, v.params["scale"], v.params["shift"])
			g := v.keep(v.cmp(notLessEqual, z, v.c(0)), x[1])
			return regs{v.fma(g, v.params["scale"], v.fma(d, v.params["perX"], v.params["offset"]))}
		},
	},
	{
		name: "PowerMinus075", doc: "computes y = x^(-3/4) for x > 0.", in: []string{"x"}, out: []string{"y"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			r := v.rsqrt(x[0])
			// r·√r = r·r/√r
			return regs{v.mul(v.mul(r, r), v.rsqrt(r))}
		},
	},
	{
		name: "LRNTerm", doc: "computes dx = dy·p and t = dx·x/d.", in: []string{"x", "dy", "p", "d"}, out: []string{"dx", "t"},
		body: func(v *vec, x regs) regs {
			g := v.mul(x[1], x[2])
			return regs{g, v.div(v.mul(g, x[0]), x[3])}
		},
	},
}
