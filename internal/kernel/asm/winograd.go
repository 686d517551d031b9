package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// winograd writes the transforms of F(4x4, 3x3) and F(2x2, 5x5) for vectors
// whose lanes are channels: every matrix element is a whole vector.
func winograd(f *file) {
	for _, t := range []target{avx512, avx2} {
		winogradInput(f, t)
		for _, size := range []winogradSize{
			{"4", 4, 3, output4, weights3, gradient4, kernels3},
			{"2", 2, 5, output2, weights5, gradient2, kernels5},
		} {
			winogradOutput(f, t, size)
			winogradWeights(f, t, size)
			winogradGradient(f, t, size)
			winogradKernels(f, t, size)
		}
	}
}

// oneD transforms the values in the first registers and tells where the
// results are.
type oneD func(f *file, t target) (out []VecPhysical)

// winogradSize is F(results × results, taps × taps): both work on 6x6 tiles,
// so that they share points and the input's transform.
type winogradSize struct {
	suffix                            string
	results, taps                     int
	output, weights, gradient, kernel oneD
}

// constant fills a register with a number.
func constant(f *file, r VecPhysical, bits uint32) {
	f.MOVL(U32(bits), EAX)
	f.VMOVD(EAX, r.AsX())
	f.VBROADCASTSS(r.AsX(), r)
}

const (
	bits2  = 0x40000000
	bits4  = 0x40800000
	bits5  = 0x40a00000
	bits8  = 0x41000000
	bits6  = 0x3e2aaaab // 1/6
	bitsN6 = 0xbe2aaaab // -1/6
	bits12 = 0x3daaaaab // 1/12
	bits24 = 0x3d2aaaab // 1/24
	bits14 = 0x3e800000 // 1/4
	bits13 = 0x3eaaaaab // 1/3
	bits23 = 0x3f2aaaab // 2/3
)

// input6 computes Bᵀd of six values in registers 0 to 5 and tells where the
// results are. Registers 13 to 15 hold 2, 4 and 5.
func input6(f *file, t target) (out []VecPhysical) {
	r := t.reg
	d0, d1, d2, d3, d4, d5 := r(0), r(1), r(2), r(3), r(4), r(5)
	a, b, e, g := r(6), r(7), r(8), r(9)
	c2, c4, c5 := r(13), r(14), r(15)
	f.VMOVAPS(d4, a)
	f.VMOVAPS(d3, b)
	f.VFNMADD231PS(c4, d2, a)
	f.VFNMADD231PS(c4, d1, b)
	f.VSUBPS(d2, d4, e)
	f.VSUBPS(d1, d3, g)
	f.VFNMADD231PS(c5, d2, d4)
	f.VFNMADD231PS(c5, d3, d5)
	f.VFMADD231PS(c4, d0, d4)
	f.VFMADD231PS(c4, d1, d5)
	f.VADDPS(b, a, d0)
	f.VSUBPS(b, a, d1)
	f.VMOVAPS(e, d2)
	f.VFMADD231PS(c2, g, d2)
	f.VFNMADD231PS(c2, g, e)
	return []VecPhysical{d4, d0, d1, d2, e, d5}
}

func winogradInput(f *file, t target) {
	f.text("winogradInput"+t.name, "(src *float32, rowStride, srcStride int, dst *float32, xiStride, tileStride, tiles int, tmp *float32)",
		"transforms a row of 6x6 tiles.")
	width := 4 * t.lanes
	src, rowStride, dst, xi, step, n, tmp := RSI, RBX, RDI, RDX, R8, RCX, R9
	p, q, xi6 := R10, R11, R12
	f.Load(f.Param("src"), src)
	f.Load(f.Param("rowStride"), rowStride)
	f.Load(f.Param("srcStride"), R13)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("tileStride"), step)
	f.Load(f.Param("tiles"), n)
	f.Load(f.Param("tmp"), tmp)
	constant(f, t.reg(13), bits2)
	constant(f, t.reg(14), bits4)
	constant(f, t.reg(15), bits5)
	f.LEAQ(Mem{Base: xi, Index: xi, Scale: 2}, xi6)
	f.ADDQ(xi6, xi6)
	f.Label("tile")
	f.MOVQ(src, p)
	for i := range 6 {
		for j := range 6 {
			f.VMOVUPS(Mem{Base: p, Disp: j * width}, t.reg(j))
		}
		for j, o := range input6(f, t) {
			f.VMOVUPS(o, Mem{Base: tmp, Disp: (i*6 + j) * width})
		}
		if i < 5 {
			f.ADDQ(rowStride, p)
		}
	}
	f.MOVQ(dst, p)
	for j := range 6 {
		for i := range 6 {
			f.VMOVUPS(Mem{Base: tmp, Disp: (i*6 + j) * width}, t.reg(i))
		}
		f.MOVQ(p, q)
		for i, o := range input6(f, t) {
			f.VMOVUPS(o, Mem{Base: q})
			if i < 5 {
				f.ADDQ(xi6, q)
			}
		}
		f.ADDQ(xi, p)
	}
	f.ADDQ(R13, src)
	f.ADDQ(step, dst)
	f.DECQ(n)
	f.JNE(LabelRef("tile"))
	f.VZEROUPPER()
	f.RET()
}

