package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// winograd writes the transforms of F(4x4, 3x3) and F(2x2, 5x5) for vectors
// whose lanes are channels: every matrix element is a whole vector. Those of
// F(2x2, 3x3) serve the forward pass alone; its weights' transform is among
// those for pixels.
func winograd(f *file, t target) {
	winogradInput(f, t, winogradSizes[0])
	winogradInput(f, t, smallSize)
	winogradOutput(f, t, smallSize)
	for _, size := range winogradSizes {
		winogradOutput(f, t, size)
		winogradWeights(f, t, size)
		winogradGradient(f, t, size)
		winogradKernels(f, t, size)
	}
}

// oneD transforms the values in the first registers and tells where the
// results are.
type oneD func(f *file, t target) (out []VecPhysical)

// winogradSize is F(results × results, taps × taps): those of 6x6 tiles share
// points and the input's transform.
type winogradSize struct {
	suffix                                   string
	results, taps                            int
	output, weights, gradient, kernel, input oneD
}

func (s winogradSize) tile() int { return s.results + s.taps - 1 }

var winogradSizes = []winogradSize{
	{"4", 4, 3, output4, weights3, gradient4, kernels3, input6},
	{"2", 2, 5, output2, weights5, gradient2, kernels5, input6},
}

// smallSize is F(2x2, 3x3), of 4x4 tiles.
var smallSize = winogradSize{"23", 2, 3, outputSmall, weightsSmall, nil, nil, inputSmall}

// constant fills a register with a number.
func constant(f *file, r VecPhysical, v float64) {
	f.MOVL(U32(math.Float32bits(float32(v))), EAX)
	f.VMOVD(EAX, r.AsX())
	f.VBROADCASTSS(r.AsX(), r)
}

// constants fills registers from the given one on.
func constants(f *file, t target, first int, values ...float64) {
	for i, v := range values {
		constant(f, t.reg(first+i), v)
	}
}

// Both sizes interpolate at 0, ±a, ±b and infinity with a = √½ and b = √2. The
// usual points 0, ±1 and ±2 cost as much and make twice the rounding error
// (Barabasz et al. 2020, arXiv:1803.10986, on the choice of points).
const (
	pointA = 0.5 * math.Sqrt2
	pointB = math.Sqrt2
)

// input6 computes Bᵀd of six values in registers 0 to 5 and tells where the
// results are. Registers 11 to 15 hold inputConstants.
func input6(f *file, t target) (out []VecPhysical) {
	r := t.reg
	d0, d1, d2, d3, d4, d5 := r(0), r(1), r(2), r(3), r(4), r(5)
	a, b, e, g := r(6), r(7), r(8), r(9)
	two, half, c25, pa, pb := r(11), r(12), r(13), r(14), r(15)
	f.VMOVAPS(d4, a)
	f.VMOVAPS(d3, b)
	f.VMOVAPS(d4, e)
	f.VMOVAPS(d3, g)
	f.VADDPS(d4, d0, d4)
	f.VADDPS(d5, d1, d5)
	f.VFNMADD231PS(two, d2, a)
	f.VFNMADD231PS(two, d1, b)
	f.VFNMADD231PS(half, d2, e)
	f.VFNMADD231PS(half, d1, g)
	f.VFNMADD231PS(c25, d2, d4)
	f.VFNMADD231PS(c25, d3, d5)
	f.VMOVAPS(a, d0)
	f.VMOVAPS(e, d2)
	f.VFMADD231PS(pa, b, d0)
	f.VFNMADD231PS(pa, b, a)
	f.VFMADD231PS(pb, g, d2)
	f.VFNMADD231PS(pb, g, e)
	return []VecPhysical{d4, d0, a, d2, e, d5}
}

var inputConstants = []float64{2, 0.5, 2.5, pointA, pointB}

