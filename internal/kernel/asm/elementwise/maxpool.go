package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// argPool keeps, for each output, the greatest element so far and where it
// is; an element wins if it is greater or NaN.
func (v *vec) argPool(stride int, unrolled bool) {
	x, y := v.loadArg("x"), v.loadArg("at")
	dy, toGrads := v.loadArg("dy"), v.loadArg("grads")
	v.SUBQ(y, toGrads)
	pitch := v.bytes("pitch")
	// From the end of one row of the window to the start of the next.
	jump := v.new()
	end := v.loadArg("pitch")
	if unrolled {
		v.SUBQ(operand.I32(3), end)
	} else {
		v.SUBQ(v.argMem("kw"), end)
	}
	x0 := v.XMM()
	v.VMOVD(end.As32(), x0)
	v.VPBROADCASTD(x0, jump)
	count := 0
	v.rows(x, y, stride, "step", 1, "atPitch", v.tailMasks("ow", stride, -1), func(m tail, n reg.GPVirtual) {
		count++
		label := func(s string) string { return s + []string{"", "A", "B"}[count] }
		// where is that of the window's first element, from the plane's start.
		where := v.new()
		from := v.GP64()
		v.MOVQ(x, from)
		v.SUBQ(v.argMem("x"), from)
		v.SHRQ(operand.U8(2), from)
		start := v.XMM()
		v.VMOVD(from.As32(), start)
		v.VPBROADCASTD(start, where)
		v.VPADDD(v.laneNumbers(), where, where)
		if stride == 2 {
			v.VPADDD(v.laneNumbers(), where, where)
			where = v.shuffled(where)
		}
		element := func(q reg.Register, disp int) reg.VecVirtual {
			e := v.loadUnder(m.first, operand.Mem{Base: q, Disp: disp})
			if stride == 2 {
				e = v.evens(e, v.loadUnder(m.second, operand.Mem{Base: q, Disp: disp + v.lanes*4}))
			}
			return e
		}
		var at reg.VecVirtual
		if unrolled {
			at = v.argMax3x3(x, pitch, element)
			// at counts the elements of the window; 11·n/32 is its row.
			row := v.new()
			v.VPMULLD(v.bits(11), at, row)
			v.VPSRLD(operand.U8(5), row, row)
			v.VPMULLD(jump, row, row)
			v.VPADDD(row, at, at)
			v.VPADDD(where, at, at)
		} else {
			at = v.argMaxLoop(x, pitch, where, jump, label, element)
		}
		if stride == 2 {
			at = v.natural(at)
		}
		v.storeUnder(m.one, at, operand.Mem{Base: y})
		v.storeUnder(m.one, v.loadUnder(m.one, operand.Mem{Base: dy}), operand.Mem{Base: y, Index: toGrads, Scale: 1})
		if m.one == nil {
			v.ADDQ(operand.I32(v.lanes*4), dy)
		} else {
			v.LEAQ(operand.Mem{Base: dy, Index: n, Scale: 4}, dy)
		}
	})
}

func (v *vec) argMaxLoop(x, pitch reg.GPVirtual, where, jump reg.VecVirtual, label func(string) string, element func(reg.Register, int) reg.VecVirtual) reg.VecVirtual {
	where = v.copy(where)
	best, at := v.copy(v.bits(0xFF800000)), v.copy(where)
	p, q, r, c := v.GP64(), v.GP64(), v.GP64(), v.GP64()
	v.MOVQ(x, p)
	v.MOVQ(v.argMem("kh"), r)
	v.Label(label("row"))
	v.MOVQ(p, q)
	v.MOVQ(v.argMem("kw"), c)
	v.Label(label("element"))
	e := element(q, 0)
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
	v.VPADDD(v.bits(1), where, where)
	v.ADDQ(operand.I32(4), q)
	v.DECQ(c)
	v.JNE(operand.LabelRef(label("element")))
	v.VPADDD(jump, where, where)
	v.ADDQ(pitch, p)
	v.DECQ(r)
	v.JNE(operand.LabelRef(label("row")))
	return at
}

// argMax3x3 returns the number of the greatest of nine elements, 0 to 8.
func (v *vec) argMax3x3(x, pitch reg.GPVirtual, element func(reg.Register, int) reg.VecVirtual) reg.VecVirtual {
	q := v.GP64()
	v.MOVQ(x, q)
	best := element(q, 0)
	at := v.new()
	v.zero(at)
	for i := 1; i < 9; i++ {
		if i%3 == 0 {
			v.ADDQ(pitch, q)
		}
		e := element(q, i%3*4)
		wins := v.cmp(greaterThan, e, best)
		if v.wide() {
			v.VMOVUPS(v.bits(uint32(i)), wins, at)
		} else {
			v.VBLENDVPS(wins, v.bits(uint32(i)), at, at)
		}
		if i < 8 {
			v.VMAXPS(e, best, best)
		}
	}
	return at
}

