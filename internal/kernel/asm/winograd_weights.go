package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// gradient4 computes Ay of four values in registers 0 to 3. Registers 12 to 15
// hold gradientConstants.
func gradient4(f *file, t target) (out []VecPhysical) {
	r := t.reg
	half, two, pa, pb := r(12), r(13), r(14), r(15)
	f.VMOVAPS(r(0), r(4))
	f.VMOVAPS(r(1), r(5))
	f.VMOVAPS(r(0), r(6))
	f.VFMADD231PS(half, r(2), r(4))
	f.VFMADD231PS(half, r(3), r(5))
	f.VFMADD231PS(two, r(2), r(6))
	f.VFMADD231PS(two, r(3), r(1))
	f.VMOVAPS(r(4), r(7))
	f.VMOVAPS(r(6), r(8))
	f.VFMADD231PS(pa, r(5), r(4))
	f.VFNMADD231PS(pa, r(5), r(7))
	f.VFMADD231PS(pb, r(1), r(6))
	f.VFNMADD231PS(pb, r(1), r(8))
	return []VecPhysical{r(0), r(4), r(7), r(6), r(8), r(3)}
}

var gradientConstants = []float64{0.5, 2, pointA, pointB}

// gradient2 is the same for two values.
func gradient2(f *file, t target) (out []VecPhysical) {
	r := t.reg
	pa, pb := r(14), r(15)
	for i := 4; i < 8; i++ {
		f.VMOVAPS(r(0), r(i))
	}
	f.VFMADD231PS(pa, r(1), r(4))
	f.VFNMADD231PS(pa, r(1), r(5))
	f.VFMADD231PS(pb, r(1), r(6))
	f.VFNMADD231PS(pb, r(1), r(7))
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
	constants(f, t, 12, gradientConstants...)
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

// kernels3 computes Gᵀu of six values in registers 0 to 5. Registers 11 to 15
// hold kernelConstants.
func kernels3(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c23, c13, c16, ka, kb := r(11), r(12), r(13), r(14), r(15)
	f.VADDPS(r(2), r(1), r(6)) // u1+u2
	f.VSUBPS(r(1), r(2), r(7)) // u2-u1
	f.VADDPS(r(4), r(3), r(8)) // u3+u4
	f.VSUBPS(r(4), r(3), r(9)) // u3-u4
	f.VFNMADD231PS(c23, r(6), r(0))
	f.VFNMADD231PS(c13, r(6), r(5))
	f.VMULPS(ka, r(7), r(7))
	f.VFMADD231PS(c16, r(8), r(0))
	f.VFMADD231PS(c13, r(8), r(5))
	f.VFMADD231PS(kb, r(9), r(7))
	return []VecPhysical{r(0), r(7), r(5)}
}

// kernels5 is the same for five results.
func kernels5(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c23, c13, c16, ka, kb := r(11), r(12), r(13), r(14), r(15)
	f.VADDPS(r(2), r(1), r(6))
	f.VSUBPS(r(1), r(2), r(7))
	f.VADDPS(r(4), r(3), r(8))
	f.VSUBPS(r(4), r(3), r(9))
	f.VFNMADD231PS(c23, r(6), r(0))
	f.VFNMADD231PS(c16, r(6), r(5))
	f.VMULPS(ka, r(7), r(1))
	f.VMULPS(kb, r(7), r(3))
	f.VSUBPS(r(6), r(8), r(2))
	f.VFMADD231PS(c16, r(8), r(0))
	f.VFMADD231PS(c23, r(8), r(5))
	f.VFMADD231PS(kb, r(9), r(1))
	f.VFMADD231PS(ka, r(9), r(3))
	f.VMULPS(c13, r(2), r(2))
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
	constants(f, t, 11, kernelConstants...)
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
