package main

import (
	"fmt"
	"math"
	"strings"

	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pixelWinograd writes the transforms for images with channels last. The
// input's goes in two steps, since neighbouring tiles share columns: first
// every column of a row of tiles, then the tiles.
func pixelWinograd(f *file, t target) {
	for _, size := range []winogradSize{winogradSizes[0], smallSize} {
		winogradColumns(f, t, size)
		winogradTiles(f, t, size)
	}
	winogradWeights(f, t, smallSize)
	for _, size := range append(winogradSizes, smallSize) {
		winogradPixels(f, t, size)
	}
	if t.lanes == 16 {
		winogradSixteen(f, t)
		winogradAhead(f)
	}
	table := strings.NewReplacer("ISA", t.name).Replace(`
// winogradPixelsISA holds F(4x4, 3x3), F(2x2, 3x3) and F(2x2, 5x5).
var winogradPixelsISA = [3]winogradPixels{
	{4, 3, winogradWeights4ISA, winogradColumns6ISA, winogradTiles6ISA, winogradPixels4ISA},
	{2, 3, winogradWeights23ISA, winogradColumns4ISA, winogradTiles4ISA, winogradPixels23ISA},
	{2, 5, winogradWeights2ISA, winogradColumns6ISA, winogradTiles6ISA, winogradPixels2ISA},
}
`)
	f.stubs.WriteString(table)
}

// inputSmall, weightsSmall and outputSmall are F(2, 3), which interpolates at
// 0, 1, -1 and infinity.
func inputSmall(f *file, t target) (out []VecPhysical) {
	r := t.reg
	f.VSUBPS(r(2), r(0), r(4))
	f.VADDPS(r(2), r(1), r(5))
	f.VSUBPS(r(1), r(2), r(6))
	f.VSUBPS(r(3), r(1), r(7))
	return []VecPhysical{r(4), r(5), r(6), r(7)}
}

// Register 15 holds 1/2.
func weightsSmall(f *file, t target) (out []VecPhysical) {
	r := t.reg
	f.VADDPS(r(2), r(0), r(4))
	f.VADDPS(r(1), r(4), r(5))
	f.VSUBPS(r(1), r(4), r(6))
	f.VMULPS(r(15), r(5), r(5))
	f.VMULPS(r(15), r(6), r(6))
	return []VecPhysical{r(0), r(5), r(6), r(2)}
}

func outputSmall(f *file, t target) (out []VecPhysical) {
	r := t.reg
	f.VADDPS(r(1), r(0), r(5))
	f.VSUBPS(r(2), r(1), r(6))
	f.VADDPS(r(2), r(5), r(5))
	f.VSUBPS(r(3), r(6), r(6))
	return []VecPhysical{r(5), r(6)}
}

func winogradColumns(f *file, t target, size winogradSize) {
	f.text(fmt.Sprint("winogradColumns", size.tile(), t.name), "(src *float32, rows *[6]int, masks *[6]uintptr, step, n int, dst, tmp *float32)",
		"transforms n columns of as many pixels: row i begins rows[i] bytes\n// from src, of which masks[i] says the lanes; pixels are step bytes apart.")
	width := 4 * t.lanes
	row := []GPPhysical{R8, R9, R10, R11, R12, R13}[:size.tile()]
	at, masks, step, n, dst, tmp := RSI, RDX, RBX, RCX, RDI, RAX
	maskAt := func(i int) Mem { return Mem{Base: tmp, Disp: i * width} }
	constants(f, t, 11, inputConstants...)
	f.Load(f.Param("src"), at)
	f.Load(f.Param("rows"), RBX)
	for i, r := range row {
		f.MOVQ(Mem{Base: RBX, Disp: 8 * i}, r)
		f.ADDQ(at, r)
	}
	f.Load(f.Param("masks"), masks)
	f.Load(f.Param("tmp"), tmp)
	for i := range row {
		f.MOVQ(Mem{Base: masks, Disp: 8 * i}, RSI)
		if t.lanes == 16 {
			f.KMOVW(ESI, maskRegister[i])
		} else {
			f.VMOVUPS(Mem{Base: RSI}, t.reg(0))
			f.VMOVUPS(t.reg(0), maskAt(i))
		}
	}
	f.Load(f.Param("step"), step)
	f.Load(f.Param("n"), n)
	f.Load(f.Param("dst"), dst)
	f.XORQ(at, at)
	f.Label("column")
	for i, r := range row {
		m := Mem{Base: r, Index: at, Scale: 1}
		if t.lanes == 16 {
			f.VMOVUPS_Z(m, maskRegister[i], t.reg(i))
		} else {
			f.VMOVUPS(maskAt(i), t.reg(10))
			f.VMASKMOVPS(m, t.reg(10), t.reg(i))
		}
	}
	for i, o := range size.input(f, t) {
		f.VMOVUPS(o, Mem{Base: dst, Disp: i * width})
	}
	f.ADDQ(step, at)
	f.ADDQ(U32(uint32(size.tile()*width)), dst)
	f.DECQ(n)
	f.JNE(LabelRef("column"))
	f.VZEROUPPER()
	f.RET()
}

var maskRegister = []Register{K1, K2, K3, K4, K5, K6}

func winogradTiles(f *file, t target, size winogradSize) {
	f.text(fmt.Sprint("winogradTiles", size.tile(), t.name), "(src *float32, srcStep int, dst *float32, offsets *int, xiStride, n int)",
		"transforms n tiles of as many columns each, srcStep bytes apart.\n// A tile's first element goes offsets[i] bytes from dst.")
	width := 4 * t.lanes
	src, step, dst, offsets, n, p := RSI, RBX, RDI, RDX, RCX, RAX
	xi, xi3, xi5, xiRow := R8, R9, R10, R11
	constants(f, t, 11, inputConstants...)
	f.Load(f.Param("src"), src)
	f.Load(f.Param("srcStep"), step)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("offsets"), offsets)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("n"), n)
	f.LEAQ(Mem{Base: xi, Index: xi, Scale: 2}, xi3)
	f.LEAQ(Mem{Base: xi3, Index: xi, Scale: 2}, xi5)
	f.IMUL3Q(Imm(uint64(size.tile())), xi, xiRow)
	to := multiples(p, xi, xi3, xi5)
	f.Label("tile")
	f.MOVQ(Mem{Base: offsets}, p)
	f.ADDQ(dst, p)
	for i := range size.tile() {
		for j := range size.tile() {
			f.VMOVUPS(Mem{Base: src, Disp: (j*size.tile() + i) * width}, t.reg(j))
		}
		for j, o := range size.input(f, t) {
			f.VMOVUPS(o, to[j])
		}
		if i < size.tile()-1 {
			f.ADDQ(xiRow, p)
		}
	}
	f.ADDQ(step, src)
	f.ADDQ(Imm(8), offsets)
	f.DECQ(n)
	f.JNE(LabelRef("tile"))
	f.VZEROUPPER()
	f.RET()
}

