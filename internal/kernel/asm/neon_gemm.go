package main

import "fmt"

// The general registers of the micro-kernels for matrix products. Row offsets
// of A are in R2 to R9, places of four rows of B in R10 to R13.
const (
	armArgs   = 0
	armA      = 1
	armOffset = 2
	armB      = 10
	armStep   = 14 // 4·ldb, the table of offsets, or lda of a kernel that reads A by columns
	armK      = 15
	armRuns   = 16
	armRunTab = 17
	armCount  = 19
	armMovedA = 20 // how far the call has moved on from its first tile
	armMovedB = 21
	armMovedC = 22
	armRow    = 23
	armStride = 24
	armLDB    = 25 // or B itself, beside a table of offsets

	// While a tile is finished.
	armFlags = armK
	armLanes = armRuns
)

// gemmNEON writes the micro-kernels of a matrix product, 8 rows and 12 columns.
func gemmNEON(f *file) {
	neonTiles(f, "tile", "tiles", "holds the micro-kernels by rows and vectors.", byRows)
	table := "\n// columnTilesNEON holds those that read A by columns.\nvar columnTilesNEON = [4]func(t *tile){\n"
	for vecs := 1; vecs <= arm.vecs; vecs++ {
		name := fmt.Sprintf("columnTileNEON_%dx%d", arm.rows, vecs*arm.lanes)
		neonTile(f, name, arm.rows, vecs, byColumns)
		table += fmt.Sprintf("%d: %s,\n", vecs, name)
	}
	f.stubs.WriteString(table + "}\n")
}

func directNEON(f *file) {
	neonTiles(f, "directTile", "directTiles", "holds the micro-kernels that read B by offsets.", byOffsets)
}

func neonTiles(f *file, prefix, name, doc string, how access) {
	table := fmt.Sprintf("\n// %sNEON %s\nvar %[1]sNEON = [9][4]func(t *tile){\n", name, doc)
	for rows := 1; rows <= arm.rows; rows++ {
		table += fmt.Sprintf("%d: {", rows)
		for vecs := 1; vecs <= arm.vecs; vecs++ {
			name := fmt.Sprintf("%sNEON_%dx%d", prefix, rows, vecs*arm.lanes)
			neonTile(f, name, rows, vecs, how)
			table += fmt.Sprintf("%d: %s,", vecs, name)
		}
		table += "},\n"
	}
	f.stubs.WriteString(table + "}\n")
}