// output4 computes Aᵀm of six values in registers 0 to 5. Registers 13 to 15
// hold 2, 4 and 8.
func output4(f *file, t target) (out []VecPhysical) {
	r := t.reg
	m0, m1, m2, m3, m4, m5 := r(0), r(1), r(2), r(3), r(4), r(5)
	s, u, p, q := r(6), r(7), r(8), r(10)
	c2, c4, c8 := r(13), r(14), r(15)
	o3 := r(9)
	f.VADDPS(m2, m1, s)
	f.VSUBPS(m2, m1, u)
	f.VADDPS(m4, m3, p)
	f.VSUBPS(m4, m3, q)
	f.VADDPS(m5, u, o3)
	f.VADDPS(s, m0, m0)
	f.VFMADD231PS(c8, q, o3)
	f.VFMADD231PS(c2, q, u) // 1
	f.VADDPS(p, m0, m0)
	f.VFMADD231PS(c4, p, s) // 2
	return []VecPhysical{m0, u, s, o3}
}

// output2 is the same for two results.
func output2(f *file, t target) (out []VecPhysical) {
	r := t.reg
	f.VADDPS(r(1), r(0), r(0))
	f.VSUBPS(r(2), r(1), r(6))
	f.VADDPS(r(2), r(0), r(0))
	f.VSUBPS(r(4), r(3), r(7))
	f.VADDPS(r(3), r(0), r(0))
	f.VADDPS(r(5), r(6), r(6))
	f.VADDPS(r(4), r(0), r(0))
	f.VFMADD231PS(r(13), r(7), r(6))
	return []VecPhysical{r(0), r(6)}
}

func winogradOutput(f *file, t target, size winogradSize) {
	f.text("winogradOutput"+size.suffix+t.name, "(src *float32, xiStride, tileStride int, dst *float32, rowStride, tiles int, bias *float32, relu int, tmp *float32)",
		"transforms products back to results, the last tile of a row first:\n// what sticks out of a row is overwritten by the next one. Bias may be nil.")
	width := 4 * t.lanes
	src, xi, step, dst, rowStride, n, bias, relu, tmp := RSI, RDX, R8, RDI, RBX, RCX, R13, R14, R9
	p, q, xi6 := R10, R11, R12
	f.Load(f.Param("src"), src)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("tileStride"), step)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("rowStride"), rowStride)
	f.Load(f.Param("tiles"), n)
	f.Load(f.Param("bias"), bias)
	f.Load(f.Param("relu"), relu)
	f.Load(f.Param("tmp"), tmp)
	r := t.reg
	constant(f, r(13), bits2)
	constant(f, r(14), bits4)
	constant(f, r(15), bits8)
	f.VXORPS(r(11), r(11), r(11))
	f.TESTQ(bias, bias)
	f.JE(LabelRef("nobias"))
	f.VMOVUPS(Mem{Base: bias}, r(11))
	f.Label("nobias")
	// Without ReLU, the lower bound is minus infinity.
	f.VXORPS(r(12), r(12), r(12))
	f.TESTQ(relu, relu)
	f.JNE(LabelRef("bounded"))
	constant(f, r(12), 0xff800000)
	f.Label("bounded")
	f.LEAQ(Mem{Base: xi, Index: xi, Scale: 2}, xi6)
	f.ADDQ(xi6, xi6)
	f.Label("tile")
	f.MOVQ(src, p)
	for j := range 6 {
		f.MOVQ(p, q)
		for i := range 6 {
			f.VMOVUPS(Mem{Base: q}, r(i))
			if i < 5 {
				f.ADDQ(xi6, q)
			}
		}
		for i, o := range size.output(f, t) {
			f.VMOVUPS(o, Mem{Base: tmp, Disp: (i*6 + j) * width})
		}
		f.ADDQ(xi, p)
	}
	f.MOVQ(dst, p)
	for i := range size.results {
		for j := range 6 {
			f.VMOVUPS(Mem{Base: tmp, Disp: (i*6 + j) * width}, r(j))
		}
		for j, o := range size.output(f, t) {
			f.VADDPS(r(11), o, o)
			f.VMAXPS(o, r(12), o)
			f.VMOVUPS(o, Mem{Base: p, Disp: j * width})
		}
		if i < size.results-1 {
			f.ADDQ(rowStride, p)
		}
	}
	f.SUBQ(U32(uint32(size.results*width)), dst)
	f.SUBQ(step, src)
	f.DECQ(n)
	f.JNE(LabelRef("tile"))
	f.VZEROUPPER()
	f.RET()
}

