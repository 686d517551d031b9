package main

import "github.com/mmcloughlin/avo/reg"

type regs = []reg.VecVirtual

var activations = []kernel{
	{
		name: "ReLU", doc: "computes y = max(x, 0).", in: []string{"x"}, out: []string{"y"}, unroll: 4, stream: true,
		body: func(v *vec, x regs) regs { return regs{v.maxC(0, x[0])} },
	},
	{
		name: "ReLUGrad", doc: "computes dx = dy where x > 0, else 0.",
		in: []string{"x", "dy"}, out: []string{"dx"}, unroll: 4, stream: true,
		body: func(v *vec, x regs) regs { return regs{v.keep(v.cmp(notLessEqual, x[0], v.c(0)), x[1])} },
	},
	{
		name: "Leaky", doc: "computes y = x where x > 0, else slope·x.",
		in: []string{"x"}, out: []string{"y"}, params: []string{"slope"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			return regs{v.sel(v.cmp(notLessEqual, x[0], v.c(0)), x[0], v.mul(x[0], v.params["slope"]))}
		},
	},
	{
		name: "LeakyGrad", doc: "computes dx = dy where x > 0, else slope·dy.",
		in: []string{"x", "dy"}, out: []string{"dx"}, params: []string{"slope"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			return regs{v.sel(v.cmp(notLessEqual, x[0], v.c(0)), x[1], v.mul(x[1], v.params["slope"]))}
		},
	},
	{
		name: "Clamp", doc: "computes y = min(max(x, lo), hi).",
		in: []string{"x"}, out: []string{"y"}, params: []string{"lo", "hi"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			return regs{v.min(v.params["hi"], v.max(v.params["lo"], x[0]))}
		},
	},
	{
		name: "ClampGrad", doc: "computes dx = slope·dy where lo < x < hi, else 0.",
		in: []string{"x", "dy"}, out: []string{"dx"}, params: []string{"lo", "hi", "slope"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			g := v.keep(v.cmp(notLessEqual, x[0], v.params["lo"]), v.mul(x[1], v.params["slope"]))
			return regs{v.keep(v.cmp(notGreaterEq, x[0], v.params["hi"]), g)}
		},
	},
	{
		// ELU, SELU and CELU differ in these factors alone.
		name: "ELU", doc: "computes y = pos·x where x > 0, else neg·(e^(x·inner) - 1).",
		in: []string{"x"}, out: []string{"y"}, params: []string{"pos", "neg", "inner"},
		body: func(v *vec, x regs) regs {
			e := v.mul(v.expm1(v.min(v.c(0), v.mul(x[0], v.params["inner"]))), v.params["neg"])
			return regs{v.sel(v.cmp(notLessEqual, x[0], v.c(0)), v.mul(x[0], v.params["pos"]), e)}
		},
	},
	{
		name: "ELUGrad", doc: "computes dx = dy·pos where x > 0, else dy·neg·e^(x·inner).",
		in: []string{"x", "dy"}, out: []string{"dx"}, params: []string{"pos", "neg", "inner"},
		body: func(v *vec, x regs) regs {
			e := v.mul(v.exp(v.min(v.c(0), v.mul(x[0], v.params["inner"]))), v.params["neg"])
			return regs{v.mul(x[1], v.sel(v.cmp(notLessEqual, x[0], v.c(0)), v.params["pos"], e))}
		},
	},
	{
		name: "Sigmoid", doc: "computes y = 1/(1 + e⁻ˣ).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.sigmoid(x[0])} },
	},
	{
		name: "SigmoidGrad", doc: "computes dx = dy·s·(1-s), s = sigmoid(x).",
		in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs { return sigmoidFromOutput(v, v.sigmoid(x[0]), x[1]) },
	},
	{
		name: "SigmoidGradFromOutput", doc: "computes dx = dy·y·(1-y).",
		in: []string{"y", "dy"}, out: []string{"dx"}, unroll: 2,
		body: func(v *vec, x regs) regs { return sigmoidFromOutput(v, x[0], x[1]) },
	},
	{
		name: "Tanh", doc: "computes y = tanh(x).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.tanh(x[0])} },
	},
	{
		name: "TanhGrad", doc: "computes dx = dy·(1 - tanh(x)²).",
		in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs { return tanhFromOutput(v, v.tanh(x[0]), x[1]) },
	},
	{
		name: "TanhGradFromOutput", doc: "computes dx = dy·(1 - y²).",
		in: []string{"y", "dy"}, out: []string{"dx"}, unroll: 2,
		body: func(v *vec, x regs) regs { return tanhFromOutput(v, x[0], x[1]) },
	},
	{
		name: "GELU", doc: "computes y = x·Φ(x).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs {
			phi, _ := v.normal(x[0])
			return regs{v.mul(x[0], phi)}
		},
	},
	{
		name: "GELUGrad", doc: "computes dx = dy·(Φ(x) + x·φ(x)).",
		in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs {
			phi, bell := v.normal(x[0])
			return regs{v.mul(x[1], v.fma(v.mul(x[0], v.c(0.3989422804014327)), bell, phi))}
		},
	},
	{
		name: "GELUTanh", doc: "computes y = x·sigmoid(2u), u = √(2/π)·(x + 0.044715·x³).",
		in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.mul(x[0], v.sigmoid(geluInner(v, x[0])))} },
	},
	{
		name: "GELUTanhGrad", doc: "computes dx = dy·(s + x·s·(1-s)·2u'), s = sigmoid(2u).",
		in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs {
			s, other := v.sigmoids(geluInner(v, x[0]))
			c := clamp100(v, x[0])
			slope := v.polynomial(v.mul(c, c), 2*0.7978845608028654, 6*0.7978845608028654*0.044715)
			inner := v.mul(v.mul(c, slope), other)
			return regs{v.mul(x[1], v.fma(inner, s, s))}
		},
	},
	{
		name: "SiLU", doc: "computes y = x·sigmoid(x).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.mul(x[0], v.sigmoid(x[0]))} },
	},
	{
		name: "SiLUGrad", doc: "computes dx = dy·s·(1 + x·(1-s)), s = sigmoid(x).",
		in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs {
			s, other := v.sigmoids(x[0])
			t := v.fma(x[0], other, v.c(1))
			return regs{v.mul(x[1], v.mul(s, t))}
		},
	},
	{
		// tanh(log(1+e)) = m/(m+2) with m = e·(e+2).
		name: "Mish", doc: "computes y = x·tanh(softplus(x)).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs {
			e := v.exp(v.minC(20, x[0]))
			m := v.mul(e, v.add(e, v.c(2)))
			return regs{v.mul(x[0], v.div(m, v.add(m, v.c(2))))}
		},
	},
	{
		// With d = 1/(m+2), 1 - tanh² is 4·(e+1)²·d², and sigmoid e/(e+1).
		name: "MishGrad", doc: "computes dx = dy·(t + x·sigmoid(x)·(1-t²)), t = tanh(softplus(x)).",
		in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs {
			c := v.minC(20, x[0]) // the slope is 1 from there on
			e := v.exp(c)
			m := v.mul(e, v.add(e, v.c(2)))
			d := v.div(v.c(1), v.add(m, v.c(2)))
			inner := v.mul(v.mul(v.mul(e, v.c(4)), d), v.mul(v.add(e, v.c(1)), d))
			return regs{v.mul(x[1], v.fma(c, inner, v.mul(m, d)))}
		},
	},
	{
		name: "Softplus", doc: "computes y = log(1 + eˣ).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.softplus(x[0])} },
	},
	{
		name: "SoftplusGrad", doc: "computes dx = dy·sigmoid(x).", in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs { return regs{v.mul(x[1], v.sigmoid(x[0]))} },
	},
	{
		name: "LogSigmoid", doc: "computes y = -log(1 + e⁻ˣ).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.negate(v.softplus(v.negate(x[0])))} },
	},
	{
		name: "LogSigmoidGrad", doc: "computes dx = dy·sigmoid(-x).", in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs { return regs{v.mul(x[1], v.sigmoid(v.negate(x[0])))} },
	},
	{
		name: "Softsign", doc: "computes y = x/(1 + |x|).", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.div(x[0], v.add(v.abs(x[0]), v.c(1)))} },
	},
	{
		name: "SoftsignGrad", doc: "computes dx = dy/(1 + |x|)².", in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs {
			d := v.add(v.abs(x[0]), v.c(1))
			return regs{v.div(x[1], v.mul(d, d))}
		},
	},
	{
		name: "HardSigmoid", doc: "computes y = clamp(x+3, 0, 6)/6.", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs { return regs{v.mul(hardStep(v, x[0]), v.c(1.0/6))} },
	},
	{
		name: "HardSwish", doc: "computes y = x·clamp(x+3, 0, 6)/6.", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs {
			return regs{v.mul(v.mul(x[0], hardStep(v, x[0])), v.c(1.0/6))}
		},
	},
	{
		name: "HardSwishGrad", doc: "computes dx = dy·(0 | x/3 + 1/2 | 1) below -3, between, from 3 on.",
		in: []string{"x", "dy"}, out: []string{"dx"},
		body: func(v *vec, x regs) regs {
			s := v.fma(x[0], v.c(1.0/3), v.c(0.5))
			s = v.sel(v.cmp(notGreaterEq, x[0], v.c(3)), s, v.copy(v.c(1)))
			const notLess = 0x15
			return regs{v.mul(x[1], v.keep(v.cmp(notLess, x[0], v.c(-3)), s))}
		},
	},
	{
		name: "Step", doc: "computes y = 1 where x > 0, else 0.", in: []string{"x"}, out: []string{"y"},
		body: func(v *vec, x regs) regs {
			y := v.keep(v.cmp(greaterThan, x[0], v.c(0)), v.copy(v.c(1)))
			return regs{v.sel(v.cmp(unordered, x[0], x[0]), x[0], y)}
		},
	},
}

func sigmoidFromOutput(v *vec, y, dy reg.VecVirtual) regs {
	return regs{v.mul(dy, v.mul(y, v.sub(v.c(1), y)))}
}

func tanhFromOutput(v *vec, y, dy reg.VecVirtual) regs {
	return regs{v.mul(dy, v.fnma(y, y, v.c(1)))}
}

func hardStep(v *vec, x reg.VecVirtual) reg.VecVirtual {
	return v.minC(6, v.maxC(0, v.add(x, v.c(3))))
}

// clamp100 keeps powers of x finite; the functions that use it are constant
// or linear long before.
func clamp100(v *vec, x reg.VecVirtual) reg.VecVirtual { return v.minC(100, v.maxC(-100, x)) }

func geluInner(v *vec, x reg.VecVirtual) reg.VecVirtual {
	c := clamp100(v, x)
	p := v.polynomial(v.mul(c, c), 2*0.7978845608028654, 2*0.7978845608028654*0.044715)
	return v.mul(c, p)
}
