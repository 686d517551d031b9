package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Pooling works on one plane: oh rows of ow outputs. x is the top left corner
// of the first window, pitch the distance of two rows of x in elements, step
// that of two rows of windows. Windows are inside x: the caller has padded it.
// Strides of 1 and 2 have code of their own, named so.
const poolArgs = "x *float32, pitch, step, kh, kw, ow, oh int, y *float32"

var pooling = []kernel{
	{name: "MaxPool1", doc: "takes the maximum of each window of a plane without NaN.", args: poolArgs, write: func(v *vec) { v.pool(1, takeMax) }},
	{name: "MaxPool2", doc: "takes the maximum of each window of a plane without NaN.", args: poolArgs, write: func(v *vec) { v.pool(2, takeMax) }},
	{name: "MaxPoolNaN1", doc: "takes the maximum of each window, or NaN.", args: poolArgs, write: func(v *vec) { v.pool(1, takeMaxOrNaN) }},
	{name: "MaxPoolNaN2", doc: "takes the maximum of each window, or NaN.", args: poolArgs, write: func(v *vec) { v.pool(2, takeMaxOrNaN) }},
	{name: "SumPool1", doc: "adds up each window.", args: poolArgs, write: func(v *vec) { v.pool(1, takeSum) }},
	{name: "SumPool2", doc: "adds up each window.", args: poolArgs, write: func(v *vec) { v.pool(2, takeSum) }},
	{name: "Collect1", doc: "is a row of the pooling's gradient.", args: collectArgs, write: func(v *vec) { v.collect(1) }},
	{name: "Collect2", doc: "is a row of the pooling's gradient.", args: collectArgs, write: func(v *vec) { v.collect(2) }},
	{name: "ArgMaxPool1", doc: "finds where in x each window's maximum is.", args: argPoolArgs, write: func(v *vec) { v.argPool(1) }},
	{name: "ArgMaxPool2", doc: "finds where in x each window's maximum is.", args: argPoolArgs, write: func(v *vec) { v.argPool(2) }},
	{
		name: "MaxPool2x2Grad", doc: "sends dy to the first maximum of each 2×2 block of x, dx being 0 elsewhere in it.",
		args: "x *float32, pitch, ow, oh int, dy, dx *float32", write: func(v *vec) { v.maxPool2x2Grad() },
	},
	{
		name: "Spread2x2", doc: "fills each 2×2 block of dx with dy·scale.",
		args: "dy *float32, ow, oh int, dx *float32, pitch int, scale float32", write: func(v *vec) { v.spread2x2() },
	},
}

const argPoolArgs = "x *float32, pitch, step, kh, kw, ow, oh int, at *int32, atPitch int"

// Collecting gives each element of a row of x the sum of the dy whose window
// has its maximum there. at and dy point to the first of the rows of windows
// that reach the row, at the window that starts in its first column; there
// are taps windows to look at for each column, going left. first is where in
// x the row starts.
const collectArgs = "at *int32, dy *float32, pitch, rows, taps, n int, first int32, dx *float32"

// Where a stride of 2 takes every other element of two vectors, it does so
// within 128-bit lanes: a shuffle that leaves the pairs of results out of
// order until natural puts them right. shuffled is the way back, and zip turns
// two such vectors, of even and odd elements, into the two they came from.

func (v *vec) evens(a, b reg.VecVirtual) reg.VecVirtual {
	d := v.new()
	v.VSHUFPS(operand.U8(0x88), b, a, d)
	return d
}

func (v *vec) odds(a, b reg.VecVirtual) reg.VecVirtual {
	d := v.new()
	v.VSHUFPS(operand.U8(0xDD), b, a, d)
	return d
}

func (v *vec) natural(a reg.VecVirtual) reg.VecVirtual {
	return v.permutePairs(a, "natural", 0, 2, 4, 6, 1, 3, 5, 7)
}

func (v *vec) shuffled(a reg.VecVirtual) reg.VecVirtual {
	return v.permutePairs(a, "shuffled", 0, 4, 1, 5, 2, 6, 3, 7)
}

