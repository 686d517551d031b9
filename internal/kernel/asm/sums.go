package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tileSums are the accumulators of a micro-kernel on their way to memory, on
// AVX-512 and AVX2 (neonSums are NEON's). row points at the row of a matrix that
// is read or written next, stride is the distance of its rows.
type tileSums struct {
	f              *file
	t              target
	rows, vecs     int
	acc            func(r, v int) VecPhysical
	row, stride    GPPhysical
	flags          GPPhysical
	scratch, lastM VecPhysical // lastM: AVX2's mask of the last vector; AVX-512's is K1
}

// each goes over the vectors of a matrix from row on.
func (s tileSums) each(do func(r, v int, m Mem)) {
	for r := range s.rows {
		for v := range s.vecs {
			do(r, v, Mem{Base: s.row, Disp: v * 4 * s.t.lanes})
		}
		if r+1 < s.rows {
			s.f.ADDQ(s.stride, s.row)
		}
	}
}

// add adds the matrix.
func (s tileSums) add() {
	f := s.f
	s.each(func(r, v int, m Mem) {
		switch a := s.acc(r, v); {
		case v < s.vecs-1:
			f.VADDPS(m, a, a)
		case s.t.lanes == 16:
			f.VADDPS(m, a, K1, a)
		default:
			f.VMASKMOVPS(m, s.lastM, s.scratch)
			f.VADDPS(s.scratch, a, a)
		}
	})
}

// relu takes the maximum with 0 under the flag.
func (s tileSums) relu() {
	f := s.f
	f.TESTQ(U32(flagReLU), s.flags)
	f.JE(LabelRef("no_relu"))
	f.VXORPS(s.scratch, s.scratch, s.scratch)
	for r := range s.rows {
		for v := range s.vecs { // the accumulator second: NaN stays
			f.VMAXPS(s.acc(r, v), s.scratch, s.acc(r, v))
		}
	}
	f.Label("no_relu")
}

// store writes the matrix. A whole one on AVX2 goes to the label advance.
func (s tileSums) store() {
	f := s.f
	write := func(masked bool) {
		s.each(func(r, v int, m Mem) {
			switch a := s.acc(r, v); {
			case v < s.vecs-1 || !masked:
				f.VMOVUPS(a, m)
			case s.t.lanes == 16:
				f.VMOVUPS(a, K1, m)
			default:
				f.VMASKMOVPS(a, s.lastM, m)
			}
		})
	}
	if s.t.lanes == 8 { // masked stores are slow on AVX2: only where needed
		f.VMOVMSKPS(s.lastM, EDX)
		f.CMPL(EDX, U32(255))
		f.JNE(LabelRef("partial"))
		write(false)
		f.JMP(LabelRef("advance"))
		f.Label("partial")
	}
	write(true)
}
