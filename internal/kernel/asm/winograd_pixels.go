package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pixelWinograd writes the transforms for images with channels last. The
// input's goes in two steps, since neighbouring tiles share columns: first
// every column of a row of tiles, then the tiles.
func pixelWinograd(f *file, t target) {
	winogradColumns(f, t)
	winogradTiles(f, t)
	for _, size := range winogradSizes {
		winogradPixels(f, t, size)
	}
}

func winogradColumns(f *file, t target) {
	f.text("winogradColumns"+t.name, "(src *float32, rows *[6]int, masks *[6]uintptr, step, n int, dst, tmp *float32)",
		"transforms n columns of six pixels: row i begins rows[i] bytes\n// from src, of which masks[i] says the lanes; pixels are step bytes apart.")
	width := 4 * t.lanes
	row := []GPPhysical{R8, R9, R10, R11, R12, R13}
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
	for i, o := range input6(f, t) {
		f.VMOVUPS(o, Mem{Base: dst, Disp: i * width})
	}
	f.ADDQ(step, at)
	f.ADDQ(U32(uint32(6*width)), dst)
	f.DECQ(n)
	f.JNE(LabelRef("column"))
	f.VZEROUPPER()
	f.RET()
}

var maskRegister = []Register{K1, K2, K3, K4, K5, K6}

func winogradTiles(f *file, t target) {
	f.text("winogradTiles"+t.name, "(src *float32, srcStep int, dst *float32, offsets *int, xiStride, n int)",
		"transforms n tiles of six columns each, srcStep bytes apart.\n// A tile's first element goes offsets[i] bytes from dst.")
	width := 4 * t.lanes
	src, step, dst, offsets, n, p := RSI, RBX, RDI, RDX, RCX, RAX
	xi, xi3, xi5, xi6 := R8, R9, R10, R11
	constants(f, t, 11, inputConstants...)
	f.Load(f.Param("src"), src)
	f.Load(f.Param("srcStep"), step)
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("offsets"), offsets)
	f.Load(f.Param("xiStride"), xi)
	f.Load(f.Param("n"), n)
	f.LEAQ(Mem{Base: xi, Index: xi, Scale: 2}, xi3)
	f.LEAQ(Mem{Base: xi3, Index: xi, Scale: 2}, xi5)
	f.LEAQ(Mem{Base: xi5, Index: xi, Scale: 1}, xi6)
	to := []Mem{{Base: p}, {Base: p, Index: xi, Scale: 1}, {Base: p, Index: xi, Scale: 2}, {Base: p, Index: xi3, Scale: 1}, {Base: p, Index: xi, Scale: 4}, {Base: p, Index: xi5, Scale: 1}}
	f.Label("tile")
	f.MOVQ(Mem{Base: offsets}, p)
	f.ADDQ(dst, p)
	for i := range 6 {
		for j := range 6 {
			f.VMOVUPS(Mem{Base: src, Disp: (j*6 + i) * width}, t.reg(j))
		}
		for j, o := range input6(f, t) {
			f.VMOVUPS(o, to[j])
		}
		if i < 5 {
			f.ADDQ(xi6, p)
		}
	}
	f.ADDQ(step, src)
	f.ADDQ(Imm(8), offsets)
	f.DECQ(n)
	f.JNE(LabelRef("tile"))
	f.VZEROUPPER()
	f.RET()
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
	p, xi, xi6, xi18, xi30 := R15, R10, R11, R12, R13       // while the products are read
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
	f.LEAQ(Mem{Base: xi, Index: xi, Scale: 2}, xi6)
	f.ADDQ(xi6, xi6)
	f.LEAQ(Mem{Base: xi6, Index: xi6, Scale: 2}, xi18)
	f.LEAQ(Mem{Base: xi18, Index: xi6, Scale: 2}, xi30)
	from := []Mem{{Base: p}, {Base: p, Index: xi6, Scale: 1}, {Base: p, Index: xi6, Scale: 2}, {Base: p, Index: xi18, Scale: 1}, {Base: p, Index: xi6, Scale: 4}, {Base: p, Index: xi30, Scale: 1}}
	for j := range 6 {
		for i, m := range from {
			f.VMOVUPS(m, r(i))
		}
		for i, o := range size.output(f, t) {
			f.VMOVUPS(o, behind(i*6+j))
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
	for j := range 6 {
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
	f.ADDQ(U32(uint32(6*width)), tmpRow)
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
