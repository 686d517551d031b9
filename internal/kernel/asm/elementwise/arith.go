package main

var arithmetic = []kernel{
	{
		name: "Add", doc: "computes y = x1 + x2.", in: []string{"x1", "x2"}, out: []string{"y"}, unroll: 4, stream: true,
		body: func(v *vec, x regs) regs { return regs{v.add(x[0], x[1])} },
	},
	{
		name: "AddReLU", doc: "computes y = max(x1 + x2, 0).", in: []string{"x1", "x2"}, out: []string{"y"}, unroll: 4, stream: true,
		body: func(v *vec, x regs) regs { return regs{v.maxC(0, v.add(x[0], x[1]))} },
	},
	{
		name: "AddReLUGrad", doc: "computes dx = dy where x1 + x2 > 0, else 0.",
		in: []string{"x1", "x2", "dy"}, out: []string{"dx"}, unroll: 4, stream: true,
		body: func(v *vec, x regs) regs {
			return regs{v.keep(v.cmp(notLessEqual, v.add(x[0], x[1]), v.c(0)), x[2])}
		},
	},
	{
		name: "Mul", doc: "computes y = x1·x2.", in: []string{"x1", "x2"}, out: []string{"y"}, unroll: 4,
		body: func(v *vec, x regs) regs { return regs{v.mul(x[0], x[1])} },
	},
	{
		name: "AddProduct", doc: "computes y += x1·x2.", in: []string{"x1", "x2"}, inOut: []string{"y"}, unroll: 2,
		body: func(v *vec, x regs) regs { return regs{v.fma(x[0], x[1], x[2])} },
	},
	{
		name: "Scale", doc: "computes y = s·x.", in: []string{"x"}, out: []string{"y"}, params: []string{"s"}, unroll: 4,
		body: func(v *vec, x regs) regs { return regs{v.mul(x[0], v.params["s"])} },
	},
	{
		name: "Axpy", doc: "computes y += s·x.", in: []string{"x"}, inOut: []string{"y"}, params: []string{"s"}, unroll: 4,
		body: func(v *vec, x regs) regs { return regs{v.fma(x[0], v.params["s"], x[1])} },
	},
	{
		name: "AddScalar", doc: "computes y = x + s.", in: []string{"x"}, out: []string{"y"}, params: []string{"s"}, unroll: 4,
		body: func(v *vec, x regs) regs { return regs{v.add(x[0], v.params["s"])} },
	},
	{
		name: "AddChannels", doc: "computes y = x + s in each plane.", in: []string{"x"}, out: []string{"y"}, planes: true, params: []string{"s"}, unroll: 4,
		body: func(v *vec, x regs) regs { return regs{v.add(x[0], v.params["s"])} },
	},
	{
		name: "Max", doc: "computes y = max(x, y), NaN where either is.", in: []string{"x"}, inOut: []string{"y"}, unroll: 2,
		body: func(v *vec, x regs) regs {
			return regs{v.sel(v.cmp(unordered, x[0], x[0]), x[0], v.max(x[0], x[1]))}
		},
	},
	{
		name: "ExpShifted", doc: "computes y = e^(x - shift) and returns its sum.",
		in: []string{"x"}, out: []string{"y"}, params: []string{"shift"}, results: []string{"sum"},
		body: func(v *vec, x regs) regs {
			y := v.exp(v.sub(x[0], v.params["shift"]))
			acc := v.acc[v.slot][0]
			v.VADDPS(v.alive(y), acc, acc)
			return regs{y}
		},
	},
	{
		name: "SoftmaxGrad", doc: "computes dx = y·(dy - s).", in: []string{"y", "dy"}, out: []string{"dx"}, params: []string{"s"},
		body: func(v *vec, x regs) regs { return regs{v.mul(x[0], v.sub(x[1], v.params["s"]))} },
	},
	{
		name: "LogSoftmaxGrad", doc: "computes dx = dy - eʸ·s.", in: []string{"y", "dy"}, out: []string{"dx"}, params: []string{"s"},
		body: func(v *vec, x regs) regs { return regs{v.fnma(v.exp(x[0]), v.params["s"], x[1])} },
	},
}