func (v *vec) maxPool2x2Grad() {
	x, dy, dx := v.loadArg("x"), v.loadArg("dy"), v.loadArg("dx")
	pitch := v.bytes("pitch")
	toDx := v.GP64() // x and dx move together
	v.MOVQ(dx, toDx)
	v.SUBQ(x, toDx)
	v.rows(x, dy, 2, "pitch", 2, "ow", v.tailMasks("ow", 2, 0), func(m tail, _ reg.GPVirtual) {
		first, second, one := m.first, m.second, m.one
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

// collect writes a vector of dx for each vector of windows at stride 1, two at
// stride 2: there every second column starts a window, and the one after it
// looks at the same windows, or if dx starts between two at the next ones.
func (v *vec) collect(stride int, unrolled bool) {
	at, toDy, dx := v.loadArg("at"), v.loadArg("dy"), v.loadArg("dx")
	v.SUBQ(at, toDy)
	pitch := v.bytes("pitch")
	whereRow := v.new()
	v.VBROADCASTSS(v.argMem("first"), whereRow)
	v.VPADDD(v.laneNumbers(), whereRow, whereRow)
	var odd reg.GPVirtual
	var masks tail
	if stride == 2 {
		odd = v.bytes("oddColumn")
		v.VPADDD(v.laneNumbers(), whereRow, whereRow)
		// The two vectors of a row's last pair, 1 to 2·lanes elements.
		n := v.loadArg("w")
		v.DECQ(n)
		v.ANDQ(operand.I32(2*v.lanes-1), n)
		v.INCQ(n)
		masks.first, masks.second = v.maskFor(v.upTo(n, 0)), v.maskFor(v.upTo(n, -v.lanes))
	} else {
		masks = v.tailMasks("w", 1, 0)
	}
	v.Label("line")
	p, out, n, where := v.GP64(), v.GP64(), v.GP64(), v.new()
	v.MOVQ(at, p)
	v.MOVQ(dx, out)
	v.MOVQ(v.argMem("w"), n)
	v.mov(whereRow, where)
	count := 0
	vector := func(m tail) {
		count++
		label := func(s string) string { return s + []string{"", "A", "B"}[count] }
		sum, sum2, next := v.new(), v.new(), v.new()
		v.zero(sum)
		if stride == 2 {
			v.zero(sum2)
			v.VPADDD(v.bits(1), where, next)
		}
		a := v.GP64()
		v.MOVQ(p, a)
		take := func(q reg.Register, disp int) {
			v.takeWhere(operand.Mem{Base: q, Disp: disp}, operand.Mem{Base: q, Index: toDy, Scale: 1, Disp: disp}, where, sum)
			if stride == 2 {
				b := v.GP64()
				v.LEAQ(operand.Mem{Base: q, Index: odd, Scale: 1}, b)
				v.takeWhere(operand.Mem{Base: b, Disp: disp}, operand.Mem{Base: b, Index: toDy, Scale: 1, Disp: disp}, next, sum2)
			}
		}
		if unrolled {
			k := 4 - stride // rows and taps
			for row := range k {
				for tap := range k {
					take(a, -4*tap)
				}
				if row < k-1 {
					v.ADDQ(pitch, a)
				}
			}
		} else {
			rows, taps, q := v.loadArg("rows"), v.GP64(), v.GP64()
			v.Label(label("row"))
			v.MOVQ(a, q)
			v.MOVQ(v.argMem("taps"), taps)
			v.Label(label("tap"))
			take(q, 0)
			v.SUBQ(operand.I32(4), q)
			v.DECQ(taps)
			v.JNE(operand.LabelRef(label("tap")))
			v.ADDQ(pitch, a)
			v.DECQ(rows)
			v.JNE(operand.LabelRef(label("row")))
		}
		if stride == 1 {
			v.storeUnder(m.one, sum, operand.Mem{Base: out})
			return
		}
		low, high := v.zip(v.shuffled(sum), v.shuffled(sum2))
		v.storeUnder(m.first, low, operand.Mem{Base: out})
		v.storeUnder(m.second, high, operand.Mem{Base: out, Disp: v.lanes * 4})
	}
	v.Label("vector")
	v.CMPQ(n, operand.I32(v.lanes*stride))
	v.JLE(operand.LabelRef("last"))
	vector(tail{})
	v.VPADDD(v.bits(uint32(v.lanes*stride)), where, where)
	v.ADDQ(operand.I32(v.lanes*4), p)
	v.ADDQ(operand.I32(v.lanes*4*stride), out)
	v.SUBQ(operand.I32(v.lanes*stride), n)
	v.JMP(operand.LabelRef("vector"))
	v.Label("last")
	vector(masks)
	searchPitch := v.new()
	v.VBROADCASTSS(v.argMem("searchPitch"), searchPitch)
	v.VPADDD(searchPitch, whereRow, whereRow)
	v.ADDQ(v.bytes("w"), dx)
	if stride == 1 {
		v.ADDQ(pitch, at)
	} else { // on from every second line
		step := v.GP64()
		v.MOVQ(v.argMem("oddRow"), step)
		v.NEGQ(step)
		v.ANDQ(pitch, step)
		v.ADDQ(step, at)
		v.XORQ(operand.I32(1), v.argMem("oddRow"))
	}
	v.DECQ(v.argMem("h"))
	v.JNE(operand.LabelRef("line"))
	v.VZEROUPPER()
	v.RET()
}

// takeWhere adds g to sum in place where a equals b; a and g are in memory.
func (v *vec) takeWhere(a, g operand.Mem, b, sum reg.VecVirtual) {
	if v.wide() {
		k := v.K()
		v.VPCMPEQD(a, b, k)
		v.VADDPS(g, sum, k, sum)
		return
	}
	m := v.new()
	v.VPCMPEQD(a, b, m)
	v.VANDPS(g, m, m)
	v.VADDPS(m, sum, sum)
}
