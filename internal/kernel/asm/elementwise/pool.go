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
	{name: "MaxPool3x3s1", doc: "is vecMaxPool1 for 3×3 windows.", args: poolArgs, write: func(v *vec) { v.maxPool3x3(1) }},
	{name: "MaxPool3x3s2", doc: "is vecMaxPool2 for 3×3 windows.", args: poolArgs, write: func(v *vec) { v.maxPool3x3(2) }},
	{name: "SumPool1", doc: "adds up each window.", args: poolArgs, write: func(v *vec) { v.pool(1, takeSum) }},
	{name: "SumPool2", doc: "adds up each window.", args: poolArgs, write: func(v *vec) { v.pool(2, takeSum) }},
	{name: "ArgMaxPool1", doc: "finds where in x each window's maximum is.", args: argPoolArgs, write: func(v *vec) { v.argPool(1, false) }},
	{name: "ArgMaxPool2", doc: "finds where in x each window's maximum is.", args: argPoolArgs, write: func(v *vec) { v.argPool(2, false) }},
	{name: "ArgMaxPool3x3s1", doc: "is vecArgMaxPool1 for 3×3 windows of a plane without NaN.", args: argPoolArgs, write: func(v *vec) { v.argPool(1, true) }},
	{name: "ArgMaxPool3x3s2", doc: "is vecArgMaxPool2 for 3×3 windows of a plane without NaN.", args: argPoolArgs, write: func(v *vec) { v.argPool(2, true) }},
	{name: "Collect1", doc: "is the max pool's gradient, stride 1.", args: collectArgs, write: func(v *vec) { v.collect(1, false) }},
	{name: "Collect2", doc: "is the max pool's gradient, stride 2.", args: collectArgs, write: func(v *vec) { v.collect(2, false) }},
	{name: "Collect3x3s1", doc: "is vecCollect1 for 3 rows of 3 taps.", args: collectArgs, write: func(v *vec) { v.collect(1, true) }},
	{name: "Collect3x3s2", doc: "is vecCollect2 for 2 rows of 2 taps.", args: collectArgs, write: func(v *vec) { v.collect(2, true) }},
	{
		name: "MaxPool2x2Grad", doc: "sends dy to the first maximum of each 2×2 block of x, dx being 0 elsewhere in it.",
		args: "x *float32, pitch, ow, oh int, dy, dx *float32", write: func(v *vec) { v.maxPool2x2Grad() },
	},
	{
		name: "Spread2x2", doc: "fills each 2×2 block of dx with dy·scale.",
		args: "dy *float32, ow, oh int, dx *float32, pitch int, scale float32", write: func(v *vec) { v.spread2x2() },
	},
}

// The search for maxima writes where they are into rows of atPitch elements,
// and dy beside that, in rows alike.
const argPoolArgs = "x *float32, pitch, step, kh, kw, ow, oh int, at *int32, atPitch int, dy, grads *float32"

// Collecting gives each element of the h×w plane dx the sum of the dy whose
// window has its maximum there: for each element there are rows×taps windows
// to look at, going down and left from where at points to (and dy, beside it).
// odd is 1 if dx starts in the middle of a window's step, by rows and columns.
// first is the place of dx's first element in the plane that was searched, and
// searchPitch that plane's.
const collectArgs = "at *int32, dy *float32, pitch, rows, taps, w, h, oddRow, oddColumn int, first, searchPitch int32, dx *float32"

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
	if v.lanes == 4 { // one 128-bit lane
		return a
	}
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

// tail is the masks of the last vector of a row of outputs: of the outputs, and
// of the two vectors that elements at stride 2 take.
type tail struct{ one, first, second reg.Register }

// tailMasks finds how many of count outputs the last vector has, 1 to lanes. A
// stride of 2 reads 2n + extra elements for n outputs.
func (v *vec) tailMasks(count string, stride, extra int) tail {
	n := v.loadArg(count)
	v.DECQ(n)
	v.ANDQ(operand.I32(v.lanes-1), n)
	v.INCQ(n)
	t := tail{one: v.maskFor(n)}
	t.first = t.one
	if stride == 2 {
		twice := v.GP64()
		v.LEAQ(operand.Mem{Base: n, Index: n, Scale: 1}, twice)
		t.first, t.second = v.maskFor(v.upTo(twice, extra)), v.maskFor(v.upTo(twice, extra-v.lanes))
	}
	return t
}

