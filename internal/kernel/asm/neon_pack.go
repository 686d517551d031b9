package main

import "fmt"

// packingNEON writes the routines that lay operands out for the micro-kernels.
func packingNEON(f *file) {
	copyStripNEON(f)
	transposeNEON(f)
	gatherNEON(f)
	splitPairsNEON(f)
}

func copyStripNEON(f *file) {
	f.armText("copyStripNEON", "(dst, src *float32, stride, rows, vecs int, mask uintptr)",
		"copies rows of vecs vectors, stride bytes apart, to consecutive places.")
	a, op := f.arm, f.arm.Op
	const dst, src, stride, rows, vecs, lanes, scratch = 0, 1, 2, 3, 4, 5, 6
	for i, name := range []string{"dst", "src", "stride", "rows", "vecs", "mask"} {
		op("MOVD %s+%d(FP), R%d", name, 8*i, i)
	}
	lanesOf(f, lanes, scratch)
	op("CMP $4, R%d", lanes)
	op("BNE part")
	for _, part := range []bool{false, true} {
		suffix := ""
		if part {
			a.Label("part")
			suffix = "_part"
		}
		op("CMP $2, R%d", vecs)
		op("BEQ two%s", suffix)
		op("BGT three%s", suffix)
		for n, name := range []string{"one", "two", "three"} {
			a.Label(name + suffix)
			for v := range n + 1 {
				if part && v == n {
					loadPart(f, v, src, 16*v, lanes, scratch)
				} else {
					op("FMOVQ %d(R%d), F%d", 16*v, src, v)
				}
			}
			for v := range n + 1 {
				op("FMOVQ F%d, %d(R%d)", v, 16*v, dst)
			}
			op("ADD R%d, R%d, R%[2]d", stride, src)
			op("ADD $%d, R%d, R%[2]d", 16*(n+1), dst)
			op("SUBS $1, R%d, R%[1]d", rows)
			op("BNE %s%s", name, suffix)
			op("RET")
		}
	}
}

// transposeNEON transposes stripes of up to four rows: whole blocks of four
// columns, then the columns that are left.
func transposeNEON(f *file) {
	f.armText("transposeNEON", "(dst *float32, ldd int, src *float32, lds, rows, cols, pad int)",
		"writes the transpose of a matrix of at most 4 rows: dst[j][i] = src[i][j].\n// Strides are in bytes. With pad, rows of dst are filled up to 4 with zeros.")
	a, op := f.arm, f.arm.Op
	const dst, ldd, src, lds, rows, cols, pad, row, scratch = 0, 1, 2, 3, 4, 5, 6, 7, 12 // R7 to R10: the rows
	for i, name := range []string{"dst", "ldd", "src", "lds", "rows", "cols", "pad"} {
		op("MOVD %s+%d(FP), R%d", name, 8*i, i)
	}
	op("MOVD R%d, R%d", src, row)
	for r := 1; r < 4; r++ {
		op("ADD R%d, R%d, R%d", lds, row+r-1, row+r)
	}
	for r := range 4 {
		a.Zero(r)
	}
	op("CMP $4, R%d", rows)
	op("BEQ rows4")
	op("CMP $0, R%d", pad)
	op("BNE padded")
	for n := 1; n < 4; n++ {
		op("CMP $%d, R%d", n, rows)
		op("BEQ rows%d", n)
	}
	a.Label("padded")
	for n := 1; n < 4; n++ {
		op("CMP $%d, R%d", n, rows)
		op("BEQ padded%d", n)
	}
	op("RET")
	for _, padded := range []bool{false, true} {
		for n := 1; n <= 4; n++ {
			if padded && n == 4 {
				continue
			}
			name := fmt.Sprintf("rows%d", n)
			if padded {
				name = fmt.Sprintf("padded%d", n)
			}
			store := func(v int) {
				switch {
				case padded || n == 4:
					op("FMOVQ F%d, (R%d)", v, dst)
				case n == 1:
					op("FMOVS F%d, (R%d)", v, dst)
				default:
					op("FMOVD F%d, (R%d)", v, dst)
				}
				if n == 3 && !padded {
					op("ADD $8, R%d, R%d", dst, scratch)
					op("VST1 V%d.S[2], (R%d)", v, scratch)
				}
				op("ADD R%d, R%d, R%[2]d", ldd, dst)
			}
			a.Label(name)
			op("SUBS $4, R%d, R%[1]d", cols)
			op("BLT %s_rest", name)
			for r := range n {
				op("FMOVQ.P 16(R%d), F%d", row+r, r)
			}
			a.Three("zip1", 4, 0, 2)
			a.Three("zip2", 5, 0, 2)
			a.Three("zip1", 6, 1, 3)
			a.Three("zip2", 7, 1, 3)
			a.Three("zip1", 16, 4, 6)
			a.Three("zip2", 17, 4, 6)
			a.Three("zip1", 18, 5, 7)
			a.Three("zip2", 19, 5, 7)
			for c := range 4 {
				store(16 + c)
			}
			op("JMP %s", name)
			a.Label(name + "_rest")
			op("ADDS $4, R%d, R%[1]d", cols)
			op("BLE %s_done", name)
			a.Label(name + "_single")
			op("FMOVS.P 4(R%d), F0", row)
			for r := 1; r < n; r++ {
				op("VLD1.P 4(R%d), V0.S[%d]", row+r, r)
			}
			store(0)
			op("SUBS $1, R%d, R%[1]d", cols)
			op("BNE %s_single", name)
			a.Label(name + "_done")
			op("RET")
		}
	}
}

