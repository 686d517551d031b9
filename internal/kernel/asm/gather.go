package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Offsets into kernel.gather. Every field has eight bytes.
const (
	gatherDst = 8 * iota
	gatherStride
	gatherBase
	gatherOffsets
	gatherN
	gatherPieces
	gatherStore
	gatherPiece               // four byte offsets
	gatherMask  = 8 * (7 + 4) // four lane masks
)

// gatherVectors puts vectors together from up to four pieces of consecutive
// values each, the same pieces at many offsets.
func gatherVectors(f *file, t target) {
	f.text("gather"+t.name, "(p *gather)", "writes a vector for every offset.")
	args, dst, stride, base, offs, n, at := RAX, RDI, RSI, RBX, RDX, RCX, R12
	pieces := []GPPhysical{R8, R9, R10, R11}
	masks := []VecPhysical{Y8, Y9, Y10, Y11}
	kmask := []OpmaskPhysical{K1, K2, K3, K4}
	f.Load(f.Param("p"), args)
	field := func(off int) Mem { return Mem{Base: args, Disp: off} }
	f.MOVQ(field(gatherDst), dst)
	f.MOVQ(field(gatherStride), stride)
	f.MOVQ(field(gatherBase), base)
	f.MOVQ(field(gatherOffsets), offs)
	f.MOVQ(field(gatherN), n)
	lanesOf := func(off int, k OpmaskPhysical, y VecPhysical) {
		f.MOVQ(field(off), at)
		if t.lanes == 16 {
			f.KMOVW(R12L, k)
			return
		}
		f.VMOVD(R12L, y.AsX())
		f.VPBROADCASTD(y.AsX(), y)
		f.VPAND(Y15, y, y)
		f.VPCMPEQD(Y15, y, y)
	}
	if t.lanes == 8 { // Y15 = 1, 2, 4, ... 128
		f.MOVQ(U64(0x8040201008040201), at)
		f.VMOVQ(at, X15)
		f.VPMOVZXBD(X15, Y15)
	}
	for i := range 4 {
		f.MOVQ(field(gatherPiece+8*i), pieces[i])
		f.ADDQ(base, pieces[i])
		lanesOf(gatherMask+8*i, kmask[i], masks[i])
	}
	lanesOf(gatherStore, K5, Y12)
	f.MOVQ(field(gatherPieces), at)
	for i := 2; i <= 4; i++ {
		f.CMPQ(at, Imm(uint64(i)))
		f.JEQ(LabelRef([]string{"", "", "two", "three", "four"}[i]))
	}
	for count := 1; count <= 4; count++ {
		name := []string{"", "one", "two", "three", "four"}[count]
		f.Label(name)
		f.MOVQ(Mem{Base: offs}, at)
		for i := range count {
			m := Mem{Base: pieces[i], Index: at, Scale: 1}
			switch {
			case t.lanes == 16 && i == 0:
				f.VMOVUPS_Z(m, K1, Z0)
			case t.lanes == 16:
				f.VMOVUPS(m, kmask[i], Z0)
			case i == 0:
				f.VMASKMOVPS(m, masks[0], Y0)
			default:
				f.VMASKMOVPS(m, masks[i], Y1)
				f.VORPS(Y1, Y0, Y0)
			}
		}
		if t.lanes == 16 {
			f.VMOVUPS(Z0, K5, Mem{Base: dst})
		} else {
			f.VPANDN(Mem{Base: dst}, Y12, Y1) // what earlier pieces left
			f.VORPS(Y1, Y0, Y0)
			f.VMOVUPS(Y0, Mem{Base: dst})
		}
		f.ADDQ(Imm(8), offs)
		f.ADDQ(stride, dst)
		f.DECQ(n)
		f.JNE(LabelRef(name))
		f.VZEROUPPER()
		f.RET()
	}
}