// rows writes the loop over rows and vectors of outputs. x and y move along;
// xStep and yStep name the arguments that hold the distances of two rows, xRows
// of them for a row of windows. vector is written for whole vectors, with no
// masks, and for the last of a row, when n is the number of its outputs.
func (v *vec) rows(x, y reg.GPVirtual, stride int, xStep string, xRows int, yStep string, masks tail, vector func(masks tail, n reg.GPVirtual)) {
	oh := v.argMem("oh")
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
	vector(tail{}, n)
	v.ADDQ(operand.I32(v.lanes*4*stride), x)
	v.ADDQ(operand.I32(v.lanes*4), y)
	v.SUBQ(operand.I32(v.lanes), n)
	v.JMP(operand.LabelRef("vector"))
	v.Label("last")
	vector(masks, n)
	xBytes, yBytes := v.bytes(xStep), v.bytes(yStep)
	for range xRows {
		v.ADDQ(xBytes, rowX)
	}
	v.ADDQ(yBytes, rowY)
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
	pitch := v.bytes("pitch")
	count := 0
	v.rows(x, y, stride, "step", 1, "ow", v.tailMasks("ow", stride, -1), func(m tail, _ reg.GPVirtual) {
		count++
		label := func(s string) string { return s + []string{"", "A", "B"}[count] }
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
		f.into(v, v.loadUnder(m.first, operand.Mem{Base: q}), low)
		if stride == 2 {
			f.into(v, v.loadUnder(m.second, operand.Mem{Base: q, Disp: v.lanes * 4}), high)
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
		v.storeUnder(m.one, acc, operand.Mem{Base: y})
	})
}

// maxPool3x3 takes the maximum down the columns first: at stride 2 the even
// and odd columns and the even ones two further on then make the rows.
func (v *vec) maxPool3x3(stride int) {
	x, y := v.loadArg("x"), v.loadArg("y")
	pitch := v.bytes("pitch")
	both, even := v.tailMasks("ow", stride, 0), v.tailMasks("ow", stride, -1)
	v.rows(x, y, stride, "step", 1, "ow", both, func(m tail, _ reg.GPVirtual) {
		column := func(mask reg.Register, disp int) reg.VecVirtual {
			d := v.loadUnder(mask, operand.Mem{Base: x, Disp: disp})
			for scale := uint8(1); scale <= 2; scale++ {
				at := operand.Mem{Base: x, Index: pitch, Scale: scale, Disp: disp}
				if mask == nil {
					v.VMAXPS(at, d, d)
				} else {
					v.VMAXPS(v.loadUnder(mask, at), d, d)
				}
			}
			return d
		}
		var best reg.VecVirtual
		if stride == 1 {
			best = v.max(v.max(column(m.one, 0), column(m.one, 4)), column(m.one, 8))
		} else {
			a, b := column(m.first, 0), column(m.second, v.lanes*4)
			e := even
			if m.one == nil {
				e = m
			}
			c, d := column(e.first, 8), column(e.second, v.lanes*4+8)
			best = v.natural(v.max(v.max(v.evens(a, b), v.odds(a, b)), v.evens(c, d)))
		}
		v.storeUnder(m.one, best, operand.Mem{Base: y})
	})
}

func (v *vec) spread2x2() {
	dy, dx := v.loadArg("dy"), v.loadArg("dx")
	pitch := v.bytes("pitch")
	scale := v.new()
	v.VBROADCASTSS(v.argMem("scale"), scale)
	v.rows(dx, dy, 2, "pitch", 2, "ow", v.tailMasks("ow", 2, 0), func(m tail, _ reg.GPVirtual) {
		first, second, one := m.first, m.second, m.one
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
