package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Offsets into kernel.pixelTile. Every field has eight bytes.
const (
	pixelA = 8 * iota
	pixelTab
	pixelTabRun
	pixelRuns
	pixelRunTab
	pixelK
	pixelB
	pixelC
	pixelLDC
	pixelFlags
	pixelBias
	pixelAdd
	pixelLDAdd
	pixelMask
	pixelCount
	pixelStepA
	pixelStepTab
	pixelStepC
	pixelStepAdd
	pixelCap
	pixelAhead
	pixelAheadEnd
)

// pixelRows is the largest number of rows by vectors: as many accumulators as
// the registers hold beside the vectors of B and a few broadcasts, and no more
// rows than there are registers for their addresses.
var pixelRows = map[int][]int{16: {0, 12, 12, 8, 6}, 8: {0, 12, 6, 4}}

func pixelAVX512(f *file) { pixelTiles(f, avx512) }
func pixelAVX2(f *file)   { pixelTiles(f, avx2) }

// pixelTiles writes the micro-kernels for pixels by vectors and rows.
func pixelTiles(f *file, t target) {
	table := fmt.Sprintf("\n// pixelTiles%s holds the micro-kernels by vectors and rows.\nvar pixelTiles%s = [5][13]func(t *pixelTile){\n", t.name, t.name)
	for vecs, most := range pixelRows[t.lanes] {
		if most == 0 {
			continue
		}
		table += fmt.Sprintf("%d: {", vecs)
		for rows := 1; rows <= most; rows++ {
			name := fmt.Sprintf("pixelTile%s_%dx%d", t.name, rows, vecs*t.lanes)
			pixelTile(f, t, name, rows, vecs)
			table += fmt.Sprintf("%d: %s,", rows, name)
		}
		table += "},\n"
	}
	f.stubs.WriteString(table + "}\n")
}

