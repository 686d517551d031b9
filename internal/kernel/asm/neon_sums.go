package main

// neonScratch is the first of the vectors that are free while sums are
// finished.
const neonScratch = 24

// neonSums writes what happens to a tile's sums on their way to memory.
type neonSums struct {
	f          *file
	rows, vecs int
	acc        func(r, v int) int

	// General registers: of the argument, and free ones.
	args, flags, lanes, row, stride, scratch int
}

// neonMatrix says where a matrix laid out by rows is: the argument's fields for
// its place and the distance of two rows, and the register that says how far
// the call has moved on.
type neonMatrix struct{ pointer, stride, moved int }

// load reads the flags and how many lanes of the last vector there are.
func (n *neonSums) load(flags, lanes int) {
	n.f.arm.Op("MOVD %d(R%d), R%d", flags, n.args, n.flags)
	n.f.arm.Op("MOVD %d(R%d), R%d", lanes, n.args, n.lanes)
	lanesOf(n.f, n.lanes, n.row)
}

// when writes code that is passed over where a flag is not set.
func (n *neonSums) when(what string, bit int, write func()) {
	n.f.arm.Op("TBZ $%d, R%d, no_%s", bit, n.flags, what)
	write()
	n.f.arm.Label("no_" + what)
}

// each writes code for each row of a matrix: whole where its last vector is
// full, part where it is not. The row's place is in n.row.
func (n *neonSums) each(what string, m neonMatrix, whole, part func(r int)) {
	a, op := n.f.arm, n.f.arm.Op
	op("MOVD %d(R%d), R%d", m.pointer, n.args, n.row)
	op("MOVD %d(R%d), R%d", m.stride, n.args, n.stride)
	op("ADD R%d, R%d, R%[2]d", m.moved, n.row)
	op("CMP $4, R%d", n.lanes)
	op("BNE part_%s", what)
	for i, row := range []func(int){whole, part} {
		if i == 1 {
			op("JMP end_%s", what)
			a.Label("part_" + what)
		}
		for r := range n.rows {
			row(r)
			if r+1 < n.rows {
				op("ADD R%d, R%d, R%[2]d", n.stride, n.row)
			}
		}
	}
	a.Label("end_" + what)
}

// add writes the addition of a matrix under a flag.
func (n *neonSums) add(what string, bit int, m neonMatrix) {
	sum := func(r int) {
		for v := range n.vecs {
			n.f.arm.Three("fadd", n.acc(r, v), n.acc(r, v), neonScratch+v)
		}
	}
	n.when(what, bit, func() {
		n.each(what, m, func(r int) {
			n.vectors(n.vecs)
			sum(r)
		}, func(r int) {
			n.vectors(n.vecs - 1)
			loadPart(n.f, neonScratch+n.vecs-1, n.row, 16*(n.vecs-1), n.lanes, n.scratch)
			sum(r)
		})
	})
}

// vectors reads so many vectors of the row.
func (n *neonSums) vectors(count int) {
	for v := range count {
		n.f.arm.Op("FMOVQ %d(R%d), F%d", 16*v, n.row, neonScratch+v)
	}
}

// relu writes the maximum with 0 under a flag; NaN stays.
func (n *neonSums) relu(bit int) {
	n.when("relu", bit, func() {
		n.f.arm.Zero(neonScratch)
		for i := range n.rows * n.vecs {
			n.f.arm.Three("fmax", i, i, neonScratch)
		}
	})
}

// store writes the sums.
func (n *neonSums) store(m neonMatrix) {
	vectors := func(r, count int) {
		for v := range count {
			n.f.arm.Op("FMOVQ F%d, %d(R%d)", n.acc(r, v), 16*v, n.row)
		}
	}
	n.each("store", m, func(r int) { vectors(r, n.vecs) }, func(r int) {
		vectors(r, n.vecs-1)
		storePart(n.f, n.acc(r, n.vecs-1), n.row, 16*(n.vecs-1), n.lanes, n.scratch)
	})
}

// lanesOf turns a mask, which is a place in kernel.laneMasks, into the number of
// its lanes.
func lanesOf(f *file, mask, scratch int) {
	f.arm.Op("MOVD $·laneMasks+16(SB), R%d", scratch)
	f.arm.Op("SUB R%d, R%d, R%[1]d", mask, scratch)
	f.arm.Op("LSR $2, R%d, R%[1]d", mask)
}

// loadPart reads the first lanes of a vector, one to three as a register says,
// from base + offset; the others become zero.
func loadPart(f *file, v, base, offset, lanes, scratch int) {
	op := f.arm.Op
	one, done := f.arm.Fresh("one"), f.arm.Fresh("read")
	op("TBZ $1, R%d, %s", lanes, one)
	op("FMOVD %d(R%d), F%d", offset, base, v)
	op("TBZ $0, R%d, %s", lanes, done)
	op("ADD $%d, R%d, R%d", offset+8, base, scratch)
	op("VLD1 (R%d), V%d.S[2]", scratch, v)
	op("JMP %s", done)
	f.arm.Mark(one)
	op("FMOVS %d(R%d), F%d", offset, base, v)
	f.arm.Mark(done)
}

// storePart writes them.
func storePart(f *file, v, base, offset, lanes, scratch int) {
	op := f.arm.Op
	one, done := f.arm.Fresh("one"), f.arm.Fresh("written")
	op("TBZ $1, R%d, %s", lanes, one)
	op("FMOVD F%d, %d(R%d)", v, offset, base)
	op("TBZ $0, R%d, %s", lanes, done)
	op("ADD $%d, R%d, R%d", offset+8, base, scratch)
	op("VST1 V%d.S[2], (R%d)", v, scratch)
	op("JMP %s", done)
	f.arm.Mark(one)
	op("FMOVS F%d, %d(R%d)", v, offset, base)
	f.arm.Mark(done)
}
