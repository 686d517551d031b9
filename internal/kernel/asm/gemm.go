package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Offsets into kernel.tile. Every field has eight bytes.
const (
	tileA = 8 * iota
	tileAOff
	tileRuns
	tileRunTab
	tileK
	tileB
	tileLDB
	tileC
	tileLDC
	tileFlags
	tileBias
	tileAdd
	tileMask
	tileLDA
	tileCount
	tileStepA
	tileStepB
	tileStepC
	tileOffsets
)

// Bits of kernel.tile.flags.
const (
	flagAccumulate = 1 << iota
	flagBias
	flagAdd
	flagReLU
	flagCap // only where pixels are read
)

// target is what the instruction sets differ in.
type target struct {
	name  string
	rows  int
	vecs  int
	lanes int
	reg   func(i int) VecPhysical
}

var (
	avx512 = target{"AVX512", 8, 3, 16, func(i int) VecPhysical {
		return []VecPhysical{Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15,
			Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27, Z28, Z29, Z30, Z31}[i]
	}}
	avx2 = target{"AVX2", 4, 3, 8, func(i int) VecPhysical {
		return []VecPhysical{Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15}[i]
	}}
	// arm is written for amd64's vectors of four lanes and then put into NEON.
	arm = target{"NEON", 8, 3, 4, func(i int) VecPhysical {
		return []VecPhysical{X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13, X14, X15}[i]
	}}
	rowOffset = []GPPhysical{R8, R9, R10, R11, R12, R13, R14, R15}
)

func gemmAVX512(f *file) { gemmTiles(f, avx512) }
func gemmAVX2(f *file)   { gemmTiles(f, avx2) }

func directAVX512(f *file) {
	allTiles(f, avx512, "directTile", "directTiles", "holds the micro-kernels that read B by offsets.", byOffsets)
}
func directAVX2(f *file) {
	allTiles(f, avx2, "directTile", "directTiles", "holds the micro-kernels that read B by offsets.", byOffsets)
}

// access is how a micro-kernel finds its operands.
type access int

const (
	byRows    access = iota // A by row offsets, rows of B ldb bytes apart
	byColumns               // A by columns: element (r, k) at a + 4r + lda·k bytes
	byOffsets               // like byRows, but row k of B is offsets[k] bytes from b
)

// gemmTiles writes the micro-kernels for every tile height and width, and for
// full height those that read A by columns.
func gemmTiles(f *file, t target) {
	allTiles(f, t, "tile", "tiles", "holds the micro-kernels by rows and vectors.", byRows)
	table := fmt.Sprintf("\n// columnTiles%s holds those that read A by columns.\nvar columnTiles%s = [4]func(t *tile){\n", t.name, t.name)
	for vecs := 1; vecs <= t.vecs; vecs++ {
		name := fmt.Sprintf("columnTile%s_%dx%d", t.name, t.rows, vecs*t.lanes)
		gemmTile(f, t, name, t.rows, vecs, byColumns)
		table += fmt.Sprintf("%d: %s,\n", vecs, name)
	}
	f.stubs.WriteString(table + "}\n")
}

func allTiles(f *file, t target, prefix, name, doc string, how access) {
	table := fmt.Sprintf("\n// %s%s %s\nvar %s%s = [9][4]func(t *tile){\n", name, t.name, doc, name, t.name)
	for rows := 1; rows <= t.rows; rows++ {
		table += fmt.Sprintf("%d: {", rows)
		for vecs := 1; vecs <= t.vecs; vecs++ {
			name := fmt.Sprintf("%s%s_%dx%d", prefix, t.name, rows, vecs*t.lanes)
			gemmTile(f, t, name, rows, vecs, how)
			table += fmt.Sprintf("%d: %s,", vecs, name)
		}
		table += "},\n"
	}
	f.stubs.WriteString(table + "}\n")
}