// pairs writes the routines that take every second element apart and put it
// back. The index tables are evens, odds, and the two halves of a spread.
func pairs(f *file) {
	f.text("splitPairsAVX512", "(even, odd, src *float32, n int, index *int32)",
		"writes elements 0, 2, ... of n to even and 1, 3, ... to odd.")
	even, odd, src, n := RDI, RDX, RSI, RBX
	f.Load(f.Param("even"), even)
	f.Load(f.Param("odd"), odd)
	f.Load(f.Param("src"), src)
	f.Load(f.Param("n"), n)
	f.Load(f.Param("index"), RAX)
	f.VMOVUPS(Mem{Base: RAX}, Z4)
	f.VMOVUPS(Mem{Base: RAX, Disp: 64}, Z5)
	f.Label("block")
	f.SUBQ(Imm(32), n)
	f.JLT(LabelRef("rest"))
	f.VMOVUPS(Mem{Base: src}, Z0)
	f.VMOVUPS(Mem{Base: src, Disp: 64}, Z1)
	f.VMOVAPS(Z4, Z2)
	f.VMOVAPS(Z5, Z3)
	f.VPERMI2PS(Z1, Z0, Z2)
	f.VPERMI2PS(Z1, Z0, Z3)
	f.VMOVUPS(Z2, Mem{Base: even})
	f.VMOVUPS(Z3, Mem{Base: odd})
	f.ADDQ(U32(128), src)
	f.ADDQ(Imm(64), even)
	f.ADDQ(Imm(64), odd)
	f.JMP(LabelRef("block"))
	f.Label("rest")
	f.ADDQ(Imm(32), n)
	f.JE(LabelRef("done"))
	mask := func(k OpmaskPhysical, count GPPhysical) { // the lowest bits
		f.MOVQ(U32(1), RAX)
		f.SHLXQ(count, RAX, RAX)
		f.DECQ(RAX)
		f.KMOVD(EAX, k)
	}
	mask(K1, n)
	f.KSHIFTRD(Imm(16), K1, K2)
	f.MOVQ(n, RCX)
	f.SHRQ(Imm(1), RCX)
	mask(K4, RCX)
	f.INCQ(n)
	f.SHRQ(Imm(1), n)
	mask(K3, n)
	f.VMOVUPS_Z(Mem{Base: src}, K1, Z0)
	f.VMOVUPS_Z(Mem{Base: src, Disp: 64}, K2, Z1)
	f.VPERMI2PS(Z1, Z0, Z4)
	f.VPERMI2PS(Z1, Z0, Z5)
	f.VMOVUPS(Z4, K3, Mem{Base: even})
	f.VMOVUPS(Z5, K4, Mem{Base: odd})
	f.Label("done")
	f.VZEROUPPER()
	f.RET()

	f.text("spreadPairsAVX512", "(dst, src *float32, n int, index *int32)",
		"writes n elements to places 0, 2, ... of dst and leaves the others.")
	dst := RDI
	f.Load(f.Param("dst"), dst)
	f.Load(f.Param("src"), src)
	f.Load(f.Param("n"), n)
	f.Load(f.Param("index"), RAX)
	f.VMOVUPS(Mem{Base: RAX, Disp: 128}, Z4)
	f.VMOVUPS(Mem{Base: RAX, Disp: 192}, Z5)
	f.MOVL(U32(0x5555), EAX)
	f.KMOVD(EAX, K1)
	f.Label("spread")
	f.SUBQ(Imm(16), n)
	f.JLT(LabelRef("remainder"))
	f.VMOVUPS(Mem{Base: src}, Z0)
	f.VPERMPS(Z0, Z4, Z2)
	f.VPERMPS(Z0, Z5, Z3)
	f.VMOVUPS(Z2, K1, Mem{Base: dst})
	f.VMOVUPS(Z3, K1, Mem{Base: dst, Disp: 64})
	f.ADDQ(Imm(64), src)
	f.ADDQ(U32(128), dst)
	f.JMP(LabelRef("spread"))
	f.Label("remainder")
	f.ADDQ(Imm(16), n)
	f.JE(LabelRef("end"))
	mask(K2, n)
	f.VMOVUPS_Z(Mem{Base: src}, K2, Z0)
	f.VPERMPS(Z0, Z4, Z2)
	f.VPERMPS(Z0, Z5, Z3)
	f.ADDQ(n, n)
	mask(K2, n)
	f.KSHIFTRD(Imm(16), K2, K3)
	f.KANDD(K1, K2, K2)
	f.KANDD(K1, K3, K3)
	f.VMOVUPS(Z2, K2, Mem{Base: dst})
	f.VMOVUPS(Z3, K3, Mem{Base: dst, Disp: 64})
	f.Label("end")
	f.VZEROUPPER()
	f.RET()
}
