package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// gradient4 computes Ay of four values in registers 0 to 3. Registers 14 and
// 15 hold 2 and 4.
func gradient4(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c2, c4 := r(14), r(15)
	f.VADDPS(r(2), r(0), r(4))
	f.VADDPS(r(3), r(1), r(5))
	f.VMOVAPS(r(0), r(6))
	f.VFMADD231PS(c4, r(2), r(6))
	f.VFMADD231PS(c4, r(3), r(1))
	f.VADDPS(r(5), r(4), r(7))
	f.VSUBPS(r(5), r(4), r(8))
	f.VMOVAPS(r(6), r(9))
	f.VFMADD231PS(c2, r(1), r(6))
	f.VFNMADD231PS(c2, r(1), r(9))
	return []VecPhysical{r(0), r(7), r(8), r(6), r(9), r(3)}
}

// gradient2 is the same for two values.
func gradient2(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c2 := r(14)
	f.VADDPS(r(1), r(0), r(4))
	f.VSUBPS(r(1), r(0), r(5))
	f.VMOVAPS(r(0), r(6))
	f.VMOVAPS(r(0), r(7))
	f.VFMADD231PS(c2, r(1), r(6))
	f.VFNMADD231PS(c2, r(1), r(7))
	return []VecPhysical{r(0), r(4), r(5), r(6), r(7), r(1)}
}

func winogradGradient(f *file, t target, size winogradSize) {
	f.text("winogradGradient"+size.suffix+t.name, "(src *float32, rowStride int, dst *float32, xiStride, tileStride, tiles int, tmp *float32)",
		"transforms a row of tiles of a result's gradient.")
	width := 4 * t.lanes
	src, rowStride, dst, xi, step, n, tmp := RSI, RBX, RDI, RDX, R8, RCX, R9
	p, q, xi6 := R10, R11, R12
	f.Load(f.Param("src"), src)
	f.Load(f.Param("rowStride"), rowStride)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("tileStride"), step)
	f.Load(f.Param("tiles"), n)
	f.Load(f.Param("tmp"), tmp)
	constant(f, t.reg(14), bits2)
	constant(f, t.reg(15), bits4)
	f.LEAQ(Mem{Base: xi, Index: xi, Scale: 2}, xi6)
	f.ADDQ(xi6, xi6)
	f.Label("tile")
	f.MOVQ(src, p)
	for i := range size.results {
		for j := range size.results {
			f.VMOVUPS(Mem{Base: p, Disp: j * width}, t.reg(j))
		}
		for j, o := range size.gradient(f, t) {
			f.VMOVUPS(o, Mem{Base: tmp, Disp: (i*6 + j) * width})
		}
		if i < size.results-1 {
			f.ADDQ(rowStride, p)
		}
	}
	f.MOVQ(dst, p)
	for j := range 6 {
		for i := range size.results {
			f.VMOVUPS(Mem{Base: tmp, Disp: (i*6 + j) * width}, t.reg(i))
		}
		f.MOVQ(p, q)
		for i, o := range size.gradient(f, t) {
			f.VMOVUPS(o, Mem{Base: q})
			if i < 5 {
				f.ADDQ(xi6, q)
			}
		}
		f.ADDQ(xi, p)
	}
	f.ADDQ(U32(uint32(size.results*width)), src)
	f.ADDQ(step, dst)
	f.DECQ(n)
	f.JNE(LabelRef("tile"))
	f.VZEROUPPER()
	f.RET()
}

// kernels3 computes Gᵀu of six values in registers 0 to 5.
func kernels3(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c6, c12, c24, c4 := r(12), r(13), r(14), r(15)
	f.VADDPS(r(2), r(1), r(6)) // u1+u2
	f.VSUBPS(r(1), r(2), r(7)) // u2-u1
	f.VADDPS(r(4), r(3), r(8)) // u3+u4
	f.VSUBPS(r(4), r(3), r(9)) // u3-u4
	f.VMULPS(c4, r(0), r(0))
	f.VFNMADD231PS(c6, r(6), r(0))
	f.VFNMADD231PS(c6, r(6), r(5))
	f.VMULPS(c6, r(7), r(7))
	f.VFMADD231PS(c24, r(8), r(0))
	f.VFMADD231PS(c6, r(8), r(5))
	f.VFMADD231PS(c12, r(9), r(7))
	return []VecPhysical{r(0), r(7), r(5)}
}