func gemmTile(f *file, t target, name string, rows, vecs int, how access) {
	columns := how == byColumns
	f.text(name, "(t *tile)", fmt.Sprintf("computes a tile of %d rows and up to %d columns.", rows, vecs*t.lanes))
	var (
		args          = RAX
		a, b, k       = RBX, RCX, RDX
		ldb, ldb3     = RSI, RDI
		width         = 4 * t.lanes
		acc           = func(r, v int) VecPhysical { return t.reg(r*vecs + v) }
		bv            = func(v int) VecPhysical { return t.reg(rows*vecs + v) }
		spare         = len32(t) - rows*vecs - vecs
		bcast         = func(r int) VecPhysical { return t.reg(rows*vecs + vecs + r%min(spare, 4)) }
		field         = func(off int) Mem { return Mem{Base: args, Disp: off} }
		runs, runTab  = f.AllocLocal(8), f.AllocLocal(8)
		count         = f.AllocLocal(8)
		moved         = tileMoves{f.AllocLocal(8), f.AllocLocal(8), f.AllocLocal(8)}
		unroll        = 4
		cRow, cStride = RBX, RCX
	)
	f.Load(f.Param("t"), args)

	f.MOVQ(field(tileCount), k)
	f.MOVQ(k, count)
	f.XORQ(k, k)
	for _, m := range []Mem{moved.a, moved.b, moved.c} {
		f.MOVQ(k, m)
	}

	f.Label("start")
	f.Comment("The tile of C is needed last: ask for it now.")
	f.MOVQ(field(tileC), cRow)
	f.ADDQ(moved.c, cRow)
	f.MOVQ(field(tileLDC), cStride)
	for r := range rows {
		for off := 0; off < vecs*width; off += 64 {
			f.PREFETCHT0(Mem{Base: cRow, Disp: off})
		}
		if r+1 < rows {
			f.ADDQ(cStride, cRow)
		}
	}

	if columns {
		f.MOVQ(field(tileLDA), rowOffset[0])
	} else {
		f.MOVQ(field(tileAOff), k)
		for r := range rows {
			f.MOVQ(Mem{Base: k, Disp: 8 * r}, rowOffset[r])
		}
	}
	for r := range rows {
		for v := range vecs {
			f.VXORPS(acc(r, v), acc(r, v), acc(r, v))
		}
	}
	f.MOVQ(field(tileRuns), k)
	f.MOVQ(k, runs)
	f.MOVQ(field(tileRunTab), k)
	f.MOVQ(k, runTab)
	f.MOVQ(field(tileB), b)
	f.ADDQ(moved.b, b)
	table, offset := ldb, ldb3
	if how == byOffsets {
		f.MOVQ(field(tileOffsets), table)
	} else {
		f.MOVQ(field(tileLDB), ldb)
		f.LEAQ(Mem{Base: ldb, Index: ldb, Scale: 2}, ldb3)
	}

	step := func(u int) {
		bm := Mem{Base: b}
		switch {
		case how == byOffsets:
			f.MOVQ(Mem{Base: table, Disp: 8 * u}, offset)
			bm.Index, bm.Scale = offset, 1
		case u == 1:
			bm = Mem{Base: b, Index: ldb, Scale: 1}
		case u == 2:
			bm = Mem{Base: b, Index: ldb, Scale: 2}
		case u == 3:
			bm = Mem{Base: b, Index: ldb3, Scale: 1}
		}
		for v := range vecs {
			m := bm
			m.Disp = v * width
			f.VMOVUPS(m, bv(v))
		}
		for r := range rows {
			if columns {
				f.VBROADCASTSS(Mem{Base: a, Disp: 4 * r}, bcast(r))
			} else {
				f.VBROADCASTSS(Mem{Base: a, Index: rowOffset[r], Scale: 1, Disp: 4 * u}, bcast(r))
			}
			for v := range vecs {
				f.VFMADD231PS(bv(v), bcast(r), acc(r, v))
			}
		}
		if columns {
			f.ADDQ(rowOffset[0], a)
		}
	}

	f.Label("run")
	f.MOVQ(runTab, k)
	f.MOVQ(Mem{Base: k}, a)
	f.ADDQ(Imm(8), runTab)
	f.ADDQ(field(tileA), a)
	f.ADDQ(moved.a, a)
	f.MOVQ(field(tileK), k)
	f.SUBQ(Imm(uint64(unroll)), k)
	f.JLT(LabelRef("rest"))
	f.Label("steps")
	for u := range unroll {
		step(u)
	}
	if !columns {
		f.ADDQ(Imm(uint64(4*unroll)), a)
	}
	if how == byOffsets {
		f.ADDQ(Imm(uint64(8*unroll)), table)
	} else {
		f.LEAQ(Mem{Base: b, Index: ldb, Scale: 4}, b)
	}
	f.SUBQ(Imm(uint64(unroll)), k)
	f.JGE(LabelRef("steps"))
	f.Label("rest")
	f.ADDQ(Imm(uint64(unroll)), k)
	f.JLE(LabelRef("next"))
	f.Label("single")
	step(0)
	if !columns {
		f.ADDQ(Imm(4), a)
	}
	if how == byOffsets {
		f.ADDQ(Imm(8), table)
	} else {
		f.ADDQ(ldb, b)
	}
	f.DECQ(k)
	f.JNE(LabelRef("single"))
	f.Label("next")
	f.DECQ(runs)
	f.JNE(LabelRef("run"))

	finishTile(f, t, rows, vecs, acc, moved)
	f.Label("advance")
	f.DECQ(count)
	f.JLE(LabelRef("done"))
	f.MOVQ(field(tileStepA), k)
	f.ADDQ(k, moved.a)
	f.MOVQ(field(tileStepB), k)
	f.ADDQ(k, moved.b)
	f.MOVQ(field(tileStepC), k)
	f.ADDQ(k, moved.c)
	f.JMP(LabelRef("start"))
	f.Label("done")
	f.VZEROUPPER()
	f.RET()
}

