package main

import "fmt"

// The general registers of the micro-kernels for pixels. The pixels' places are
// in R4 to R15.
const (
	armPixels    = 4
	armPixelB    = 1
	armPixelAt   = 2 // bytes into a run
	armPixelK    = 3
	armMovedTab  = armMovedB
	armMovedAdd  = 23
	armPixelTmp  = 24
	armPixelTmp2 = 25
	armPixelTab  = 26

	// Of the weights that come next; the twelfth pixel's place otherwise, in
	// tiles that have few weights.
	armAhead = 15
)

// neonPixelRows is the largest number of rows by vectors: 24 sums, beside which
// there is room for the vectors of B and three or four of A.
var neonPixelRows = []int{0, 12, 12, 8, 6}

// pixelNEON writes the micro-kernels for pixels by vectors and rows.
func pixelNEON(f *file) {
	table := "\n// pixelTilesNEON holds the micro-kernels by vectors and rows.\nvar pixelTilesNEON = [5][13]func(t *pixelTile){\n"
	for vecs := 1; vecs < len(neonPixelRows); vecs++ {
		table += fmt.Sprintf("%d: {", vecs)
		for rows := 1; rows <= neonPixelRows[vecs]; rows++ {
			name := fmt.Sprintf("pixelTileNEON_%dx%d", rows, vecs*arm.lanes)
			neonPixelTile(f, name, rows, vecs)
			table += fmt.Sprintf("%d: %s,", rows, name)
		}
		table += "},\n"
	}
	f.stubs.WriteString(table + "}\n")
}

// neonPixelTile writes one micro-kernel. As in neonTile, a vector of A holds four
// steps of a pixel's k, and as many pixels go together as there are registers
// left for that.
func neonPixelTile(f *file, name string, rows, vecs int) {
	f.armText(name, "(t *pixelTile)", fmt.Sprintf("computes %d pixels and up to %d channels at a time.", rows, vecs*arm.lanes))
	a, op := f.arm, f.arm.Op
	acc := func(r, v int) int { return r*vecs + v }
	bv := rows * vecs
	av := bv + vecs
	// Groups of nearly the same size.
	groups := (rows + min(rows, 32-av) - 1) / min(rows, 32-av)
	op("MOVD t+0(FP), R%d", armArgs)
	op("MOVD %d(R%d), R%d", pixelCount, armArgs, armCount)
	looksAhead := rows < 12
	if looksAhead {
		op("MOVD %d(R%d), R%d", pixelAhead, armArgs, armAhead)
	}
	for _, r := range []int{armMovedA, armMovedTab, armMovedC, armMovedAdd} {
		op("MOVD $0, R%d", r)
	}
	a.Label("start")
	a.Comment("The tile of C is needed last: ask for it now.")
	op("MOVD %d(R%d), R%d", pixelC, armArgs, armPixelTmp)
	op("MOVD %d(R%d), R%d", pixelLDC, armArgs, armPixelTmp2)
	op("ADD R%d, R%d, R%[2]d", armMovedC, armPixelTmp)
	for r := range rows {
		op("PRFM (R%d), PLDL1KEEP", armPixelTmp)
		if r+1 < rows {
			op("ADD R%d, R%d, R%[2]d", armPixelTmp2, armPixelTmp)
		}
	}
	for i := range rows * vecs {
		a.Zero(i)
	}
	op("MOVD %d(R%d), R%d", pixelRuns, armArgs, armRuns)
	op("MOVD %d(R%d), R%d", pixelRunTab, armArgs, armRunTab)
	op("MOVD %d(R%d), R%d", pixelTab, armArgs, armPixelTab)
	op("ADD R%d, R%d, R%[2]d", armMovedTab, armPixelTab)
	op("MOVD %d(R%d), R%d", pixelB, armArgs, armPixelB)

	loadB := func(u int) {
		at := 16 * u * vecs
		for v := 0; v < vecs; v += 2 {
			if v+1 < vecs {
				op("FLDPQ %d(R%d), (F%d, F%d)", at+16*v, armPixelB, bv+v, bv+v+1)
			} else {
				op("FMOVQ %d(R%d), F%d", at+16*v, armPixelB, bv+v)
			}
		}
	}
	// steps multiplies count steps of k.
	steps := func(count int) {
		for g := range groups {
			r0, r1 := rows*g/groups, rows*(g+1)/groups
			for r := r0; r < r1; r++ {
				if count == 4 {
					a.LoadIndexed(av+r-r0, armPixels+r, armPixelAt)
				} else {
					op("FMOVS (R%d)(R%d), F%d", armPixels+r, armPixelAt, av+r-r0)
				}
			}
			for u := range count {
				loadB(u)
				for r := r0; r < r1; r++ {
					for v := range vecs {
						a.FMLALane(acc(r, v), bv+v, av+r-r0, u)
					}
				}
			}
		}
		op("ADD $%d, R%d, R%[2]d", 16*vecs*count, armPixelB)
		op("ADD $%d, R%d, R%[2]d", 4*count, armPixelAt)
	}

	a.Label("run")
	op("MOVD.P 8(R%d), R%d", armRunTab, armPixelTmp)
	op("MOVD %d(R%d), R%d", pixelA, armArgs, armPixelTmp2)
	op("ADD R%d, R%d, R%[2]d", armPixelTmp2, armPixelTmp)
	op("ADD R%d, R%d, R%[2]d", armMovedA, armPixelTmp)
	for r := range rows {
		op("MOVD %d(R%d), R%d", 8*r, armPixelTab, armPixels+r)
	}
	for r := range rows {
		op("ADD R%d, R%d, R%[2]d", armPixelTmp, armPixels+r)
	}
	op("MOVD %d(R%d), R%d", pixelTabRun, armArgs, armPixelTmp)
	op("ADD R%d, R%d, R%[2]d", armPixelTmp, armPixelTab)
	op("MOVD $0, R%d", armPixelAt)
	op("MOVD %d(R%d), R%d", pixelK, armArgs, armPixelK)
	op("SUBS $4, R%d, R%[1]d", armPixelK)
	op("BLT rest")
	a.Label("steps")
	steps(4)
	if looksAhead {
		for v := range vecs { // as many lines as were read of B
			op("PRFM %d(R%d), PLDL2KEEP", 64*v, armAhead)
		}
		op("ADD $%d, R%d, R%[2]d", 64*vecs, armAhead)
	}
	op("SUBS $4, R%d, R%[1]d", armPixelK)
	op("BGE steps")
	a.Label("rest")
	op("ADDS $4, R%d, R%[1]d", armPixelK)
	op("BLE next")
	a.Label("single")
	steps(1)
	op("SUBS $1, R%d, R%[1]d", armPixelK)
	op("BNE single")
	a.Label("next")
	op("SUBS $1, R%d, R%[1]d", armRuns)
	op("BNE run")

	neonFinishPixels(f, rows, vecs, acc)
	if looksAhead {
		op("MOVD %d(R%d), R%d", pixelAheadEnd, armArgs, armPixelTmp)
		op("CMP R%d, R%d", armPixelTmp, armAhead)
		op("CSEL HI, R%d, R%d, R%[2]d", armPixelTmp, armAhead)
	}
	op("SUBS $1, R%d, R%[1]d", armCount)
	op("BLE done")
	for i, moved := range []int{armMovedA, armMovedTab, armMovedC, armMovedAdd} {
		op("MOVD %d(R%d), R%d", pixelStepA+8*i, armArgs, armPixelTmp)
		op("ADD R%d, R%d, R%[2]d", armPixelTmp, moved)
	}
	op("JMP start")
	a.Label("done")
	op("RET")
}

