package main

// doubleNEON writes the float64 micro-kernel: one full tile of 8 rows and 6
// columns.
func doubleNEON(f *file) {
	const rows, vecs = 8, 3
	f.armText("doubleNEON", "(k int, a, b, c *float64)", "computes a tile of 8x6 float64: c[r][j] = Σ a[p][r]·b[p][j], p < k, k > 0.")
	asm, op := f.arm, f.arm.Op
	const k, a, b, c, bv, av = 0, 1, 2, 3, 24, 27
	for i, name := range []string{"k", "a", "b", "c"} {
		op("MOVD %s+%d(FP), R%d", name, 8*i, i)
	}
	for i := range rows * vecs {
		asm.Zero(i)
	}
	asm.Label("step")
	op("FLDPQ (R%d), (F%d, F%d)", b, bv, bv+1)
	op("FMOVQ 32(R%d), F%d", b, bv+2)
	op("ADD $48, R%d, R%[1]d", b)
	op("FLDPQ (R%d), (F%d, F%d)", a, av, av+1)
	op("FLDPQ 32(R%d), (F%d, F%d)", a, av+2, av+3)
	op("ADD $64, R%d, R%[1]d", a)
	for r := range rows {
		for v := range vecs {
			asm.FMLALane64(r*vecs+v, bv+v, av+r/2, r%2)
		}
	}
	op("SUBS $1, R%d, R%[1]d", k)
	op("BNE step")
	for i := 0; i < rows*vecs; i += 2 {
		op("FSTPQ (F%d, F%d), %d(R%d)", i, i+1, 16*i, c)
	}
	op("RET")
}
