package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// packing writes the routines that lay operands out for the micro-kernels.
func packing(f *file) {
	copyStrip(f, avx512)
	copyStrip(f, avx2)
	transpose16(f)
	transpose8(f)
	gatherVectors(f, avx512)
	gatherVectors(f, avx2)
	pairs(f)
}

// copyStrip copies rows of up to three vectors into a strip. What the mask
// leaves out of the last vector becomes zero.
func copyStrip(f *file, t target) {
	f.text("copyStrip"+t.name, "(dst, src *float32, stride, rows, vecs int, mask uintptr)",
		"copies rows of vecs vectors, stride bytes apart, to consecutive places.")
	f.Load(f.Param("dst"), RDI)
	f.Load(f.Param("src"), RSI)
	f.Load(f.Param("stride"), RDX)
	f.Load(f.Param("rows"), RCX)
	f.Load(f.Param("vecs"), RBX)
	f.Load(f.Param("mask"), RAX)
	width := 4 * t.lanes
	masked := func(m Mem, r VecPhysical) {
		if t.lanes == 16 {
			f.VMOVUPS_Z(m, K1, r)
		} else {
			f.VMASKMOVPS(m, Y7, r)
		}
	}
	if t.lanes == 16 {
		f.KMOVW(EAX, K1)
	} else {
		f.VMOVUPS(Mem{Base: RAX}, Y7)
	}
	f.CMPQ(RBX, Imm(2))
	f.JEQ(LabelRef("two"))
	f.JGT(LabelRef("three"))
	for vecs := 1; vecs <= 3; vecs++ {
		name := []string{"", "one", "two", "three"}[vecs]
		f.Label(name)
		for v := range vecs {
			m := Mem{Base: RSI, Disp: v * width}
			if v == vecs-1 {
				masked(m, t.reg(v))
			} else {
				f.VMOVUPS(m, t.reg(v))
			}
		}
		for v := range vecs {
			f.VMOVUPS(t.reg(v), Mem{Base: RDI, Disp: v * width})
		}
		f.ADDQ(RDX, RSI)
		f.ADDQ(Imm(uint64(vecs*width)), RDI)
		f.DECQ(RCX)
		f.JNE(LabelRef(name))
		f.VZEROUPPER()
		f.RET()
	}
}