func winogradInput(f *file, t target, size winogradSize) {
	tile := size.tile()
	f.text(fmt.Sprint("winogradInput", tile, t.name), "(src *float32, rowStride, srcStride int, dst *float32, xiStride, tileStride, tiles int, tmp *float32)",
		fmt.Sprintf("transforms a row of %dx%d tiles.", tile, tile))
	width := 4 * t.lanes
	src, rowStride, dst, xi, step, n, tmp := RSI, RBX, RDI, RDX, R8, RCX, R9
	p, q, xiRow := R10, R11, R12
	f.Load(f.Param("src"), src)
	f.Load(f.Param("rowStride"), rowStride)
	f.Load(f.Param("srcStride"), R13)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("tileStride"), step)
	f.Load(f.Param("tiles"), n)
	f.Load(f.Param("tmp"), tmp)
	constants(f, t, 11, inputConstants...)
	f.IMUL3Q(Imm(uint64(tile)), xi, xiRow)
	f.Label("tile")
	f.MOVQ(src, p)
	for i := range tile {
		for j := range tile {
			f.VMOVUPS(Mem{Base: p, Disp: j * width}, t.reg(j))
		}
		for j, o := range size.input(f, t) {
			f.VMOVUPS(o, Mem{Base: tmp, Disp: (i*tile + j) * width})
		}
		if i < tile-1 {
			f.ADDQ(rowStride, p)
		}
	}
	f.MOVQ(dst, p)
	for j := range tile {
		for i := range tile {
			f.VMOVUPS(Mem{Base: tmp, Disp: (i*tile + j) * width}, t.reg(i))
		}
		f.MOVQ(p, q)
		for i, o := range size.input(f, t) {
			f.VMOVUPS(o, Mem{Base: q})
			if i < tile-1 {
				f.ADDQ(xiRow, q)
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

// output4 computes Aᵀm of six values in registers 0 to 5. Registers 10 to 15
// hold outputConstants.
func output4(f *file, t target) (out []VecPhysical) {
	r := t.reg
	m0, s, p, m5 := r(0), r(1), r(3), r(5)
	u, q, o1, o2 := r(6), r(7), r(8), r(9)
	pa, pb, half, two, a3, b3 := r(10), r(11), r(12), r(13), r(14), r(15)
	f.VSUBPS(r(2), r(1), u)
	f.VSUBPS(r(4), r(3), q)
	f.VADDPS(r(2), r(1), s)
	f.VADDPS(r(4), r(3), p)
	f.VMULPS(pa, u, o1)
	f.VMULPS(half, s, o2)
	f.VADDPS(s, m0, m0)
	f.VFMADD231PS(a3, u, m5)
	f.VFMADD231PS(pb, q, o1)
	f.VFMADD231PS(two, p, o2)
	f.VADDPS(p, m0, m0)
	f.VFMADD231PS(b3, q, m5)
	return []VecPhysical{m0, o1, o2, m5}
}

var outputConstants = []float64{pointA, pointB, 0.5, 2, pointA / 2, 2 * pointB}

// output2 is the same for two results.
func output2(f *file, t target) (out []VecPhysical) {
	r := t.reg
	f.VSUBPS(r(2), r(1), r(6))
	f.VSUBPS(r(4), r(3), r(7))
	f.VADDPS(r(1), r(0), r(0))
	f.VADDPS(r(2), r(3), r(3))
	f.VFMADD231PS(r(10), r(6), r(5))
	f.VADDPS(r(4), r(0), r(0))
	f.VFMADD231PS(r(11), r(7), r(5))
	f.VADDPS(r(3), r(0), r(0))
	return []VecPhysical{r(0), r(5)}
}

func winogradOutput(f *file, t target, size winogradSize) {
	f.text("winogradOutput"+size.suffix+t.name, "(src *float32, xiStride, tileStride int, dst *float32, rowStride, tiles int, bias *float32, relu int, tmp *float32)",
		"transforms products back to results, the last tile of a row first:\n// what sticks out of a row is overwritten by the next one. Bias may be nil.")
	width := 4 * t.lanes
	src, xi, step, dst, rowStride, n, bias, relu, tmp := RSI, RDX, R8, RDI, RBX, RCX, R13, R14, R9
	p, q, xiRow := R10, R11, R12
	tile := size.tile()
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
	// The registers are needed: bias and lower bound wait behind the 24 vectors
	// of intermediate results.
	biasAt, boundAt := Mem{Base: tmp, Disp: 34 * width}, Mem{Base: tmp, Disp: 35 * width}
	f.VXORPS(r(0), r(0), r(0))
	f.TESTQ(bias, bias)
	f.JE(LabelRef("nobias"))
	f.VMOVUPS(Mem{Base: bias}, r(0))
	f.Label("nobias")
	f.VMOVUPS(r(0), biasAt)
	// Without ReLU, the lower bound is minus infinity.
	f.VXORPS(r(0), r(0), r(0))
	f.TESTQ(relu, relu)
	f.JNE(LabelRef("bounded"))
	constant(f, r(0), math.Inf(-1))
	f.Label("bounded")
	f.VMOVUPS(r(0), boundAt)
	constants(f, t, 10, outputConstants...)
	f.IMUL3Q(Imm(uint64(tile)), xi, xiRow)
	f.Label("tile")
	f.MOVQ(src, p)
	for j := range tile {
		f.MOVQ(p, q)
		for i := range tile {
			f.VMOVUPS(Mem{Base: q}, r(i))
			if i < tile-1 {
				f.ADDQ(xiRow, q)
			}
		}
		for i, o := range size.output(f, t) {
			f.VMOVUPS(o, Mem{Base: tmp, Disp: (i*tile + j) * width})
		}
		f.ADDQ(xi, p)
	}
	f.MOVQ(dst, p)
	for i := range size.results {
		for j := range tile {
			f.VMOVUPS(Mem{Base: tmp, Disp: (i*tile + j) * width}, r(j))
		}
		results := size.output(f, t)
		f.VMOVUPS(boundAt, r(4)) // the first operand: NaN stays
		for j, o := range results {
			f.VADDPS(biasAt, o, o)
			f.VMAXPS(o, r(4), o)
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

// weights3 computes Gg of registers 0, 1, 2 into 3 to 7 and 2. Registers 11 to
// 15 hold kernelConstants.
func weights3(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c23, c13, c16, ka, kb := r(11), r(12), r(13), r(14), r(15)
	g0, g1, g2 := r(0), r(1), r(2)
	f.VMULPS(c23, g0, r(8))
	f.VMULPS(c16, g0, r(9))
	f.VFMADD231PS(c13, g2, r(8))
	f.VFMADD231PS(c13, g2, r(9))
	f.VXORPS(r(10), r(10), r(10))
	f.VSUBPS(r(8), r(10), r(5))
	f.VMOVAPS(r(5), r(4))
	f.VMOVAPS(r(9), r(6))
	f.VMOVAPS(r(9), r(7))
	f.VFNMADD231PS(ka, g1, r(4))
	f.VFMADD231PS(ka, g1, r(5))
	f.VFMADD231PS(kb, g1, r(6))
	f.VFNMADD231PS(kb, g1, r(7))
	return []VecPhysical{g0, r(4), r(5), r(6), r(7), g2}
}

// kernelConstants are 2/3, 1/3 and 1/6, which is what 1/N of the points
// comes to, times 1, a², b² and b⁴; and a·2/3 and b/6.
var kernelConstants = []float64{2.0 / 3, 1.0 / 3, 1.0 / 6, pointA * 2 / 3, pointB / 6}

// weights5 computes Gg of registers 0 to 4.
func weights5(f *file, t target) (out []VecPhysical) {
	r := t.reg
	c23, c13, c16, ka, kb := r(11), r(12), r(13), r(14), r(15)
	f.VMULPS(c23, r(0), r(5))
	f.VMULPS(c16, r(0), r(6))
	f.VFMADD231PS(c13, r(2), r(5))
	f.VFMADD231PS(c13, r(2), r(6))
	f.VFMADD231PS(c16, r(4), r(5)) // (g0 + g2/2 + g4/4)·2/3
	f.VFMADD231PS(c23, r(4), r(6)) // (g0 + 2g2 + 4g4)/6
	f.VMULPS(ka, r(1), r(7))
	f.VMULPS(kb, r(1), r(8))
	f.VFMADD231PS(kb, r(3), r(7)) // (g1 + g3/2)·a·2/3
	f.VFMADD231PS(ka, r(3), r(8)) // (g1 + 2g3)·b/6
	f.VXORPS(r(10), r(10), r(10))
	f.VADDPS(r(7), r(5), r(9))
	f.VSUBPS(r(5), r(7), r(2))
	f.VSUBPS(r(9), r(10), r(1))
	f.VADDPS(r(8), r(6), r(3))
	f.VSUBPS(r(8), r(6), r(5))
	return []VecPhysical{r(0), r(1), r(2), r(3), r(5), r(4)}
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
	if size.tile() == 4 {
		constant(f, r(15), 0.5)
	} else {
		constants(f, t, 11, kernelConstants...)
	}
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
	for i := range size.tile() {
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