// multiples are the places 0 to 5 times a distance from p, of which 3 and 5
// times are in registers.
func multiples(p, one, three, five Register) []Mem {
	return []Mem{{Base: p}, {Base: p, Index: one, Scale: 1}, {Base: p, Index: one, Scale: 2}, {Base: p, Index: three, Scale: 1}, {Base: p, Index: one, Scale: 4}, {Base: p, Index: five, Scale: 1}}
}

// Offsets into kernel.winogradRow. Every field has eight bytes.
const (
	pixelsSrc = 8 * iota
	pixelsOffsets
	pixelsXi
	pixelsDst
	pixelsPixel
	pixelsRow
	pixelsTiles
	pixelsRows
	pixelsLast
	pixelsBias
	pixelsAdd
	pixelsAddPixel
	pixelsAddRow
	pixelsReLU
	pixelsMask
	pixelsTmp
)

func winogradPixels(f *file, t target, size winogradSize) {
	f.text("winogradPixels"+size.suffix+t.name, "(a *winogradRow)", "transforms a row of tiles back and writes their pixels.")
	width := 4 * t.lanes
	args, offsets, n, tile, px, px3, tmp := RAX, RBX, RCX, RDI, R8, R9, R14
	p, xi, xiRow, xiRow3, xiRow5 := R15, R10, R11, R12, R13 // while the products are read
	tmpRow, add, apx, apx3, cols := R15, R10, R11, R12, R13 // while pixels are written
	row, rows := RDX, RSI
	addAt, partial := f.AllocLocal(8), f.AllocLocal(8)
	field := func(off int) Mem { return Mem{Base: args, Disp: off} }
	behind := func(i int) Mem { return Mem{Base: tmp, Disp: i * width} }
	maskAt, biasAt, boundAt := behind(33), behind(34), behind(35)
	r := t.reg

	f.Load(f.Param("a"), args)
	f.MOVQ(field(pixelsTmp), tmp)
	f.MOVQ(field(pixelsMask), RSI)
	if t.lanes == 16 {
		f.KMOVW(ESI, K1)
	} else {
		f.VMOVUPS(Mem{Base: RSI}, r(1))
		f.VMOVUPS(r(1), maskAt)
		f.VMOVMSKPS(r(1), EDX)
		f.XORL(U32(1<<t.lanes-1), EDX)
		f.MOVQ(RDX, partial)
	}
	f.VXORPS(r(0), r(0), r(0))
	f.MOVQ(field(pixelsBias), RSI)
	f.TESTQ(RSI, RSI)
	f.JE(LabelRef("nobias"))
	if t.lanes == 16 {
		f.VMOVUPS_Z(Mem{Base: RSI}, K1, r(0))
	} else {
		f.VMASKMOVPS(Mem{Base: RSI}, r(1), r(0))
	}
	f.Label("nobias")
	f.VMOVUPS(r(0), biasAt)
	// Without ReLU, the lower bound is minus infinity.
	f.VXORPS(r(0), r(0), r(0))
	f.MOVQ(field(pixelsReLU), RSI)
	f.TESTQ(RSI, RSI)
	f.JNE(LabelRef("bounded"))
	f.MOVL(U32(math.Float32bits(float32(math.Inf(-1)))), ESI)
	f.VMOVD(ESI, r(0).AsX())
	f.VBROADCASTSS(r(0).AsX(), r(0))
	f.Label("bounded")
	f.VMOVUPS(r(0), boundAt)
	for i, v := range outputConstants {
		f.MOVL(U32(math.Float32bits(float32(v))), ESI)
		f.VMOVD(ESI, r(10+i).AsX())
		f.VBROADCASTSS(r(10+i).AsX(), r(10+i))
	}
	f.MOVQ(field(pixelsOffsets), offsets)
	f.MOVQ(field(pixelsTiles), n)
	f.MOVQ(field(pixelsDst), tile)
	f.MOVQ(field(pixelsPixel), px)
	f.LEAQ(Mem{Base: px, Index: px, Scale: 2}, px3)
	f.XORQ(RSI, RSI)
	f.MOVQ(RSI, addAt)

	f.Label("tile")
	f.MOVQ(Mem{Base: offsets}, p)
	f.ADDQ(field(pixelsSrc), p)
	f.ADDQ(Imm(8), offsets)
	f.MOVQ(field(pixelsXi), xi)
	f.IMUL3Q(Imm(uint64(size.tile())), xi, xiRow)
	f.LEAQ(Mem{Base: xiRow, Index: xiRow, Scale: 2}, xiRow3)
	f.LEAQ(Mem{Base: xiRow3, Index: xiRow, Scale: 2}, xiRow5)
	from := multiples(p, xiRow, xiRow3, xiRow5)[:size.tile()]
	for j := range size.tile() {
		for i, m := range from {
			f.VMOVUPS(m, r(i))
		}
		for i, o := range size.output(f, t) {
			f.VMOVUPS(o, behind(i*size.tile()+j))
		}
		f.ADDQ(xi, p)
	}
	f.MOVQ(U32(uint32(size.results)), cols)
	f.CMPQ(n, Imm(1))
	f.JNE(LabelRef("whole"))
	f.MOVQ(field(pixelsLast), cols)
	f.Label("whole")
	f.MOVQ(field(pixelsAdd), add)
	f.TESTQ(add, add)
	f.JE(LabelRef("noterm"))
	f.ADDQ(addAt, add)
	f.MOVQ(field(pixelsAddPixel), apx)
	f.LEAQ(Mem{Base: apx, Index: apx, Scale: 2}, apx3)
	f.Label("noterm")
	f.MOVQ(tile, row)
	f.MOVQ(tmp, tmpRow)
	f.MOVQ(field(pixelsRows), rows)

	f.Label("row")
	for j := range size.tile() {
		f.VMOVUPS(Mem{Base: tmpRow, Disp: j * width}, r(j))
	}
	results := size.output(f, t)
	// eachPixel visits the columns that exist.
	eachPixel := func(end string, base, px, px3 Register, do func(o VecPhysical, m Mem)) {
		at := []Mem{{Base: base}, {Base: base, Index: px, Scale: 1}, {Base: base, Index: px, Scale: 2}, {Base: base, Index: px3, Scale: 1}}
		for j, o := range results {
			if j > 0 {
				f.CMPQ(cols, Imm(uint64(j)))
				f.JLE(LabelRef(end))
			}
			do(o, at[j])
		}
	}
	f.TESTQ(add, add)
	f.JE(LabelRef("noadd"))
	if t.lanes == 16 {
		eachPixel("added", add, apx, apx3, func(o VecPhysical, m Mem) { f.VADDPS(m, o, K1, o) })
	} else {
		f.VMOVUPS(maskAt, r(4))
		eachPixel("added", add, apx, apx3, func(o VecPhysical, m Mem) {
			f.VMASKMOVPS(m, r(4), r(1))
			f.VADDPS(r(1), o, o)
		})
	}
	f.Label("added")
	f.ADDQ(field(pixelsAddRow), add)
	f.Label("noadd")
	f.VMOVUPS(boundAt, r(4)) // the first operand: NaN stays
	for _, o := range results {
		f.VADDPS(biasAt, o, o)
		f.VMAXPS(o, r(4), o)
	}
	if t.lanes == 16 {
		eachPixel("stored", row, px, px3, func(o VecPhysical, m Mem) { f.VMOVUPS(o, K1, m) })
	} else { // masked stores are slow on AVX2: only where needed
		f.CMPQ(partial, Imm(0))
		f.JNE(LabelRef("partial"))
		eachPixel("stored", row, px, px3, func(o VecPhysical, m Mem) { f.VMOVUPS(o, m) })
		f.JMP(LabelRef("stored"))
		f.Label("partial")
		f.VMOVUPS(maskAt, r(1))
		eachPixel("stored", row, px, px3, func(o VecPhysical, m Mem) { f.VMASKMOVPS(o, r(1), m) })
	}
	f.Label("stored")
	f.ADDQ(field(pixelsRow), row)
	f.ADDQ(U32(uint32(size.tile()*width)), tmpRow)
	f.DECQ(rows)
	f.JNE(LabelRef("row"))

	f.LEAQ(Mem{Base: tile, Index: px, Scale: uint8(size.results)}, tile)
	f.MOVQ(field(pixelsAddPixel), apx)
	f.SHLQ(Imm(uint64(size.results/2)), apx) // times 2 or 4
	f.ADDQ(apx, addAt)
	f.DECQ(n)
	f.JNE(LabelRef("tile"))
	f.VZEROUPPER()
	f.RET()
}