func pixelTile(f *file, t target, name string, rows, vecs int) {
	f.text(name, "(t *pixelTile)", fmt.Sprintf("computes %d pixels and up to %d channels at a time.", rows, vecs*t.lanes))
	var (
		args         = RAX
		k, b         = RAX, RCX // args is loaded again where it is needed
		row          = []GPPhysical{RBX, RDX, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15}
		tab          = R15 // free until the last row takes it
		width        = 4 * t.lanes
		acc          = func(r, v int) VecPhysical { return t.reg(r*vecs + v) }
		bv           = func(v int) VecPhysical { return t.reg(rows*vecs + v) }
		spare        = len32(t) - rows*vecs - vecs
		bcast        = func(r int) VecPhysical { return t.reg(rows*vecs + vecs + r%min(spare, 4)) }
		field        = func(off int) Mem { return Mem{Base: args, Disp: off} }
		runs, runTab = f.AllocLocal(8), f.AllocLocal(8)
		tabAt, base  = f.AllocLocal(8), f.AllocLocal(8)
		count        = f.AllocLocal(8)
		movedA       = f.AllocLocal(8)
		movedTab     = f.AllocLocal(8)
		movedC       = f.AllocLocal(8)
		movedAdd     = f.AllocLocal(8)
		unroll       = 4
		ahead        = R14 // in tall tiles of one vector it is a row: those have few weights
		looksAhead   = rows <= 10
		lines        = max(1, vecs*t.lanes/16) // asked for in four steps of k
	)
	f.Load(f.Param("t"), args)
	f.MOVQ(field(pixelCount), RBX)
	f.MOVQ(RBX, count)
	f.XORQ(RBX, RBX)
	for _, m := range []Mem{movedA, movedTab, movedC, movedAdd} {
		f.MOVQ(RBX, m)
	}

	if looksAhead {
		f.MOVQ(field(pixelAhead), ahead)
	}
	f.Label("start")
	startPixels(f, t, rows, vecs, acc, bv(0), movedC, movedAdd)
	f.MOVQ(field(pixelRuns), RBX)
	f.MOVQ(RBX, runs)
	f.MOVQ(field(pixelRunTab), RBX)
	f.MOVQ(RBX, runTab)
	f.MOVQ(field(pixelTab), RBX)
	f.ADDQ(movedTab, RBX)
	f.MOVQ(RBX, tabAt)
	f.MOVQ(field(pixelB), b)

	step := func(u, ahead int) {
		for v := range vecs {
			f.VMOVUPS(Mem{Base: b, Disp: (u*vecs + v) * width}, bv(v))
		}
		for r := range rows {
			m := Mem{Base: row[r], Index: k, Scale: 1, Disp: 4*u - ahead}
			f.VBROADCASTSS(m, bcast(r))
			for v := range vecs {
				f.VFMADD231PS(bv(v), bcast(r), acc(r, v))
			}
		}
	}

	f.Label("run")
	f.Comment("The rows' ends; k counts up to 0.")
	f.MOVQ(runTab, RBX)
	f.MOVQ(Mem{Base: RBX}, RBX)
	f.ADDQ(Imm(8), runTab)
	f.ADDQ(field(pixelA), RBX)
	f.ADDQ(movedA, RBX)
	f.MOVQ(field(pixelK), RDX)
	f.LEAQ(Mem{Base: RBX, Index: RDX, Scale: 4}, RBX)
	f.MOVQ(RBX, base)
	f.MOVQ(tabAt, tab)
	f.MOVQ(field(pixelTabRun), RBX)
	f.ADDQ(RBX, tabAt)
	f.MOVQ(RDX, k)
	for r := range rows {
		f.MOVQ(Mem{Base: tab, Disp: 8 * r}, row[r])
	}
	for r := range rows {
		f.ADDQ(base, row[r])
	}
	f.SHLQ(Imm(2), k)
	f.NEGQ(k)
	f.ADDQ(Imm(uint64(4*unroll)), k)
	f.JG(LabelRef("rest"))
	f.Label("steps")
	for u := range unroll {
		step(u, 4*unroll)
	}
	if looksAhead {
		for i := range lines {
			f.PREFETCHT1(Mem{Base: ahead, Disp: 64 * i})
		}
		f.ADDQ(U32(uint32(64*lines)), ahead)
	}
	f.ADDQ(U32(uint32(unroll*vecs*width)), b)
	f.ADDQ(Imm(uint64(4*unroll)), k)
	f.JLE(LabelRef("steps"))
	f.Label("rest")
	f.SUBQ(Imm(uint64(4*unroll)), k)
	f.JGE(LabelRef("next"))
	f.Label("single")
	step(0, 0)
	f.ADDQ(U32(uint32(vecs*width)), b)
	f.ADDQ(Imm(4), k)
	f.JNE(LabelRef("single"))
	f.Label("next")
	f.Load(f.Param("t"), args)
	f.DECQ(runs)
	f.JNE(LabelRef("run"))

	finishPixels(f, t, rows, vecs, acc, movedC)
	f.Label("advance")
	if looksAhead {
		f.CMPQ(ahead, field(pixelAheadEnd))
		f.CMOVQHI(field(pixelAheadEnd), ahead)
	}
	f.DECQ(count)
	f.JLE(LabelRef("done"))
	for _, m := range []struct {
		step  int
		moved Mem
	}{{pixelStepA, movedA}, {pixelStepTab, movedTab}, {pixelStepC, movedC}, {pixelStepAdd, movedAdd}} {
		f.MOVQ(field(m.step), RBX)
		f.ADDQ(RBX, m.moved)
	}
	f.JMP(LabelRef("start"))
	f.Label("done")
	f.VZEROUPPER()
	f.RET()
}

