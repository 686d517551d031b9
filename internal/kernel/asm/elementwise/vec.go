package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vec writes vector code for one instruction set. Its operations return new
// registers and leave their arguments alone, unless they say so.
type vec struct {
	*build.Context
	lanes  int // 16: AVX-512, 8: AVX2, 4: to become NEON
	prefix string
	tables map[string]bool // written already
	params map[string]reg.VecVirtual
	acc    [][]reg.VecVirtual // accumulators of a reduction, by slot
	slot   int                // which of the unrolled vectors is being written
	stream bool               // stores go around the caches
	live   reg.Register       // mask of the rest of a slice, else nil
}

func (v *vec) wide() bool { return v.lanes == 16 }

func (v *vec) new() reg.VecVirtual {
	switch v.lanes {
	case 16:
		return v.ZMM()
	case 8:
		return v.YMM()
	}
	return v.XMM()
}

// bits is a vector of a 32-bit pattern in memory.
func (v *vec) bits(b uint32) operand.Mem {
	return v.table(fmt.Sprintf("%08x", b), func() {
		for i := range v.lanes {
			v.AddDatum(4*i, operand.U32(b))
		}
	})
}

// table is a read-only table in memory; data writes it the first time.
func (v *vec) table(name string, data func()) operand.Mem {
	name = v.prefix + "_" + name
	if !v.tables[name] {
		v.tables[name] = true
		v.StaticGlobal(name)
		v.DataAttributes(attr.RODATA | attr.NOPTR)
		data()
	}
	return operand.NewDataAddr(operand.Symbol{Name: name, Static: true}, 0)
}

func (v *vec) c(x float64) operand.Mem { return v.bits(math.Float32bits(float32(x))) }

func (v *vec) mov(from, to operand.Op) {
	v.VMOVUPS(from, to)
}

func (v *vec) zero(r reg.VecVirtual) {
	if v.wide() {
		v.VPXORD(r, r, r)
	} else {
		v.VXORPS(r, r, r)
	}
}

// load reads a vector, under the mask in the rest of a slice.
func (v *vec) load(m operand.Mem) reg.VecVirtual {
	r := v.new()
	switch {
	case v.live == nil:
		v.VMOVUPS(m, r)
	case v.wide():
		v.VMOVUPS_Z(m, v.live, r)
	default:
		v.VMASKMOVPS(m, v.live, r)
	}
	return r
}

func (v *vec) store(r operand.Op, m operand.Mem) {
	switch {
	case v.live == nil && v.stream:
		v.VMOVNTPS(r, m)
	case v.live == nil:
		v.VMOVUPS(r, m)
	case v.wide():
		v.VMOVUPS(r, v.live, m)
	default:
		v.VMASKMOVPS(r, v.live, m)
	}
}

// maskFor returns the mask of the first n lanes, n in 0 ... lanes.
func (v *vec) maskFor(n reg.Register) reg.Register {
	if v.wide() {
		bits := v.GP64()
		v.MOVQ(operand.I64(-1), bits)
		v.BZHIQ(n, bits, bits)
		k := v.K()
		v.KMOVW(bits.As32(), k)
		return k
	}
	// A window into a vector of set lanes followed by one of clear ones.
	window := v.table("window", func() {
		for i := range 2 * v.lanes {
			b := uint32(0)
			if i < v.lanes {
				b = math.MaxUint32
			}
			v.AddDatum(4*i, operand.U32(b))
		}
	})
	base, at := v.GP64(), v.GP64()
	v.LEAQ(window, base)
	v.MOVQ(operand.I32(v.lanes), at)
	v.SUBQ(n, at)
	m := v.new()
	v.VMOVUPS(operand.Mem{Base: base, Index: at, Scale: 4}, m)
	return m
}

func (v *vec) op(f func(...operand.Op), b, a operand.Op) reg.VecVirtual {
	d := v.new()
	if m, ok := a.(operand.Mem); ok {
		v.mov(m, d)
		a = d
	}
	f(b, a, d)
	return d
}

// Both operands of these may be in memory.

func (v *vec) add(a, b operand.Op) reg.VecVirtual { return v.op(v.VADDPS, b, a) }
func (v *vec) sub(a, b operand.Op) reg.VecVirtual { return v.op(v.VSUBPS, b, a) }
func (v *vec) mul(a, b operand.Op) reg.VecVirtual { return v.op(v.VMULPS, b, a) }
func (v *vec) div(a, b operand.Op) reg.VecVirtual { return v.op(v.VDIVPS, b, a) }

// max and min return b where either is NaN; NEON's return NaN where a alone is,
// unless b is a constant.
func (v *vec) max(a, b operand.Op) reg.VecVirtual { return v.op(v.VMAXPS, b, a) }
func (v *vec) min(a, b operand.Op) reg.VecVirtual { return v.op(v.VMINPS, b, a) }

