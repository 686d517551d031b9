package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// dots writes inner products of rows with one, two or four vectors: for so few
// the rows come straight from memory and are used once.
func dots(f *file) {
	for _, t := range []target{avx512, avx2} {
		table := fmt.Sprintf("\n// dotTiles%s holds the inner products by rows and vectors.\nvar dotTiles%s = [5][5]func(w *float32, ldw int, x *float32, ldx, k int, mask uintptr, y *[16]float32){\n", t.name, t.name)
		for _, rows := range []int{1, 4} {
			table += fmt.Sprintf("%d: {", rows)
			for _, n := range []int{1, 2, 4} {
				if rows*n+n+1 > len32(t) {
					continue
				}
				name := fmt.Sprintf("dotTile%s_%dx%d", t.name, rows, n)
				dot(f, t, name, rows, n)
				table += fmt.Sprintf("%d: %s,", n, name)
			}
			table += "},\n"
		}
		f.stubs.WriteString(table + "}\n")
	}
}

func dot(f *file, t target, name string, rows, n int) {
	f.text(name, "(w *float32, ldw int, x *float32, ldx, k int, mask uintptr, y *[16]float32)",
		fmt.Sprintf("computes y[%d·r+j] = Σ w[r]·x[j] for %d rows and %d vectors. The mask is for\n// the last, partial vector.", n, rows, n))
	w, ldw, x, ldx, k, y := RSI, RDX, RDI, RCX, RBX, R8
	f.Load(f.Param("w"), w)
	f.Load(f.Param("ldw"), ldw)
	f.Load(f.Param("x"), x)
	f.Load(f.Param("ldx"), ldx)
	f.Load(f.Param("k"), k)
	f.Load(f.Param("mask"), RAX)
	f.Load(f.Param("y"), y)
	ldw3, ldx3 := R9, R10
	f.LEAQ(Mem{Base: ldw, Index: ldw, Scale: 2}, ldw3)
	f.LEAQ(Mem{Base: ldx, Index: ldx, Scale: 2}, ldx3)
	at := func(base, stride, stride3 GPPhysical, i int) Mem {
		switch i {
		case 0:
			return Mem{Base: base}
		case 3:
			return Mem{Base: base, Index: stride3, Scale: 1}
		}
		return Mem{Base: base, Index: stride, Scale: uint8(i)}
	}
	acc := func(r, j int) VecPhysical { return t.reg(r*n + j) }
	xv := func(j int) VecPhysical { return t.reg(rows*n + j) }
	wv := t.reg(rows*n + n)
	for i := range rows * n {
		f.VXORPS(t.reg(i), t.reg(i), t.reg(i))
	}
	step := func(load func(m Mem, r VecPhysical)) {
		for j := range n {
			load(at(x, ldx, ldx3, j), xv(j))
		}
		for r := range rows {
			load(at(w, ldw, ldw3, r), wv)
			for j := range n {
				f.VFMADD231PS(xv(j), wv, acc(r, j))
			}
		}
	}
	f.Label("steps")
	f.SUBQ(Imm(uint64(t.lanes)), k)
	f.JLT(LabelRef("rest"))
	for r := range rows {
		m := at(w, ldw, ldw3, r)
		m.Disp = 1024
		f.PREFETCHT0(m)
	}
	step(func(m Mem, r VecPhysical) { f.VMOVUPS(m, r) })
	f.ADDQ(Imm(uint64(4*t.lanes)), w)
	f.ADDQ(Imm(uint64(4*t.lanes)), x)
	f.JMP(LabelRef("steps"))
	f.Label("rest")
	f.ADDQ(Imm(uint64(t.lanes)), k)
	f.JE(LabelRef("sum"))
	if t.lanes == 16 {
		f.KMOVW(EAX, K1)
		step(func(m Mem, r VecPhysical) { f.VMOVUPS_Z(m, K1, r) })
	} else {
		mv := t.reg(15)
		f.VMOVUPS(Mem{Base: RAX}, mv)
		step(func(m Mem, r VecPhysical) { f.VMASKMOVPS(m, mv, r) })
	}
	f.Label("sum")
	for i := range rows * n {
		v := t.reg(i)
		if t.lanes == 16 {
			f.VEXTRACTF64X4(Imm(1), v, wv.AsY())
			f.VADDPS(wv.AsY(), v.AsY(), v.AsY())
		}
		if t.lanes == 16 { // the spare register has a high number
			f.VEXTRACTF32X4(Imm(1), v.AsY(), wv.AsX())
		} else {
			f.VEXTRACTF128(Imm(1), v.AsY(), wv.AsX())
		}
		f.VADDPS(wv.AsX(), v.AsX(), v.AsX())
		f.VHADDPS(v.AsX(), v.AsX(), v.AsX())
		f.VHADDPS(v.AsX(), v.AsX(), v.AsX())
		f.VMOVSS(v.AsX(), Mem{Base: y, Disp: 4 * i})
	}
	f.VZEROUPPER()
	f.RET()
}