func (v *vec) permutePairs(a reg.VecVirtual, name string, order ...uint64) reg.VecVirtual {
	d := v.new()
	if !v.wide() {
		v.VPERMPD(operand.U8(0xD8), a, d) // its own inverse
		return d
	}
	v.mov(v.table(name, func() {
		for i, o := range order {
			v.AddDatum(8*i, operand.U64(o))
		}
	}), d)
	v.VPERMPD(a, d, d)
	return d
}

func (v *vec) zip(even, odd reg.VecVirtual) (a, b reg.VecVirtual) {
	a, b = v.new(), v.new()
	v.VUNPCKLPS(odd, even, a)
	v.VUNPCKHPS(odd, even, b)
	return a, b
}

func (v *vec) loadUnder(mask reg.Register, m operand.Mem) reg.VecVirtual {
	was := v.live
	v.live = mask
	r := v.load(m)
	v.live = was
	return r
}

func (v *vec) storeUnder(mask reg.Register, r reg.VecVirtual, m operand.Mem) {
	was := v.live
	v.live = mask
	v.store(r, m)
	v.live = was
}

// upTo returns min(max(n + add, 0), lanes).
func (v *vec) upTo(n reg.GPVirtual, add int) reg.GPVirtual {
	r, bound := v.GP64(), v.GP64()
	v.LEAQ(operand.Mem{Base: n, Disp: add}, r)
	v.XORQ(bound, bound)
	v.TESTQ(r, r)
	v.CMOVQLT(bound, r)
	v.MOVQ(operand.I32(v.lanes), bound)
	v.CMPQ(r, bound)
	v.CMOVQGT(bound, r)
	return r
}

func (v *vec) loadArg(name string) reg.GPVirtual {
	r := v.GP64()
	v.Load(v.Param(name), r)
	return r
}