// neonFinishPixels adds what the flags ask for and stores the sums.
func neonFinishPixels(f *file, rows, vecs int, acc func(r, v int) int) {
	a, op := f.arm, f.arm.Op
	n := &neonSums{f: f, rows: rows, vecs: vecs, acc: acc, args: armArgs, flags: armPixelB, lanes: armPixelAt, row: armPixelTmp, stride: armPixelTmp2, scratch: armPixelK}
	n.load(pixelFlags, pixelMask)
	c := neonMatrix{pixelC, pixelLDC, armMovedC}
	n.add("accumulate", 0, c)
	n.when("bias", 1, func() {
		op("MOVD %d(R%d), R%d", pixelBias, armArgs, n.row)
		n.vectors(vecs - 1)
		last := neonScratch + vecs - 1
		op("CMP $4, R%d", n.lanes)
		op("BNE part_bias")
		op("FMOVQ %d(R%d), F%d", 16*(vecs-1), n.row, last)
		op("JMP read_bias")
		a.Label("part_bias")
		loadPart(f, last, n.row, 16*(vecs-1), n.lanes, n.scratch)
		a.Label("read_bias")
		for r := range rows {
			for v := range vecs {
				a.Three("fadd", acc(r, v), acc(r, v), neonScratch+v)
			}
		}
	})
	n.add("add", 2, neonMatrix{pixelAdd, pixelLDAdd, armMovedAdd})
	n.relu(3)
	n.when("cap", 4, func() {
		op("FMOVS %d(R%d), F%d", pixelCap, armArgs, neonScratch)
		op("VDUP V%d.S[0], V%[1]d.S4", neonScratch)
		for i := range rows * vecs {
			a.Three("fmin", i, i, neonScratch)
		}
	})
	n.store(c)
}