// tileMoves holds how far a call has moved on from its first tile. The
// pointers in the argument stay as they are: they belong to the collector.
type tileMoves struct{ a, b, c Mem }

// finishTile adds what the flags ask for and stores the accumulators.
func finishTile(f *file, t target, rows, vecs int, acc func(r, v int) VecPhysical, moved tileMoves) {
	var (
		args    = RAX
		flags   = RDX
		row     = RBX
		stride  = RCX
		scratch = t.reg(rows * vecs)
		lastM   = t.reg(rows*vecs + 1) // AVX2's mask
	)
	sums := tileSums{f, t, rows, vecs, acc, row, stride, flags, scratch, lastM}
	f.MOVQ(Mem{Base: args, Disp: tileFlags}, flags)
	f.MOVQ(Mem{Base: args, Disp: tileLDC}, stride)
	f.MOVQ(Mem{Base: args, Disp: tileMask}, RSI)
	if t.lanes == 16 {
		f.KMOVW(ESI, K1)
	} else {
		f.VMOVUPS(Mem{Base: RSI}, lastM)
	}
	// addRows adds a matrix laid out like C to the accumulators.
	addRows := func(what string, bit uint32, ptr int) {
		f.TESTQ(U32(bit), flags)
		f.JE(LabelRef("no_" + what))
		f.MOVQ(Mem{Base: args, Disp: ptr}, row)
		f.ADDQ(moved.c, row)
		sums.add()
		f.Label("no_" + what)
	}
	addRows("accumulate", flagAccumulate, tileC)

	f.TESTQ(U32(flagBias), flags)
	f.JE(LabelRef("no_bias"))
	f.MOVQ(Mem{Base: args, Disp: tileBias}, row)
	for r := range rows {
		f.VBROADCASTSS(Mem{Base: row, Disp: 4 * r}, scratch)
		for v := range vecs {
			f.VADDPS(scratch, acc(r, v), acc(r, v))
		}
	}
	f.Label("no_bias")
	addRows("add", flagAdd, tileAdd)

	sums.relu()

	f.MOVQ(Mem{Base: args, Disp: tileC}, row)
	f.ADDQ(moved.c, row)
	sums.store()
}

func len32(t target) int {
	if t.lanes == 16 {
		return 32
	}
	return 16
}
