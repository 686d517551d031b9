package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Elementwise operations on images with channels last go over the channels of
// each of count pixels, which lie so many bytes apart as each operand's step
// says; a step of 0 gives all pixels the same operand. Results are clamped to
// lo ... hi.
func pixelRows(name, doc string, body func(v *vec, x regs) reg.VecVirtual, operands ...string) kernel {
	args := ""
	for _, o := range operands {
		args += fmt.Sprintf("%s *float32, %[1]sStep int, ", o)
	}
	return kernel{
		name: name, doc: doc, args: args + "y *float32, yStep, channels, count int, lo, hi float32",
		write: func(v *vec) { v.pixelRows(operands, body) },
	}
}

var pixelwise = []kernel{
	pixelRows("AddPixels", "computes y = a + b.", func(v *vec, x regs) reg.VecVirtual { return v.add(x[0], x[1]) }, "a", "b"),
	pixelRows("MulPixels", "computes y = a·b.", func(v *vec, x regs) reg.VecVirtual { return v.mul(x[0], x[1]) }, "a", "b"),
	pixelRows("AffinePixels", "computes y = x·scale + shift.", func(v *vec, x regs) reg.VecVirtual { return v.fma(x[0], x[1], x[2]) }, "x", "scale", "shift"),
	pixelRows("ClampPixels", "computes y = x.", func(v *vec, x regs) reg.VecVirtual { return v.copy(x[0]) }, "x"),
}

func (v *vec) pixelRows(operands []string, body func(v *vec, x regs) reg.VecVirtual) {
	const unroll = 4
	width := 4 * v.lanes
	base := map[string]reg.GPVirtual{}
	for _, o := range append(operands, "y") {
		base[o] = v.loadArg(o)
	}
	lo, hi := v.new(), v.new()
	v.VBROADCASTSS(v.argMem("lo"), lo)
	v.VBROADCASTSS(v.argMem("hi"), hi)
	off, bound := v.GP64(), v.GP64()
	step := func(i int) {
		at := func(o string) operand.Mem {
			return operand.Mem{Base: base[o], Index: off, Scale: 1, Disp: i * width}
		}
		var x regs
		for _, o := range operands {
			x = append(x, v.load(at(o)))
		}
		// Of two operands, one of them NaN, max and min give the second.
		v.store(v.min(hi, v.max(lo, body(v, x))), at("y"))
	}
	v.Label("pixel")
	v.XORQ(off, off)
	v.MOVQ(v.argMem("channels"), bound)
	v.SHLQ(operand.U8(2), bound)
	v.alongChannels(off, bound, unroll, func(vectors int) {
		for i := range vectors {
			step(i)
		}
	})
	for _, o := range append(operands, "y") {
		v.ADDQ(v.argMem(o+"Step"), base[o])
	}
	v.DECQ(v.argMem("count"))
	v.JNE(operand.LabelRef("pixel"))
	v.VZEROUPPER()
	v.RET()
}

// alongChannels does step for one vector of a pixel's channels after the other,
// so many at once where there are as many, and with a mask for the last few. off
// counts bytes from 0 up to bound, which has the bytes of all channels.
func (v *vec) alongChannels(off, bound reg.GPVirtual, vectors int, step func(vectors int)) {
	width := 4 * v.lanes
	v.SUBQ(operand.I32(vectors*width), bound)
	if vectors > 1 {
		v.Label("several")
		v.CMPQ(off, bound)
		v.JG(operand.LabelRef("few"))
		step(vectors)
		v.ADDQ(operand.I32(vectors*width), off)
		v.JMP(operand.LabelRef("several"))
		v.Label("few")
		v.ADDQ(operand.I32((vectors-1)*width), bound)
	}
	v.Label("single")
	v.CMPQ(off, bound)
	v.JG(operand.LabelRef("rest"))
	step(1)
	v.ADDQ(operand.I32(width), off)
	v.JMP(operand.LabelRef("single"))
	v.Label("rest")
	v.ADDQ(operand.I32(width), bound)
	v.CMPQ(off, bound)
	v.JGE(operand.LabelRef("done"))
	rest := v.loadArg("channels")
	v.ANDQ(operand.I32(v.lanes-1), rest)
	v.live = v.maskFor(rest)
	step(1)
	v.live = nil
	v.Label("done")
}