// transpose16 transposes stripes of 16 rows with AVX-512.
func transpose16(f *file) {
	f.text("transposeAVX512", "(dst *float32, ldd int, src *float32, lds, rows, cols, pad int)",
		"writes the transpose of a matrix of at most 16 rows: dst[j][i] = src[i][j].\n// Strides are in bytes. With pad, rows of dst are filled up to 16 with zeros.")
	dst, ldd, src, lds, rows, cols := RDI, RDX, RSI, RCX, RBX, R8
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("ldd"), ldd)
	f.Load(f.Param("src"), src)
	f.Load(f.Param("lds"), lds)
	f.Load(f.Param("rows"), rows)
	f.Load(f.Param("cols"), cols)
	f.Load(f.Param("pad"), R9)

	f.Comment("K1 keeps the rows there are, K2 says what is stored.")
	f.MOVQ(U32(1), RAX)
	f.SHLXQ(rows, RAX, RAX)
	f.DECQ(RAX)
	f.KMOVW(EAX, K1)
	f.KMOVW(EAX, K2)
	f.TESTQ(R9, R9)
	f.JE(LabelRef("block"))
	f.KXNORW(K2, K2, K2)

	f.Comment("Whole blocks need no masks.")
	f.CMPQ(rows, Imm(16))
	f.JNE(LabelRef("block"))
	f.LEAQ(Mem{Base: lds, Index: lds, Scale: 2}, R12)
	f.LEAQ(Mem{Base: ldd, Index: ldd, Scale: 2}, R13)
	f.Label("whole")
	f.CMPQ(cols, Imm(16))
	f.JLT(LabelRef("last"))
	fours := func(base, stride, stride3 GPPhysical, move func(i int, m Mem)) {
		f.MOVQ(base, R10)
		for i := range 16 {
			switch i % 4 {
			case 0:
				move(i, Mem{Base: R10})
			case 1:
				move(i, Mem{Base: R10, Index: stride, Scale: 1})
			case 2:
				move(i, Mem{Base: R10, Index: stride, Scale: 2})
			case 3:
				move(i, Mem{Base: R10, Index: stride3, Scale: 1})
				f.LEAQ(Mem{Base: R10, Index: stride, Scale: 4}, R10)
			}
		}
	}
	fours(src, lds, R12, func(i int, m Mem) { f.VMOVUPS(m, avx512.reg(i)) })
	transposeBlock16(f)
	fours(dst, ldd, R13, func(i int, m Mem) { f.VMOVUPS(avx512.reg(i), m) })
	f.MOVQ(R10, dst)
	f.ADDQ(Imm(64), src)
	f.SUBQ(Imm(16), cols)
	f.JMP(LabelRef("whole"))
	f.Label("last")
	f.TESTQ(cols, cols)
	f.JE(LabelRef("done"))

	f.Label("block")
	f.MOVQ(U32(0xffff), RAX)
	f.CMPQ(cols, Imm(16))
	f.JGE(LabelRef("full"))
	f.MOVQ(U32(1), RAX)
	f.SHLXQ(cols, RAX, RAX)
	f.DECQ(RAX)
	f.Label("full")
	f.KMOVW(EAX, K3)
	p, q := R10, R11
	f.MOVQ(src, p)
	z := avx512.reg
	for i := range 16 {
		f.VMOVUPS_Z(Mem{Base: p}, K3, z(i))
		if i < 15 {
			f.LEAQ(Mem{Base: p, Index: lds, Scale: 1}, q)
			f.CMPQ(rows, Imm(uint64(i+1)))
			f.CMOVQGT(q, p)
		}
	}
	transposeBlock16(f)
	for i := range 16 {
		f.VMOVAPS_Z(z(i), K1, z(i))
	}
	for i := range 16 {
		f.VMOVUPS(z(i), K2, Mem{Base: dst})
		if i < 15 {
			f.CMPQ(cols, Imm(uint64(i+1)))
			f.JEQ(LabelRef("done"))
		}
		f.ADDQ(ldd, dst)
	}
	f.ADDQ(Imm(64), src)
	f.SUBQ(Imm(16), cols)
	f.JGT(LabelRef("block"))
	f.Label("done")
	f.VZEROUPPER()
	f.RET()
}

// transposeBlock16 transposes the 16x16 block in registers 0 to 15.
func transposeBlock16(f *file) {
	z := avx512.reg
	// 2x2 blocks of lanes, then 4x4, then 128-bit lanes twice.
	for i := 0; i < 16; i += 2 {
		f.VUNPCKLPS(z(i+1), z(i), z(16+i))
		f.VUNPCKHPS(z(i+1), z(i), z(17+i))
	}
	for i := 0; i < 16; i += 4 {
		f.VUNPCKLPD(z(18+i), z(16+i), z(i))
		f.VUNPCKHPD(z(18+i), z(16+i), z(i+1))
		f.VUNPCKLPD(z(19+i), z(17+i), z(i+2))
		f.VUNPCKHPD(z(19+i), z(17+i), z(i+3))
	}
	// z(4g+c) lane l holds column 4l+c of rows 4g..4g+3.
	for c := range 4 {
		f.VSHUFF32X4(Imm(0x88), z(4+c), z(c), z(16+c))
		f.VSHUFF32X4(Imm(0xdd), z(4+c), z(c), z(20+c))
		f.VSHUFF32X4(Imm(0x88), z(12+c), z(8+c), z(24+c))
		f.VSHUFF32X4(Imm(0xdd), z(12+c), z(8+c), z(28+c))
	}
	for c := range 4 {
		f.VSHUFF32X4(Imm(0x88), z(24+c), z(16+c), z(c))    // columns c
		f.VSHUFF32X4(Imm(0x88), z(28+c), z(20+c), z(4+c))  // 4+c
		f.VSHUFF32X4(Imm(0xdd), z(24+c), z(16+c), z(8+c))  // 8+c
		f.VSHUFF32X4(Imm(0xdd), z(28+c), z(20+c), z(12+c)) // 12+c
	}
}