func (v *vec) and(a, b operand.Op) reg.VecVirtual {
	if v.wide() {
		return v.op(v.VPANDD, b, a)
	}
	return v.op(v.VANDPS, b, a)
}

func (v *vec) or(a, b operand.Op) reg.VecVirtual {
	if v.wide() {
		return v.op(v.VPORD, b, a)
	}
	return v.op(v.VORPS, b, a)
}

func (v *vec) xor(a, b operand.Op) reg.VecVirtual {
	if v.wide() {
		return v.op(v.VPXORD, b, a)
	}
	return v.op(v.VXORPS, b, a)
}

func (v *vec) abs(a operand.Op) reg.VecVirtual    { return v.and(a, v.bits(0x7FFFFFFF)) }
func (v *vec) negate(a operand.Op) reg.VecVirtual { return v.xor(a, v.bits(0x80000000)) }
func (v *vec) copy(a operand.Op) reg.VecVirtual {
	d := v.new()
	v.mov(a, d)
	return d
}

func (v *vec) sqrt(a operand.Op) reg.VecVirtual {
	d := v.new()
	v.VSQRTPS(a, d)
	return d
}

// fma returns a·b + c; b and c may be in memory.
func (v *vec) fma(a, b, c operand.Op) reg.VecVirtual {
	d := v.copy(c)
	v.VFMADD231PS(b, a, d)
	return d
}

// fnma returns c - a·b; b and c may be in memory.
func (v *vec) fnma(a, b, c operand.Op) reg.VecVirtual {
	d := v.copy(c)
	v.VFNMADD231PS(b, a, d)
	return d
}

// accumulate adds a·b to acc in place.
func (v *vec) accumulate(a, b operand.Op, acc reg.VecVirtual) { v.VFMADD231PS(b, a, acc) }

// polynomial returns c[0] + c[1]·x + c[2]·x² + ...
func (v *vec) polynomial(x operand.Op, c ...float64) reg.VecVirtual {
	d := v.copy(v.c(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		if v.lanes == 4 { // NEON adds to the register that held the constant
			d = v.fma(x, d, v.c(c[i]))
			continue
		}
		v.VFMADD213PS(v.c(c[i]), x, d)
	}
	return d
}

// Predicates of cmp. "not" ones hold for NaN.
const (
	lessEqual    = 0x02
	unordered    = 0x03
	notLessEqual = 0x16
	notGreaterEq = 0x19
	greaterThan  = 0x1E
	equal        = 0x00
)

// cmp returns the mask of a <predicate> b.
func (v *vec) cmp(predicate uint8, a, b operand.Op) reg.Register {
	var m reg.Register = v.K()
	if !v.wide() {
		m = v.new()
	}
	v.VCMPPS(operand.U8(predicate), b, a, m)
	return m
}

// keep returns a where the mask is set, else 0.
func (v *vec) keep(mask reg.Register, a reg.VecVirtual) reg.VecVirtual {
	d := v.new()
	if v.wide() {
		v.VMOVAPS_Z(a, mask, d)
	} else {
		v.VANDPS(a, mask, d)
	}
	return d
}

// sel returns yes where the mask is set, else no. yes may be in memory.
func (v *vec) sel(mask reg.Register, yes, no operand.Op) reg.VecVirtual {
	d := v.new()
	if v.wide() {
		v.VBLENDMPS(yes, no, mask, d)
	} else {
		v.VBLENDVPS(mask, yes, no, d)
	}
	return d
}

// alive clears the lanes beyond the end in the rest of a slice.
func (v *vec) alive(a reg.VecVirtual) reg.VecVirtual {
	if v.live == nil {
		return a
	}
	return v.keep(v.live, a)
}

// combine folds a into total.
func (v *vec) combine(isMax bool, a, total operand.Op) {
	if isMax {
		v.VMAXPS(a, total, total)
	} else {
		v.VADDPS(a, total, total)
	}
}

// horizontal folds the lanes of a into the lowest.
func (v *vec) horizontal(isMax bool, a reg.VecVirtual) reg.Register {
	if v.lanes == 4 {
		return v.horizontal128(isMax, a)
	}
	y := a
	if v.wide() {
		y = v.YMM()
		v.VEXTRACTF64X4(operand.U8(1), a, y)
		v.combine(isMax, a.AsY(), y)
	}
	x := v.XMM()
	v.VEXTRACTF128(operand.U8(1), y, x)
	v.combine(isMax, y.AsX(), x)
	return v.horizontal128(isMax, x)
}

// horizontal128 is horizontal for four lanes, which it overwrites.
func (v *vec) horizontal128(isMax bool, x reg.VecVirtual) reg.Register {
	for _, order := range []uint8{0x4E, 0xB1} {
		s := v.XMM()
		v.VPERMILPS(operand.U8(order), x, s)
		v.combine(isMax, s, x)
	}
	return x
}