// neonTile writes one micro-kernel. Four steps of k at a time take their values
// of A from one vector a row, lane by lane, so that no instruction is spent on
// spreading them; four rows at a time, since the registers hold no more beside
// 24 sums, three vectors of B and four of A.
func neonTile(f *file, name string, rows, vecs int, how access) {
	f.armText(name, "(t *tile)", fmt.Sprintf("computes a tile of %d rows and up to %d columns.", rows, vecs*arm.lanes))
	a := f.arm
	acc := func(r, v int) int { return r*vecs + v }
	const bv, av = 24, 27
	op := a.Op
	op("MOVD t+0(FP), R%d", armArgs)
	op("MOVD %d(R%d), R%d", tileCount, armArgs, armCount)
	for _, r := range []int{armMovedA, armMovedB, armMovedC} {
		op("MOVD $0, R%d", r)
	}
	a.Label("start")
	a.Comment("The tile of C is needed last: ask for it now.")
	op("MOVD %d(R%d), R%d", tileC, armArgs, armRow)
	op("MOVD %d(R%d), R%d", tileLDC, armArgs, armStride)
	op("ADD R%d, R%d, R%[2]d", armMovedC, armRow)
	for r := range rows {
		op("PRFM (R%d), PLDL1KEEP", armRow)
		if vecs > 2 { // the row may lie in two lines
			op("PRFM %d(R%d), PLDL1KEEP", 16*vecs-4, armRow)
		}
		if r+1 < rows {
			op("ADD R%d, R%d, R%[2]d", armStride, armRow)
		}
	}
	if how == byColumns {
		op("MOVD %d(R%d), R%d", tileLDA, armArgs, armStep)
	} else {
		op("MOVD %d(R%d), R%d", tileAOff, armArgs, armRow)
		for r := range rows {
			op("MOVD %d(R%d), R%d", 8*r, armRow, armOffset+r)
		}
	}
	for i := range rows * vecs {
		a.Zero(i)
	}
	op("MOVD %d(R%d), R%d", tileRuns, armArgs, armRuns)
	op("MOVD %d(R%d), R%d", tileRunTab, armArgs, armRunTab)
	b := armB
	if how == byOffsets {
		b = armLDB
		op("MOVD %d(R%d), R%d", tileOffsets, armArgs, armStep)
	} else {
		op("MOVD %d(R%d), R%d", tileLDB, armArgs, armLDB)
		if how == byRows {
			op("LSL $2, R%d, R%d", armLDB, armStep)
		}
	}
	op("MOVD %d(R%d), R%d", tileB, armArgs, b)
	op("ADD R%d, R%d, R%[2]d", armMovedB, b)

	loadB := func(from int) {
		if vecs > 1 {
			op("FLDPQ (R%d), (F%d, F%d)", from, bv, bv+1)
		} else {
			op("FMOVQ (R%d), F%d", from, bv)
		}
		if vecs > 2 {
			op("FMOVQ 32(R%d), F%d", from, bv+2)
		}
	}
	// advance moves to the next row of B, for a single step.
	advance := func() {
		if how == byOffsets {
			op("ADD $8, R%d, R%[1]d", armStep)
		} else {
			op("ADD R%d, R%d, R%[2]d", armLDB, armB)
		}
	}
	place := func() {
		if how == byOffsets {
			op("MOVD (R%d), R%d", armStep, armB)
			op("ADD R%d, R%d, R%[2]d", armLDB, armB)
		}
	}
	single := func() {
		place()
		loadB(armB)
		if how == byColumns {
			op("FLDPQ (R%d), (F%d, F%d)", armA, av, av+1)
		}
		for r := range rows {
			register, lane := av+r%4, 0
			if how == byColumns {
				register, lane = av+r/4, r%4
			} else {
				op("FMOVS (R%d)(R%d), F%d", armA, armOffset+r, register)
			}
			for v := range vecs {
				a.FMLALane(acc(r, v), bv+v, register, lane)
			}
		}
		if how == byColumns {
			op("ADD R%d, R%d, R%[2]d", armStep, armA)
		} else {
			op("ADD $4, R%d, R%[1]d", armA)
		}
		advance()
	}
	four := func() {
		if how == byColumns {
			for range 4 {
				single()
			}
			return
		}
		if how == byOffsets {
			op("LDP (R%d), (R%d, R%d)", armStep, armB, armB+1)
			op("LDP 16(R%d), (R%d, R%d)", armStep, armB+2, armB+3)
			op("ADD $32, R%d, R%[1]d", armStep)
			for u := range 4 {
				op("ADD R%d, R%d, R%[2]d", armLDB, armB+u)
			}
		}
		for r0 := 0; r0 < rows; r0 += 4 {
			r1 := min(rows, r0+4)
			for r := r0; r < r1; r++ {
				a.LoadIndexed(av+r-r0, armA, armOffset+r)
			}
			for u := range 4 {
				loadB(armB + u)
				for r := r0; r < r1; r++ {
					for v := range vecs {
						a.FMLALane(acc(r, v), bv+v, av+r-r0, u)
					}
				}
			}
		}
		op("ADD $16, R%d, R%[1]d", armA)
		if how == byRows {
			for u := range 4 {
				op("ADD R%d, R%d, R%[2]d", armStep, armB+u)
			}
		}
	}

	a.Label("run")
	op("MOVD (R%d), R%d", armRunTab, armA)
	op("ADD $8, R%d, R%[1]d", armRunTab)
	op("MOVD %d(R%d), R%d", tileA, armArgs, armRow)
	op("ADD R%d, R%d, R%[2]d", armRow, armA)
	op("ADD R%d, R%d, R%[2]d", armMovedA, armA)
	if how == byRows {
		for u := range 3 {
			op("ADD R%d, R%d, R%d", armLDB, armB+u, armB+u+1)
		}
	}
	op("MOVD %d(R%d), R%d", tileK, armArgs, armK)
	op("SUBS $4, R%d, R%[1]d", armK)
	op("BLT rest")
	a.Label("steps")
	four()
	op("SUBS $4, R%d, R%[1]d", armK)
	op("BGE steps")
	a.Label("rest")
	op("ADDS $4, R%d, R%[1]d", armK)
	op("BLE next")
	a.Label("single")
	single()
	op("SUBS $1, R%d, R%[1]d", armK)
	op("BNE single")
	a.Label("next")
	op("SUBS $1, R%d, R%[1]d", armRuns)
	op("BNE run")

	neonFinish(f, rows, vecs, acc)
	op("SUBS $1, R%d, R%[1]d", armCount)
	op("BLE done")
	for i, moved := range []int{armMovedA, armMovedB, armMovedC} {
		op("MOVD %d(R%d), R%d", tileStepA+8*i, armArgs, armRow)
		op("ADD R%d, R%d, R%[2]d", armRow, moved)
	}
	op("JMP start")
	a.Label("done")
	op("RET")
}

// neonFinish adds what the flags ask for and stores the sums.
func neonFinish(f *file, rows, vecs int, acc func(r, v int) int) {
	n := &neonSums{f: f, rows: rows, vecs: vecs, acc: acc, args: armArgs, flags: armFlags, lanes: armLanes, row: armRow, stride: armStride, scratch: armB}
	n.load(tileFlags, tileMask)
	c := neonMatrix{tileC, tileLDC, armMovedC}
	n.add("accumulate", 0, c)
	n.when("bias", 1, func() {
		f.arm.Op("MOVD %d(R%d), R%d", tileBias, armArgs, armRow)
		for r := range rows {
			f.arm.Op("VLD1R.P 4(R%d), [V%d.S4]", armRow, neonScratch)
			for v := range vecs {
				f.arm.Three("fadd", acc(r, v), acc(r, v), neonScratch)
			}
		}
	})
	n.add("add", 2, neonMatrix{tileAdd, tileLDC, armMovedC})
	n.relu(3)
	n.store(c)
}