// weights3 computes Gg of registers 0, 1, 2 into 3 to 7 and 2.
func weights3(f *file, t target) (out []VecPhysical) {
	r := t.reg
	n6, c12, c24, c4 := r(12), r(13), r(14), r(15)
	g0, g1, g2 := r(0), r(1), r(2)
	f.VMULPS(c4, g0, r(3))
	f.VADDPS(g2, g0, r(8))
	f.VMULPS(n6, r(8), r(8))
	f.VMULPS(n6, g1, r(9))
	f.VADDPS(r(9), r(8), r(4))
	f.VSUBPS(r(9), r(8), r(5))
	f.VMULPS(c24, g0, r(10))
	f.VFNMADD231PS(n6, g2, r(10))
	f.VMOVAPS(r(10), r(6))
	f.VMOVAPS(r(10), r(7))
	f.VFMADD231PS(c12, g1, r(6))
	f.VFNMADD231PS(c12, g1, r(7))
	return []VecPhysical{r(3), r(4), r(5), r(6), r(7), g2}
}

// weights5 computes Gg of registers 0 to 4.
func weights5(f *file, t target) (out []VecPhysical) {
	r := t.reg
	four, n6, c24, c4 := r(11), r(12), r(14), r(15)
	f.VMOVAPS(r(2), r(5))
	f.VFMADD231PS(four, r(4), r(5))
	f.VMOVAPS(r(0), r(6))
	f.VFMADD231PS(four, r(5), r(6)) // g0 + 4g2 + 16g4
	f.VMOVAPS(r(1), r(5))
	f.VFMADD231PS(four, r(3), r(5))
	f.VADDPS(r(5), r(5), r(5)) // 2g1 + 8g3
	f.VADDPS(r(0), r(2), r(2))
	f.VADDPS(r(4), r(2), r(2)) // g0 + g2 + g4
	f.VADDPS(r(3), r(1), r(1)) // g1 + g3
	f.VADDPS(r(5), r(6), r(7))
	f.VSUBPS(r(5), r(6), r(8))
	f.VADDPS(r(1), r(2), r(9))
	f.VSUBPS(r(1), r(2), r(10))
	f.VMULPS(c24, r(7), r(7))
	f.VMULPS(c24, r(8), r(8))
	f.VMULPS(n6, r(9), r(9))
	f.VMULPS(n6, r(10), r(10))
	f.VMULPS(c4, r(0), r(0))
	return []VecPhysical{r(0), r(9), r(10), r(7), r(8), r(4)}
}

func winogradWeights(f *file, t target, size winogradSize) {
	f.text("winogradWeights"+size.suffix+t.name, "(src *float32, tapStride, srcStride int, dst *float32, xiStride, dstStride, n int, tmp *float32)",
		"transforms n kernels, whose elements are tapStride bytes apart.")
	width := 4 * t.lanes
	src, tap, srcStep, dst, xi, dstStep, n, tmp := RSI, RBX, R8, RDI, RDX, R13, RCX, R9
	p, q, tapRow := R10, R11, R12
	f.Load(f.Param("src"), src)
	f.Load(f.Param("tapStride"), tap)
	f.Load(f.Param("srcStride"), srcStep)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("dstStride"), dstStep)
	f.Load(f.Param("n"), n)
	f.Load(f.Param("tmp"), tmp)
	r := t.reg
	constant(f, r(11), bits4)
	constant(f, r(12), bitsN6)
	constant(f, r(13), bits12)
	constant(f, r(14), bits24)
	constant(f, r(15), bits14)
	f.LEAQ(Mem{Base: tap, Index: tap, Scale: uint8(size.taps - 1)}, tapRow)
	f.Label("kernel")
	f.MOVQ(src, p)
	for j := range size.taps {
		f.MOVQ(p, q)
		for i := range size.taps {
			f.VMOVUPS(Mem{Base: q}, r(i))
			if i < size.taps-1 {
				f.ADDQ(tapRow, q)
			}
		}
		for i, o := range size.weights(f, t) {
			f.VMOVUPS(o, Mem{Base: tmp, Disp: (i*size.taps + j) * width})
		}
		f.ADDQ(tap, p)
	}
	f.MOVQ(dst, p)
	for i := range 6 {
		for j := range size.taps {
			f.VMOVUPS(Mem{Base: tmp, Disp: (i*size.taps + j) * width}, r(j))
		}
		for _, o := range size.weights(f, t) {
			f.VMOVUPS(o, Mem{Base: p})
			f.ADDQ(xi, p)
		}
	}
	f.ADDQ(srcStep, src)
	f.ADDQ(dstStep, dst)
	f.DECQ(n)
	f.JNE(LabelRef("kernel"))
	f.VZEROUPPER()
	f.RET()
}
