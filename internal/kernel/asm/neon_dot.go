package main

import "fmt"

// dotsNEON writes inner products of rows with one, two or four vectors.
func dotsNEON(f *file) {
	table := "\n// dotTilesNEON holds the inner products by rows and vectors.\nvar dotTilesNEON = [5][5]func(w *float32, ldw int, x *float32, ldx, k int, mask uintptr, y *[16]float32){\n"
	for _, rows := range []int{1, 4} {
		table += fmt.Sprintf("%d: {", rows)
		for _, n := range []int{1, 2, 4} {
			name := fmt.Sprintf("dotTileNEON_%dx%d", rows, n)
			dotNEON(f, name, rows, n)
			table += fmt.Sprintf("%d: %s,", n, name)
		}
		table += "},\n"
	}
	f.stubs.WriteString(table + "}\n")
}

// dotNEON writes one of them. Few sums are kept twice, since each must wait for
// the one before it.
func dotNEON(f *file, name string, rows, n int) {
	f.armText(name, "(w *float32, ldw int, x *float32, ldx, k int, mask uintptr, y *[16]float32)",
		fmt.Sprintf("computes y[%d·r+j] = Σ w[r]·x[j] for %d rows and %d vectors.", n, rows, n))
	a, op := f.arm, f.arm.Op
	const w, x, ldw, ldx, k, y, at = 1, 5, 9, 10, 11, 12, 13
	op("MOVD w+0(FP), R%d", w)
	op("MOVD ldw+8(FP), R%d", ldw)
	op("MOVD x+16(FP), R%d", x)
	op("MOVD ldx+24(FP), R%d", ldx)
	op("MOVD k+32(FP), R%d", k)
	op("MOVD y+48(FP), R%d", y)
	op("MOVD $0, R%d", at)
	for r := 1; r < rows; r++ {
		op("ADD R%d, R%d, R%d", ldw, w+r-1, w+r)
	}
	for j := 1; j < n; j++ {
		op("ADD R%d, R%d, R%d", ldx, x+j-1, x+j)
	}
	sets := 1
	if rows*n <= 8 {
		sets = 2
	}
	acc := func(set, r, j int) int { return set*rows*n + r*n + j }
	const wv, xv = 24, 28
	for i := range sets * rows * n {
		a.Zero(i)
	}
	step := func(set int, load func(d, base int)) {
		for j := range n {
			load(xv+j, x+j)
		}
		for r := range rows {
			load(wv+r, w+r)
			for j := range n {
				a.Three("fmla", acc(set, r, j), wv+r, xv+j)
			}
		}
	}
	vector := func(d, base int) { a.LoadIndexed(d, base, at) }
	if sets == 2 {
		a.Label("pairs")
		op("SUBS $8, R%d, R%[1]d", k)
		op("BLT few")
		for set := range sets {
			step(set, vector)
			op("ADD $16, R%d, R%[1]d", at)
		}
		op("JMP pairs")
		a.Label("few")
		op("ADD $8, R%d, R%[1]d", k)
	}
	a.Label("steps")
	op("SUBS $4, R%d, R%[1]d", k)
	op("BLT rest")
	for r := range rows {
		op("PRFM 512(R%d), PLDL1KEEP", w+r)
	}
	step(0, vector)
	op("ADD $16, R%d, R%[1]d", at)
	op("JMP steps")
	a.Label("rest")
	op("ADDS $4, R%d, R%[1]d", k)
	op("BLE sum")
	a.Label("single")
	step(0, func(d, base int) { op("FMOVS (R%d)(R%d), F%d", base, at, d) })
	op("ADD $4, R%d, R%[1]d", at)
	op("SUBS $1, R%d, R%[1]d", k)
	op("BNE single")
	a.Label("sum")
	for i := range rows * n {
		if sets == 2 {
			a.Three("fadd", i, i, i+rows*n)
		}
		a.Three("faddp", i, i, i)
		a.Three("faddp", i, i, i)
		op("FMOVS F%d, %d(R%d)", i, 4*i, y)
	}
	op("RET")
}