// startPixels gives the accumulators what the result begins with: the sum's
// other term, the bias or nothing. Here the loads wait for nothing, while
// additions at the end would hold up the stores.
func startPixels(f *file, t target, rows, vecs int, acc func(r, v int) VecPhysical, scratch VecPhysical, movedC, movedAdd Mem) {
	var (
		args   = RAX
		row    = RBX
		stride = RCX
		flags  = RDX
		width  = 4 * t.lanes
		lastM  = t.reg(rows*vecs + 1) // AVX2's mask
		field  = func(off int) Mem { return Mem{Base: args, Disp: off} }
	)
	f.MOVQ(field(pixelFlags), flags)
	f.MOVQ(field(pixelMask), RSI)
	if t.lanes == 16 {
		f.KMOVW(ESI, K1)
	} else {
		f.VMOVUPS(Mem{Base: RSI}, lastM)
	}
	load := func(m Mem, v int, to VecPhysical) {
		switch {
		case v < vecs-1:
			f.VMOVUPS(m, to)
		case t.lanes == 16:
			f.VMOVUPS_Z(m, K1, to)
		default:
			f.VMASKMOVPS(m, lastM, to)
		}
	}
	loadRows := func(ptr, ld int, moved Mem) {
		f.MOVQ(field(ptr), row)
		f.ADDQ(moved, row)
		f.MOVQ(field(ld), stride)
		for r := range rows {
			for v := range vecs {
				load(Mem{Base: row, Disp: v * width}, v, acc(r, v))
			}
			if r+1 < rows {
				f.ADDQ(stride, row)
			}
		}
	}
	f.Comment("The tile of C is needed last: ask for it now.")
	f.MOVQ(field(pixelC), row)
	f.ADDQ(movedC, row)
	f.MOVQ(field(pixelLDC), stride)
	for r := range rows {
		for off := 0; off < vecs*width; off += 64 {
			f.PREFETCHT0(Mem{Base: row, Disp: off})
		}
		if r+1 < rows {
			f.ADDQ(stride, row)
		}
	}
	f.TESTQ(U32(flagAdd), flags)
	f.JE(LabelRef("alone"))
	loadRows(pixelAdd, pixelLDAdd, movedAdd)
	f.TESTQ(U32(flagBias), flags)
	f.JE(LabelRef("started"))
	f.MOVQ(field(pixelBias), row)
	for v := range vecs {
		load(Mem{Base: row, Disp: v * width}, v, scratch)
		for r := range rows {
			f.VADDPS(scratch, acc(r, v), acc(r, v))
		}
	}
	f.JMP(LabelRef("started"))

	f.Label("alone")
	f.TESTQ(U32(flagBias), flags)
	f.JE(LabelRef("nothing"))
	f.MOVQ(field(pixelBias), row)
	for v := range vecs {
		load(Mem{Base: row, Disp: v * width}, v, acc(0, v))
		for r := 1; r < rows; r++ {
			f.VMOVAPS(acc(0, v), acc(r, v))
		}
	}
	f.JMP(LabelRef("started"))
	f.Label("nothing")
	for r := range rows {
		for v := range vecs {
			f.VXORPS(acc(r, v), acc(r, v), acc(r, v))
		}
	}
	f.Label("started")
}

// finishPixels adds what C holds to the accumulators, bounds and stores them.
func finishPixels(f *file, t target, rows, vecs int, acc func(r, v int) VecPhysical, movedC Mem) {
	var (
		args    = RAX
		row     = RBX
		stride  = RCX
		flags   = RDX
		scratch = t.reg(rows * vecs)
		lastM   = t.reg(rows*vecs + 1) // AVX2's mask
		field   = func(off int) Mem { return Mem{Base: args, Disp: off} }
	)
	sums := tileSums{f, t, rows, vecs, acc, row, stride, flags, scratch, lastM}
	f.MOVQ(field(pixelFlags), flags)
	if t.lanes == 8 {
		f.MOVQ(field(pixelMask), RSI)
		f.VMOVUPS(Mem{Base: RSI}, lastM)
	}
	f.TESTQ(U32(flagAccumulate), flags)
	f.JE(LabelRef("not_accumulated"))
	f.Comment("Only now: sums of sums round less than one long sum.")
	f.MOVQ(field(pixelC), row)
	f.ADDQ(movedC, row)
	f.MOVQ(field(pixelLDC), stride)
	sums.add()
	f.Label("not_accumulated")
	sums.relu()
	f.TESTQ(U32(flagCap), flags)
	f.JE(LabelRef("no_cap"))
	f.VBROADCASTSS(field(pixelCap), scratch)
	for r := range rows {
		for v := range vecs {
			f.VMINPS(acc(r, v), scratch, acc(r, v))
		}
	}
	f.Label("no_cap")

	f.MOVQ(field(pixelC), row)
	f.ADDQ(movedC, row)
	f.MOVQ(field(pixelLDC), stride)
	sums.store()
}
