package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// doubles writes the float64 micro-kernels: one full tile for each set.
func doubles(f *file) {
	doubleTile(f, avx512)
	doubleTile(f, avx2)
}

// doubleTile multiplies a packed panel of t.rows rows by a packed strip of
// t.vecs vectors.
func doubleTile(f *file, t target) {
	var (
		k, a, b, c = RAX, RBX, RCX, RDX
		rows, vecs = t.rows, t.vecs
		width      = 4 * t.lanes // bytes of a vector
		acc        = func(r, v int) VecPhysical { return t.reg(r*vecs + v) }
		bv         = func(v int) VecPhysical { return t.reg(rows*vecs + v) }
		spare      = len32(t) - rows*vecs - vecs
		bcast      = func(r int) VecPhysical { return t.reg(rows*vecs + vecs + r%min(spare, 4)) }
	)
	name := "double" + t.name
	f.text(name, "(k int, a, b, c *float64)", fmt.Sprintf("computes a tile of %dx%d float64: c[r][j] = Σ a[p][r]·b[p][j], p < k, k > 0.", rows, vecs*t.lanes/2))
	f.Load(f.Param("k"), k)
	f.Load(f.Param("a"), a)
	f.Load(f.Param("b"), b)
	f.Load(f.Param("c"), c)
	for r := range rows {
		for v := range vecs {
			f.VXORPD(acc(r, v), acc(r, v), acc(r, v))
		}
	}
	f.Label("step")
	for v := range vecs {
		f.VMOVUPD(Mem{Base: b, Disp: v * width}, bv(v))
	}
	for r := range rows {
		f.VBROADCASTSD(Mem{Base: a, Disp: 8 * r}, bcast(r))
		for v := range vecs {
			f.VFMADD231PD(bv(v), bcast(r), acc(r, v))
		}
	}
	f.ADDQ(Imm(uint64(8*rows)), a)
	f.ADDQ(U32(uint32(vecs*width)), b)
	f.DECQ(k)
	f.JNE(LabelRef("step"))
	for r := range rows {
		for v := range vecs {
			f.VMOVUPD(acc(r, v), Mem{Base: c, Disp: (r*vecs + v) * width})
		}
	}
	f.VZEROUPPER()
	f.RET()
}