func (v *vec) argMem(name string) operand.Mem {
	b, err := v.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

// rows writes the loop over rows and vectors of outputs. last is always taken
// for the 1 to lanes outputs at the end of a row, n being their number; x and
// y move along. xStep and yStep give the distance of two rows, in bytes.
func (v *vec) rows(x, y reg.GPVirtual, stride int, xStep, yStep func() operand.Op, vector func(n reg.GPVirtual)) {
	oh := v.loadArg("oh")
	n, rowX, rowY := v.GP64(), v.GP64(), v.GP64()
	v.MOVQ(x, rowX)
	v.MOVQ(y, rowY)
	v.Label("row")
	v.MOVQ(rowX, x)
	v.MOVQ(rowY, y)
	v.MOVQ(v.argMem("ow"), n)
	v.Label("vector")
	v.CMPQ(n, operand.I32(v.lanes))
	v.JLE(operand.LabelRef("last"))
	vector(nil)
	v.ADDQ(operand.I32(v.lanes*4*stride), x)
	v.ADDQ(operand.I32(v.lanes*4), y)
	v.SUBQ(operand.I32(v.lanes), n)
	v.JMP(operand.LabelRef("vector"))
	v.Label("last")
	vector(n)
	v.ADDQ(xStep(), rowX)
	v.ADDQ(yStep(), rowY)
	v.DECQ(oh)
	v.JNE(operand.LabelRef("row"))
	v.VZEROUPPER()
	v.RET()
}

// bytes returns a register with four times an argument.
func (v *vec) bytes(name string) reg.GPVirtual {
	r := v.loadArg(name)
	v.SHLQ(operand.U8(2), r)
	return r
}

type fold struct {
	start uint32
	into  func(v *vec, x, acc reg.VecVirtual)
}

var takeMax = fold{0xFF800000, func(v *vec, x, acc reg.VecVirtual) { v.VMAXPS(x, acc, acc) }}

var takeSum = fold{0, func(v *vec, x, acc reg.VecVirtual) { v.VADDPS(x, acc, acc) }}

// A comparison with NaN makes VMAXPS return its second operand, here acc; all
// bits set by the second step are a NaN.
var takeMaxOrNaN = fold{0xFF800000, func(v *vec, x, acc reg.VecVirtual) {
	m := v.cmp(unordered, x, x)
	v.VMAXPS(acc, x, acc)
	if v.wide() {
		v.VMOVAPS(x, m, acc)
	} else {
		v.VORPS(m, acc, acc)
	}
}}

func (v *vec) pool(stride int, f fold) {
	x, y := v.loadArg("x"), v.loadArg("y")
	pitch, step, yStep := v.bytes("pitch"), v.bytes("step"), v.bytes("ow")
	count := 0
	v.rows(x, y, stride, func() operand.Op { return step }, func() operand.Op { return yStep }, func(n reg.GPVirtual) {
		count++
		label := func(s string) string { return s + []string{"", "A", "B"}[count] }
		var first, second, store reg.Register
		if n != nil {
			store = v.maskFor(n)
			first = store
			if stride == 2 {
				twice := v.GP64()
				v.LEAQ(operand.Mem{Base: n, Index: n, Scale: 1}, twice)
				first = v.maskFor(v.upTo(twice, -1))
				second = v.maskFor(v.upTo(twice, -1-v.lanes))
			}
		}
		acc := v.copy(v.bits(f.start))
		p, q, r, c := v.GP64(), v.GP64(), v.GP64(), v.GP64()
		v.MOVQ(x, p)
		v.MOVQ(v.argMem("kw"), c)
		v.Label(label("column"))
		v.MOVQ(p, q)
		v.MOVQ(v.argMem("kh"), r)
		low, high := acc, reg.VecVirtual(nil)
		if stride == 2 {
			low, high = v.copy(v.bits(f.start)), v.copy(v.bits(f.start))
		}
		v.Label(label("element"))
		f.into(v, v.loadUnder(first, operand.Mem{Base: q}), low)
		if stride == 2 {
			f.into(v, v.loadUnder(second, operand.Mem{Base: q, Disp: v.lanes * 4}), high)
		}
		v.ADDQ(pitch, q)
		v.DECQ(r)
		v.JNE(operand.LabelRef(label("element")))
		if stride == 2 {
			f.into(v, v.evens(low, high), acc)
		}
		v.ADDQ(operand.I32(4), p)
		v.DECQ(c)
		v.JNE(operand.LabelRef(label("column")))
		if stride == 2 {
			acc = v.natural(acc)
		}
		v.storeUnder(store, acc, operand.Mem{Base: y})
	})
}

// argPool keeps, for each output, the greatest element so far and where it
// is; an element wins if it is greater or NaN.
func (v *vec) argPool(stride int) {
	x, y := v.loadArg("x"), v.loadArg("at")
	step, yStep := v.bytes("step"), v.bytes("atPitch")
	ones := v.new()
	v.mov(v.bits(1), ones)
	count := 0
	v.rows(x, y, stride, func() operand.Op { return step }, func() operand.Op { return yStep }, func(n reg.GPVirtual) {
		count++
		label := func(s string) string { return s + []string{"", "A", "B"}[count] }
		var first, second, store reg.Register
		if n != nil {
			store = v.maskFor(n)
			first = store
			if stride == 2 {
				twice := v.GP64()
				v.LEAQ(operand.Mem{Base: n, Index: n, Scale: 1}, twice)
				first = v.maskFor(v.upTo(twice, -1))
				second = v.maskFor(v.upTo(twice, -1-v.lanes))
			}
		}
		// where is that of the element looked at, from the plane's start.
		where := v.new()
		from := v.GP64()
		v.MOVQ(x, from)
		v.SUBQ(v.argMem("x"), from)
		v.SHRQ(operand.U8(2), from)
		start := v.XMM()
		v.VMOVD(from.As32(), start)
		v.VPBROADCASTD(start, where)
		lanes := v.laneNumbers()
		v.VPADDD(lanes, where, where)
		if stride == 2 {
			v.VPADDD(lanes, where, where)
			where = v.shuffled(where)
		}
		best, at := v.copy(v.bits(0xFF800000)), v.copy(where)
		q, r, c, end := v.GP64(), v.GP64(), v.GP64(), v.GP64()
		v.MOVQ(x, q)
		v.MOVQ(v.argMem("kh"), r)
		// From the end of one row of the window to the start of the next.
		v.MOVQ(v.argMem("pitch"), end)
		v.SUBQ(v.argMem("kw"), end)
		jumpX := v.XMM()
		v.VMOVD(end.As32(), jumpX)
		jump := v.new()
		v.VPBROADCASTD(jumpX, jump)
		v.SHLQ(operand.U8(2), end)
		v.Label(label("row"))
		v.MOVQ(v.argMem("kw"), c)
		v.Label(label("element"))
		e := v.loadUnder(first, operand.Mem{Base: q})
		if stride == 2 {
			e = v.evens(e, v.loadUnder(second, operand.Mem{Base: q, Disp: v.lanes * 4}))
		}
		wins, nan := v.cmp(greaterThan, e, best), v.cmp(unordered, e, e)
		if v.wide() {
			v.KORW(nan, wins, wins)
			v.VMOVAPS(e, wins, best)
			v.VMOVAPS(where, wins, at)
		} else {
			v.VORPS(nan, wins, wins)
			v.VBLENDVPS(wins, e, best, best)
			v.VBLENDVPS(wins, where, at, at)
		}
		v.VPADDD(ones, where, where)
		v.ADDQ(operand.I32(4), q)
		v.DECQ(c)
		v.JNE(operand.LabelRef(label("element")))
		v.VPADDD(jump, where, where)
		v.ADDQ(end, q)
		v.DECQ(r)
		v.JNE(operand.LabelRef(label("row")))
		if stride == 2 {
			at = v.natural(at)
		}
		v.storeUnder(store, at, operand.Mem{Base: y})
	})
}

// pairMasks returns the masks of the two vectors that hold 2n elements.
func (v *vec) pairMasks(n reg.GPVirtual) (first, second reg.Register) {
	twice := v.GP64()
	v.LEAQ(operand.Mem{Base: n, Index: n, Scale: 1}, twice)
	return v.maskFor(v.upTo(twice, 0)), v.maskFor(v.upTo(twice, -v.lanes))
}

func (v *vec) maxPool2x2Grad() {
	x, dy, dx := v.loadArg("x"), v.loadArg("dy"), v.loadArg("dx")
	pitch, dyStep := v.bytes("pitch"), v.bytes("ow")
	toDx := v.GP64() // x and dx move together
	v.MOVQ(dx, toDx)
	v.SUBQ(x, toDx)
	step := v.GP64()
	v.LEAQ(operand.Mem{Base: pitch, Index: pitch, Scale: 1}, step)
	v.rows(x, dy, 2, func() operand.Op { return step }, func() operand.Op { return dyStep }, func(n reg.GPVirtual) {
		var first, second, one reg.Register
		if n != nil {
			one = v.maskFor(n)
			first, second = v.pairMasks(n)
		}
		next := operand.Mem{Base: x, Disp: v.lanes * 4}
		a, b := v.loadUnder(first, operand.Mem{Base: x}), v.loadUnder(second, next)
		x2 := v.GP64()
		v.LEAQ(operand.Mem{Base: x, Index: pitch, Scale: 1}, x2)
		c, d := v.loadUnder(first, operand.Mem{Base: x2}), v.loadUnder(second, operand.Mem{Base: x2, Disp: v.lanes * 4})
		e := []reg.VecVirtual{v.evens(a, b), v.odds(a, b), v.evens(c, d), v.odds(c, d)}
		g := v.shuffled(v.loadUnder(one, operand.Mem{Base: dy}))
		// A later element takes the gradient over if it is greater or NaN.
		best := v.copy(e[0])
		grads := []reg.VecVirtual{v.copy(g)}
		zero := v.new()
		v.zero(zero)
		for i := 1; i < 4; i++ {
			wins, nan := v.cmp(greaterThan, e[i], best), v.cmp(unordered, e[i], e[i])
			if v.wide() {
				v.KORW(nan, wins, wins)
			} else {
				v.VORPS(nan, wins, wins)
			}
			if i < 3 {
				best = v.sel(wins, e[i], best)
			}
			for k := range grads {
				grads[k] = v.sel(wins, zero, grads[k])
			}
			grads = append(grads, v.keep(wins, g))
		}
		for row := range 2 {
			low, high := v.zip(grads[2*row], grads[2*row+1])
			p := v.GP64()
			v.LEAQ(operand.Mem{Base: x, Index: toDx, Scale: 1}, p)
			if row == 1 {
				v.ADDQ(pitch, p)
			}
			v.storeUnder(first, low, operand.Mem{Base: p})
			v.storeUnder(second, high, operand.Mem{Base: p, Disp: v.lanes * 4})
		}
	})
}

func (v *vec) spread2x2() {
	dy, dx := v.loadArg("dy"), v.loadArg("dx")
	pitch, dyStep := v.bytes("pitch"), v.bytes("ow")
	step := v.GP64()
	v.LEAQ(operand.Mem{Base: pitch, Index: pitch, Scale: 1}, step)
	scale := v.new()
	v.VBROADCASTSS(v.argMem("scale"), scale)
	v.rows(dx, dy, 2, func() operand.Op { return step }, func() operand.Op { return dyStep }, func(n reg.GPVirtual) {
		var first, second, one reg.Register
		if n != nil {
			one = v.maskFor(n)
			first, second = v.pairMasks(n)
		}
		g := v.shuffled(v.mul(v.loadUnder(one, operand.Mem{Base: dy}), scale))
		low, high := v.zip(g, g)
		dx2 := v.GP64()
		v.LEAQ(operand.Mem{Base: dx, Index: pitch, Scale: 1}, dx2)
		for _, p := range []reg.GPVirtual{dx, dx2} {
			v.storeUnder(first, low, operand.Mem{Base: p})
			v.storeUnder(second, high, operand.Mem{Base: p, Disp: v.lanes * 4})
		}
	})
}

// collect writes a vector of dx for each vector of windows at stride 1, two at
// stride 2: there the even columns take from the windows that start in them
// and before, the odd ones from those that start in the column before.
func (v *vec) collect(stride int) {
	at, dy, dx := v.loadArg("at"), v.loadArg("dy"), v.loadArg("dx")
	pitch, n := v.bytes("pitch"), v.loadArg("n")
	where := v.new()
	v.VBROADCASTSS(v.argMem("first"), where)
	v.VPADDD(v.laneNumbers(), where, where)
	ones := v.new()
	v.mov(v.bits(1), ones)
	if stride == 2 {
		v.VPADDD(v.laneNumbers(), where, where)
	}
	v.Label("vector")
	even, odd := v.new(), v.new()
	v.zero(even)
	v.zero(odd)
	next := v.new()
	v.VPADDD(ones, where, next)
	a, d, rows := v.GP64(), v.GP64(), v.GP64()
	v.MOVQ(at, a)
	v.MOVQ(dy, d)
	v.MOVQ(v.argMem("rows"), rows)
	v.Label("row")
	p, q, taps := v.GP64(), v.GP64(), v.GP64()
	v.MOVQ(a, p)
	v.MOVQ(d, q)
	v.MOVQ(v.argMem("taps"), taps)
	v.Label("tap")
	from, g := v.load(operand.Mem{Base: p}), v.load(operand.Mem{Base: q})
	v.takeWhere(from, where, g, even)
	if stride == 2 {
		v.takeWhere(from, next, g, odd)
	}
	v.SUBQ(operand.I32(4), p)
	v.SUBQ(operand.I32(4), q)
	v.DECQ(taps)
	v.JNE(operand.LabelRef("tap"))
	v.ADDQ(pitch, a)
	v.ADDQ(pitch, d)
	v.DECQ(rows)
	v.JNE(operand.LabelRef("row"))
	if stride == 1 {
		v.store(even, operand.Mem{Base: dx})
	} else {
		low, high := v.zip(v.shuffled(even), v.shuffled(odd))
		v.store(low, operand.Mem{Base: dx})
		v.store(high, operand.Mem{Base: dx, Disp: v.lanes * 4})
	}
	v.VPADDD(v.bits(uint32(v.lanes*stride)), where, where)
	v.ADDQ(operand.I32(v.lanes*4), at)
	v.ADDQ(operand.I32(v.lanes*4), dy)
	v.ADDQ(operand.I32(v.lanes*4*stride), dx)
	v.SUBQ(operand.I32(v.lanes*stride), n)
	v.JG(operand.LabelRef("vector"))
	v.VZEROUPPER()
	v.RET()
}

// takeWhere adds g to sum in place where a equals b.
func (v *vec) takeWhere(a, b, g, sum reg.VecVirtual) {
	if v.wide() {
		k := v.K()
		v.VPCMPEQD(b, a, k)
		v.VADDPS(g, sum, k, sum)
		return
	}
	m := v.new()
	v.VPCMPEQD(b, a, m)
	v.VADDPS(v.keep(m, g), sum, sum)
}