// winogradSixteen multiplies with a 16x16 matrix that stays in registers: what
// is left to load is one broadcast for each multiply-add.
func winogradSixteen(f *file, t target) {
	const rows = 12
	f.text("winogradSixteen"+t.name, "(v, u, m *float32, n int)", fmt.Sprintf("multiplies n >= %d rows of 16 by a 16x16 matrix.", rows))
	v, u, m, n := RSI, RDX, RDI, RCX
	f.Load(f.Param("v"), v)
	f.Load(f.Param("u"), u)
	f.Load(f.Param("m"), m)
	f.Load(f.Param("n"), n)
	acc := func(r int) VecPhysical { return t.reg(16 + r) }
	for k := range 16 {
		f.VMOVUPS(Mem{Base: u, Disp: 64 * k}, t.reg(k))
	}
	f.SUBQ(Imm(rows), n)
	f.Label("rows")
	for k := range 16 {
		for r := range rows {
			a := Mem{Base: v, Disp: 64*r + 4*k}
			if k == 0 {
				f.VMULPS_BCST(a, t.reg(k), acc(r))
			} else {
				f.VFMADD231PS_BCST(a, t.reg(k), acc(r))
			}
		}
	}
	for r := range rows {
		f.VMOVUPS(acc(r), Mem{Base: m, Disp: 64 * r})
	}
	f.ADDQ(U32(64*rows), v)
	f.ADDQ(U32(64*rows), m)
	f.SUBQ(Imm(rows), n)
	f.JGE(LabelRef("rows"))
	f.Comment("The last rows once more, from so far back that they are enough.")
	f.ADDQ(Imm(rows), n)
	f.JE(LabelRef("done"))
	f.SUBQ(Imm(rows), n)
	f.SHLQ(Imm(6), n)
	f.ADDQ(n, v)
	f.ADDQ(n, m)
	f.XORQ(n, n)
	f.JMP(LabelRef("rows"))
	f.Label("done")
	f.VZEROUPPER()
	f.RET()
}

// winogradAhead asks for lines that will be read, and for others that will be
// written: nobody else has those, so that the request for reading is enough.
func winogradAhead(f *file) {
	f.text("winogradAhead", "(x *float32, from, lines int, y *float32, to, linesY int)", "asks for cache lines from so many bytes behind x and y on.")
	for _, side := range []struct{ base, at, n string }{{"x", "from", "lines"}, {"y", "to", "linesY"}} {
		f.Load(f.Param(side.base), RSI)
		f.Load(f.Param(side.at), RDI)
		f.Load(f.Param(side.n), RCX)
		f.ADDQ(RDI, RSI)
		f.TESTQ(RCX, RCX)
		f.JLE(LabelRef("no_" + side.base))
		f.Label("more_" + side.base)
		f.PREFETCHT1(Mem{Base: RSI})
		f.ADDQ(Imm(64), RSI)
		f.DECQ(RCX)
		f.JNE(LabelRef("more_" + side.base))
		f.Label("no_" + side.base)
	}
	f.RET()
}