// kernels5 is the same for five results.
func kernels5(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c3, c23, c6, c12, c24, c4 := r(10), r(11), r(12), r(13), r(14), r(15)
	f.VADDPS(r(2), r(1), r(6))
	f.VSUBPS(r(1), r(2), r(7))
	f.VADDPS(r(4), r(3), r(8))
	f.VSUBPS(r(4), r(3), r(9))
	f.VMULPS(c6, r(6), r(6)) // (u1+u2)/6
	f.VMULPS(c6, r(7), r(7)) // (u2-u1)/6
	f.VMULPS(c4, r(0), r(0))
	f.VMULPS(c6, r(8), r(2))
	f.VMOVAPS(r(7), r(1))
	f.VMOVAPS(r(7), r(3))
	f.VSUBPS(r(6), r(0), r(0))
	f.VSUBPS(r(6), r(2), r(2))
	f.VSUBPS(r(6), r(5), r(5))
	f.VFMADD231PS(c24, r(8), r(0))
	f.VFMADD231PS(c12, r(9), r(1))
	f.VFMADD231PS(c3, r(9), r(3))
	f.VFMADD231PS(c23, r(8), r(5))
	return []VecPhysical{r(0), r(1), r(2), r(3), r(5)}
}

func winogradKernels(f *file, t target, size winogradSize) {
	f.text("winogradKernels"+size.suffix+t.name, "(src *float32, xiStride, srcStride int, dst *float32, tapStride, dstStride, n int, tmp *float32)",
		"transforms sums of products back to n gradients of kernels.")
	width := 4 * t.lanes
	src, xi, srcStep, dst, tap, dstStep, n, tmp := RSI, RDX, R8, RDI, RBX, R13, RCX, R9
	p, q, xi6 := R10, R11, R12
	f.Load(f.Param("src"), src)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("srcStride"), srcStep)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("tapStride"), tap)
	f.Load(f.Param("dstStride"), dstStep)
	f.Load(f.Param("n"), n)
	f.Load(f.Param("tmp"), tmp)
	r := t.reg
	constant(f, r(10), bits13)
	constant(f, r(11), bits23)
	constant(f, r(12), bits6)
	constant(f, r(13), bits12)
	constant(f, r(14), bits24)
	constant(f, r(15), bits14)
	f.LEAQ(Mem{Base: xi, Index: xi, Scale: 2}, xi6)
	f.ADDQ(xi6, xi6)
	f.Label("kernel")
	f.MOVQ(src, p)
	for j := range 6 {
		f.MOVQ(p, q)
		for i := range 6 {
			f.VMOVUPS(Mem{Base: q}, r(i))
			if i < 5 {
				f.ADDQ(xi6, q)
			}
		}
		for i, o := range size.kernel(f, t) {
			f.VMOVUPS(o, Mem{Base: tmp, Disp: (i*6 + j) * width})
		}
		f.ADDQ(xi, p)
	}
	f.MOVQ(dst, p)
	for i := range size.taps {
		for j := range 6 {
			f.VMOVUPS(Mem{Base: tmp, Disp: (i*6 + j) * width}, r(j))
		}
		for _, o := range size.kernel(f, t) {
			f.VMOVUPS(o, Mem{Base: p})
			f.ADDQ(tap, p)
		}
	}
	f.ADDQ(srcStep, src)
	f.ADDQ(dstStep, dst)
	f.DECQ(n)
	f.JNE(LabelRef("kernel"))
	f.VZEROUPPER()
	f.RET()
}
