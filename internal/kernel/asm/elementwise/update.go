package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

var updates = []kernel{
	{
		name: "SGD", doc: "computes v = momentum·v + undamped·d, w -= lr·(own·d + ahead·v), d = sign·g + decay·w.",
		in: []string{"grad"}, inOut: []string{"w", "v"}, params: []string{"sign", "decay", "momentum", "undamped", "lr", "own", "ahead"},
		body: func(v *vec, x regs) regs {
			p := v.params
			d := v.fma(x[1], p["decay"], v.mul(x[0], p["sign"]))
			m := v.fma(x[2], p["momentum"], v.mul(d, p["undamped"]))
			step := v.fma(d, p["own"], v.mul(m, p["ahead"]))
			return regs{v.fnma(step, p["lr"], x[1]), m}
		},
	},
	{
		name: "Adam", doc: "computes m = b1·m + c1·d, v = b2·v + c2·d², w = shrink·w - step·m/(√v·root + eps), d = sign·g + decay·w.",
		in: []string{"grad"}, inOut: []string{"w", "m", "v"},
		params: []string{"sign", "decay", "b1", "c1", "b2", "c2", "shrink", "step", "root", "eps"},
		body: func(v *vec, x regs) regs {
			p := v.params
			d := v.fma(x[1], p["decay"], v.mul(x[0], p["sign"]))
			m := v.fma(x[2], p["b1"], v.mul(d, p["c1"]))
			s := v.fma(x[3], p["b2"], v.mul(v.mul(d, d), p["c2"]))
			q := v.div(v.mul(m, p["step"]), v.fma(v.sqrt(s), p["root"], p["eps"]))
			w := v.mul(x[1], p["shrink"])
			return regs{v.sub(w, q), m, s}
		},
	},
	{
		name: "Dropout", doc: "fills mask with keep, or 0 where the hash of first, first+1, ... is under threshold.",
		out: []string{"mask"}, params: []string{"keep"}, ints: []string{"first", "key1", "key2", "threshold"},
		body: dropout,
	},
}

// dropout keeps its counters in the broadcast parameter first, which starts as
// the index of the first element and becomes that of each lane.
func dropout(v *vec, _ regs) regs {
	i := v.add32(v.params["first"], v.laneNumbers())
	h := v.add32(v.mul32(i, 0x9E3779B9), v.params["key1"])
	h = v.mul32(v.shiftXor(h, 16), 0x85EBCA6B)
	h = v.add32(v.shiftXor(h, 13), v.params["key2"])
	h = v.mul32(h, 0xC2B2AE35)
	h = v.mul32(v.shiftXor(h, 16), 0x85EBCA6B)
	h = v.shiftXor(h, 15)
	v.VPADDD(v.bits(uint32(v.lanes)), v.params["first"], v.params["first"])
	// Unsigned h >= threshold is max(h, threshold) == h.
	m := v.new()
	v.VPMAXUD(v.params["threshold"], h, m)
	if v.wide() {
		k := v.K()
		v.VPCMPEQD(h, m, k)
		return regs{v.keep(k, v.params["keep"])}
	}
	v.VPCMPEQD(h, m, m)
	return regs{v.keep(m, v.params["keep"])}
}

func (v *vec) add32(a, b operand.Op) reg.VecVirtual { return v.op(v.VPADDD, b, a) }
func (v *vec) mul32(a operand.Op, c uint32) reg.VecVirtual {
	return v.op(v.VPMULLD, v.bits(c), a)
}

// shiftXor returns a ^ a>>n.
func (v *vec) shiftXor(a operand.Op, n uint8) reg.VecVirtual {
	s := v.new()
	v.VPSRLD(operand.U8(n), a, s)
	return v.xor(a, s)
}

// laneNumbers is the vector 0, 1, 2, ... in memory.
func (v *vec) laneNumbers() operand.Mem {
	return v.table("numbers", func() {
		for i := range v.lanes {
			v.AddDatum(4*i, operand.U32(i))
		}
	})
}