// transpose8 is transpose16 for AVX2, in blocks of 8x8.
func transpose8(f *file) {
	f.text("transposeAVX2", "(dst *float32, ldd int, src *float32, lds, rows, cols, pad int, masks *int32)",
		"writes the transpose of a matrix of at most 8 rows: dst[j][i] = src[i][j].\n// Strides are in bytes. With pad, rows of dst are filled up to 8 with zeros.\n// masks+32-4n starts a vector of n set lanes.")
	dst, ldd, src, lds, rows, cols, masks := RDI, RDX, RSI, RCX, RBX, R8, R12
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("ldd"), ldd)
	f.Load(f.Param("src"), src)
	f.Load(f.Param("lds"), lds)
	f.Load(f.Param("rows"), rows)
	f.Load(f.Param("cols"), cols)
	f.Load(f.Param("pad"), R9)
	f.Load(f.Param("masks"), masks)

	mask := func(n GPPhysical, y VecPhysical) { // y = n lanes set, n at most 8
		f.MOVQ(masks, R13)
		f.LEAQ(Mem{Base: R13, Disp: 32}, R13)
		f.MOVQ(n, RAX)
		f.NEGQ(RAX)
		f.VMOVUPS(Mem{Base: R13, Index: RAX, Scale: 4}, y)
	}
	f.Label("block")
	f.MOVQ(cols, R11)
	f.MOVQ(U32(8), RAX)
	f.CMPQ(cols, RAX)
	f.CMOVQGT(RAX, R11)
	mask(R11, Y15)
	p, q := R10, R11
	f.MOVQ(src, p)
	y := avx2.reg
	for i := range 8 {
		f.VMASKMOVPS(Mem{Base: p}, Y15, y(i))
		if i < 7 {
			f.LEAQ(Mem{Base: p, Index: lds, Scale: 1}, q)
			f.CMPQ(rows, Imm(uint64(i+1)))
			f.CMOVQGT(q, p)
		}
	}
	for i := 0; i < 8; i += 2 {
		f.VUNPCKLPS(y(i+1), y(i), y(8+i))
		f.VUNPCKHPS(y(i+1), y(i), y(9+i))
	}
	for i := 0; i < 8; i += 4 {
		f.VUNPCKLPD(y(10+i), y(8+i), y(i))
		f.VUNPCKHPD(y(10+i), y(8+i), y(i+1))
		f.VUNPCKLPD(y(11+i), y(9+i), y(i+2))
		f.VUNPCKHPD(y(11+i), y(9+i), y(i+3))
	}
	for c := range 4 {
		f.VPERM2F128(Imm(0x20), y(4+c), y(c), y(8+c))
		f.VPERM2F128(Imm(0x31), y(4+c), y(c), y(c))
	}
	for c := range 4 {
		f.VMOVAPS(y(c), y(4+c))
	}
	for c := range 4 {
		f.VMOVAPS(y(8+c), y(c))
	}
	f.CMPQ(rows, Imm(8))
	f.JEQ(LabelRef("whole"))
	mask(rows, Y15)
	for i := range 8 {
		f.VANDPS(Y15, y(i), y(i))
	}
	f.TESTQ(R9, R9)
	f.JNE(LabelRef("whole"))
	for i := range 8 {
		f.VMASKMOVPS(y(i), Y15, Mem{Base: dst})
		if i < 7 {
			f.CMPQ(cols, Imm(uint64(i+1)))
			f.JEQ(LabelRef("done"))
		}
		f.ADDQ(ldd, dst)
	}
	f.JMP(LabelRef("next"))
	f.Label("whole")
	for i := range 8 {
		f.VMOVUPS(y(i), Mem{Base: dst})
		if i < 7 {
			f.CMPQ(cols, Imm(uint64(i+1)))
			f.JEQ(LabelRef("done"))
		}
		f.ADDQ(ldd, dst)
	}
	f.Label("next")
	f.ADDQ(Imm(32), src)
	f.SUBQ(Imm(8), cols)
	f.JGT(LabelRef("block"))
	f.Label("done")
	f.VZEROUPPER()
	f.RET()
}
