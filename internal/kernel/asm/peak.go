package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// peaks writes loops of independent multiply-adds on registers.
func peaks(f *file) {
	peak(f, avx512, 24)
	peak(f, avx2, 12)
}

func peak(f *file, t target, n int) {
	f.text("peak"+t.name, "(rounds int)", "runs rounds of multiply-adds, all on registers.")
	f.Load(f.Param("rounds"), RAX)
	for i := range n + 2 {
		f.VXORPS(t.reg(i), t.reg(i), t.reg(i))
	}
	f.Label("round")
	for range 2 {
		for i := range n {
			f.VFMADD231PS(t.reg(n), t.reg(n+1), t.reg(i))
		}
	}
	f.DECQ(RAX)
	f.JNE(LabelRef("round"))
	f.VZEROUPPER()
	f.RET()
}
