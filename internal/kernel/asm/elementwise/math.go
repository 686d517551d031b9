package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The polynomials are minimax fits (Remez exchange in exact rational
// arithmetic) of the functions that their comments name.

// reduce splits eˣ = 2ⁿ·(1 + q): q = e^r - 1 with |r| at most log(2)/2, good
// to a relative 3e-9 before rounding. A NaN ends up in q.
func (v *vec) reduce(x operand.Op) (n, q reg.VecVirtual) {
	// Beyond these, eˣ is 0 or infinite in single precision.
	x = v.min(v.c(89), v.maxC(-104.5, x))
	n = v.new()
	scaled := v.mul(x, v.c(1/math.Ln2))
	if v.wide() {
		v.VRNDSCALEPS(operand.U8(8), scaled, n)
	} else {
		v.VROUNDPS(operand.U8(8), scaled, n)
	}
	const high = 0.693359375 // log 2 in two parts, the first with bits to spare
	r := v.fnma(n, v.c(high), x)
	v.VFNMADD231PS(v.c(math.Ln2-high), n, r)
	// (e^r - 1 - r) / r²
	p := v.polynomial(r, 0.5000000095698918, 0.16666518306087458, 0.041666204142716795, 0.008368953506408473, 0.0013950602101154737)
	q = v.fma(v.mul(r, r), p, r)
	return n, q
}

// maxC returns max(c, x), NaN where x is.
func (v *vec) maxC(c float64, x operand.Op) reg.VecVirtual { return v.max(v.c(c), x) }

// minC returns min(c, x), NaN where x is.
func (v *vec) minC(c float64, x operand.Op) reg.VecVirtual { return v.min(v.c(c), x) }

// power returns 2ⁿ for n an integer, |n| at most 126.
func (v *vec) power(n operand.Op) reg.VecVirtual {
	i := v.new()
	v.VCVTPS2DQ(n, i)
	v.VPADDD(v.bits(127), i, i)
	v.VPSLLD(operand.U8(23), i, i)
	return i
}

// exp returns eˣ.
func (v *vec) exp(x operand.Op) reg.VecVirtual {
	n, q := v.reduce(x)
	e := v.add(q, v.c(1))
	if v.wide() {
		v.VSCALEFPS(n, e, e)
		return e
	}
	// 2ⁿ in two halves, so that the ends of the range don't overflow.
	half := v.new()
	v.VROUNDPS(operand.U8(8), v.mul(n, v.c(0.5)), half)
	return v.mul(v.mul(e, v.power(half)), v.power(v.sub(n, half)))
}

// expm1 returns eˣ - 1 for x at most 0, accurate near 0.
func (v *vec) expm1(x operand.Op) reg.VecVirtual {
	n, q := v.reduce(v.max(v.c(-80), x)) // -1 long before
	var s reg.VecVirtual
	if v.wide() {
		s = v.copy(v.c(1))
		v.VSCALEFPS(n, s, s)
	} else {
		s = v.power(n)
	}
	return v.fma(s, q, v.sub(s, v.c(1)))
}

// sigmoid returns 1 / (1 + e⁻ˣ).
func (v *vec) sigmoid(x operand.Op) reg.VecVirtual {
	return v.div(v.c(1), v.add(v.exp(v.negate(x)), v.c(1)))
}

// sigmoids returns sigmoid(x) and sigmoid(-x), which is 1 less the first but
// keeps its digits where that is near 1.
func (v *vec) sigmoids(x operand.Op) (s, other reg.VecVirtual) {
	e := v.exp(v.negate(x))
	s = v.div(v.c(1), v.add(e, v.c(1)))
	return s, v.min(v.mul(e, s), v.c(1)) // 1 where e·s is ∞·0
}

// tanh from t = e^(-2|x|) - 1: |tanh x| = -t / (t + 2).
func (v *vec) tanh(x operand.Op) reg.VecVirtual {
	t := v.expm1(v.mul(v.abs(x), v.c(-2)))
	y := v.div(t, v.add(t, v.c(2)))
	return v.or(v.abs(y), v.and(x, v.bits(0x80000000)))
}

// log1p returns log(1 + u) for u in [0, 1]: with s = u/(u+2) it is
// 2·atanh(s) = 2s·(1 + s²·p(s²)).
func (v *vec) log1p(u operand.Op) reg.VecVirtual {
	s := v.div(u, v.add(u, v.c(2)))
	t := v.mul(s, s)
	// (atanh(s)/s - 1) / s²
	p := v.polynomial(t, 0.3333333781095388, 0.19999438873612027, 0.14308442360390103, 0.10713829204135379, 0.12150466651111973)
	s2 := v.add(s, s)
	return v.fma(v.mul(s2, t), p, s2)
}

// softplus returns log(1 + eˣ) = max(x, 0) + log1p(e^-|x|).
func (v *vec) softplus(x operand.Op) reg.VecVirtual {
	u := v.exp(v.or(x, v.bits(0x80000000)))
	return v.add(v.log1p(u), v.maxC(0, x))
}

// normal returns Φ(x), the normal distribution function, and e^(-x²/2).
// Φ(-|x|) = e^(-x²/2)/2 · k·p(k), k = 1/(1 + |x|/4).
func (v *vec) normal(x operand.Op) (phi, bell reg.VecVirtual) {
	a := v.min(v.c(100), v.abs(x))
	bell = v.exp(v.mul(v.mul(a, v.c(-0.5)), a))
	k := v.div(v.c(1), v.fma(a, v.c(0.25), v.c(1)))
	// erfc(x/√2)·e^(x²/2)/k
	p := v.polynomial(k, 0.19947113338326075, 0.1994728733461939, 0.18693251325479476, 0.16320699060851857,
		0.11795212035711473, 0.1273789456766979, -0.06338233942054118, 0.19112510313508638, -0.16170989782966017, 0.03955252331088036)
	tail := v.mul(v.mul(bell, v.c(0.5)), v.mul(k, p))
	return v.sel(v.cmp(greaterThan, x, v.c(0)), v.sub(v.c(1), tail), tail), bell
}

// rsqrt returns 1/√x: the CPU's estimate and a Newton step (two where the
// estimate has 12 bits only).
func (v *vec) rsqrt(x operand.Op) reg.VecVirtual {
	r := v.new()
	if v.wide() {
		v.VRSQRT14PS(x, r)
	} else {
		v.VRSQRTPS(x, r)
	}
	// r·(3/2 - x/2·r²)
	half := v.mul(x, v.c(0.5))
	return v.mul(r, v.fnma(v.mul(half, r), r, v.c(1.5)))
}