// gatherNEON puts vectors together from pieces of consecutive values. Four
// lanes have four pieces at most, so that all of a vector is written at once.
func gatherNEON(f *file) {
	f.armText("gatherNEON", "(p *gather)", "writes a vector for every offset.")
	a, op := f.arm, f.arm.Op
	const args, dst, stride, base, offs, n, pieces, at = 0, 1, 2, 3, 4, 5, 6, 7
	const piece, mask = 8, 12 // four registers each
	lanes := []int{16, 17, 19, 20}
	op("MOVD p+0(FP), R%d", args)
	for i, r := range []int{dst, stride, base, offs, n, pieces} {
		op("MOVD %d(R%d), R%d", gatherDst+8*i, args, r)
	}
	for i := range 4 {
		op("MOVD %d(R%d), R%d", gatherPiece+8*i, args, piece+i)
		op("ADD R%d, R%d, R%[2]d", base, piece+i)
		op("MOVD %d(R%d), R%d", gatherMask+8*i, args, mask+i)
		if i > 0 { // what an earlier call left
			op("CMP $%d, R%d", i, pieces)
			op("CSEL GT, R%d, ZR, R%[1]d", mask+i)
		}
	}
	op("CMP $15, R%d", mask)
	op("BNE lanes")
	a.Label("whole")
	op("MOVD.P 8(R%d), R%d", offs, at)
	a.LoadIndexed(0, piece, at)
	op("FMOVQ F0, (R%d)", dst)
	op("ADD R%d, R%d, R%[2]d", stride, dst)
	op("SUBS $1, R%d, R%[1]d", n)
	op("BNE whole")
	op("RET")
	a.Label("lanes")
	for l, r := range lanes {
		op("MOVD R%d, R%d", piece, r)
		for i := 1; i < 4; i++ {
			op("TST $%d, R%d", 1<<l, mask+i)
			op("CSEL NE, R%d, R%d, R%[2]d", piece+i, r)
		}
		if l > 0 {
			op("ADD $%d, R%d, R%[2]d", 4*l, r)
		}
	}
	for i := 1; i < 4; i++ {
		op("ORR R%d, R%d, R%[2]d", mask+i, mask)
	}
	for count := 2; count <= 4; count++ {
		op("CMP $%d, R%d", 1<<count-1, mask)
		op("BEQ lanes%d", count)
	}
	for count := 1; count <= 4; count++ {
		name := fmt.Sprintf("lanes%d", count)
		a.Label(name)
		op("MOVD.P 8(R%d), R%d", offs, at)
		for l := range count {
			if l == 0 {
				op("FMOVS (R%d)(R%d), F0", lanes[l], at)
				continue
			}
			op("ADD R%d, R%d, R%d", at, lanes[l], base)
			op("VLD1 (R%d), V0.S[%d]", base, l)
		}
		op("FMOVQ F0, (R%d)", dst)
		op("ADD R%d, R%d, R%[2]d", stride, dst)
		op("SUBS $1, R%d, R%[1]d", n)
		op("BNE %s", name)
		op("RET")
	}
}

// splitPairsNEON takes every second element apart. There is none that puts them
// back: NEON would write the elements between, which may be another thread's.
func splitPairsNEON(f *file) {
	f.armText("splitPairsNEON", "(even, odd, src *float32, n int, index *int32)",
		"writes elements 0, 2, ... of n to even and 1, 3, ... to odd; index is not needed.")
	a, op := f.arm, f.arm.Op
	op("MOVD even+0(FP), R0")
	op("MOVD odd+8(FP), R1")
	op("MOVD src+16(FP), R2")
	op("MOVD n+24(FP), R3")
	a.Label("block")
	op("SUBS $8, R3, R3")
	op("BLT rest")
	op("VLD2.P 32(R2), [V0.S4, V1.S4]")
	op("FMOVQ.P F0, 16(R0)")
	op("FMOVQ.P F1, 16(R1)")
	op("JMP block")
	a.Label("rest")
	op("ADDS $8, R3, R3")
	op("BEQ done")
	a.Label("pair")
	op("FMOVS.P 4(R2), F0")
	op("FMOVS.P F0, 4(R0)")
	op("SUBS $1, R3, R3")
	op("BEQ done")
	op("FMOVS.P 4(R2), F0")
	op("FMOVS.P F0, 4(R1)")
	op("SUBS $1, R3, R3")
	op("BNE pair")
	a.Label("done")
	op("RET")
}

// peakNEON writes a loop of independent multiply-adds on registers.
func peakNEON(f *file) {
	f.armText("peakNEON", "(rounds int)", "runs rounds of multiply-adds, all on registers.")
	a, op := f.arm, f.arm.Op
	op("MOVD rounds+0(FP), R0")
	for i := range 26 {
		a.Zero(i)
	}
	a.Label("round")
	for range 2 {
		for i := range 24 {
			a.Three("fmla", i, 24, 25)
		}
	}
	op("SUBS $1, R0, R0")
	op("BNE round")
	op("RET")
}
