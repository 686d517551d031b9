package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// kernel describes a loop over float32 slices of one length.
type kernel struct {
	name    string
	doc     string
	in      []string // slices read
	inOut   []string // slices read and written
	out     []string // slices written
	params  []string // float32 parameters, broadcast
	ints    []string // uint32 parameters, broadcast
	results []string // float32 results of a reduction, float64 to the caller
	max     bool     // the results are maxima, not sums
	unroll  int      // vectors a round, 1 if 0

	// body computes a vector of each of inOut and out from one of each of in
	// and inOut.
	body func(v *vec, x []reg.VecVirtual) []reg.VecVirtual

	// write replaces the loop: the kernel has a shape of its own. args is then
	// its parameter list.
	args  string
	write func(v *vec)
}

func (k kernel) slices() []string {
	return append(append(append([]string(nil), k.in...), k.inOut...), k.out...)
}

func asmName(s string) string { return "vec" + s }

func (k kernel) signature() string {
	if k.write != nil {
		return "(" + k.args + ")"
	}
	s := "(" + strings.Join(k.slices(), ", ") + " *float32, n int"
	if len(k.params) > 0 {
		s += ", " + strings.Join(k.params, ", ") + " float32"
	}
	if len(k.ints) > 0 {
		s += ", " + strings.Join(k.ints, ", ") + " uint32"
	}
	s += ")"
	if len(k.results) > 0 {
		s += " (" + strings.Join(k.results, ", ") + " float32)"
	}
	return s
}

// goSignature is that of the Go function, whose bool says whether there was a
// vector unit to use.
func (k kernel) goSignature() string {
	s := "func vec" + k.name + "("
	if k.write != nil {
		return s + k.args + ") bool"
	}
	s += strings.Join(k.slices(), ", ") + " []float32"
	if len(k.params) > 0 {
		s += ", " + strings.Join(k.params, ", ") + " float32"
	}
	if len(k.ints) > 0 {
		s += ", " + strings.Join(k.ints, ", ") + " uint32"
	}
	s += ") "
	if len(k.results) > 0 {
		return s + "(" + strings.Join(k.results, ", ") + " float64, ok bool)"
	}
	return s + "bool"
}

// call writes the Go function that splits the work and picks the code.
func (k kernel) call(w *strings.Builder) {
	fmt.Fprintf(w, "\n// vec%s %s\n%s {\n", k.name, k.doc, k.goSignature())
	names := func(list string) string {
		var n []string
		for _, p := range strings.Split(list, ", ") {
			n = append(n, strings.Fields(p)[0])
		}
		return strings.Join(n, ", ")
	}
	if k.write != nil {
		fmt.Fprintf(w, "if isa == nil { return false }\nif isa.lanes == 16 { %sAVX512(%[2]s) } else { %[1]sAVX2(%[2]s) }\nreturn true\n}\n", asmName(k.name), names(k.args))
		return
	}
	no, yes, chunk := "return false", "return true", "vecChunk"
	if len(k.results) > 0 {
		no, yes, chunk = "return "+strings.Repeat("0, ", len(k.results))+"false", "return "+strings.Join(k.results, ", ")+", true", "vecSumChunk"
	}
	fmt.Fprintf(w, "if isa == nil { %s }\n", no)
	s := k.slices()
	last := s[len(s)-1]
	for _, n := range s[:len(s)-1] {
		fmt.Fprintf(w, "%s = %[1]s[:len(%s)]\n", n, last)
	}
	if k.max {
		for _, r := range k.results {
			fmt.Fprintf(w, "%s = negInf\n", r)
		}
	}
	var args []string
	for _, n := range s {
		args = append(args, "&"+n+"[at]")
	}
	args = append(args, "n")
	args = append(args, k.params...)
	args = append(args, k.ints...)
	list := strings.Join(args, ", ")
	fmt.Fprintf(w, "for at := 0; at < len(%s); at += %s {\nn := min(%[2]s, len(%[1]s)-at)\n", last, chunk)
	if len(k.results) == 0 {
		fmt.Fprintf(w, "if isa.lanes == 16 { %sAVX512(%[2]s) } else { %[1]sAVX2(%[2]s) }\n", asmName(k.name), list)
	} else {
		var part []string
		for i := range k.results {
			part = append(part, fmt.Sprintf("r%d", i))
		}
		p := strings.Join(part, ", ")
		fmt.Fprintf(w, "var %s float32\nif isa.lanes == 16 { %[1]s = %sAVX512(%[3]s) } else { %[1]s = %[2]sAVX2(%[3]s) }\n", p, asmName(k.name), list)
		for i, r := range k.results {
			if k.max {
				fmt.Fprintf(w, "%s = max(%[1]s, float64(r%d))\n", r, i)
			} else {
				fmt.Fprintf(w, "%s += float64(r%d)\n", r, i)
			}
		}
	}
	fmt.Fprintf(w, "}\n%s\n}\n", yes)
}

// fallback writes the Go function for builds without assembly.
func (k kernel) fallback(w *strings.Builder) {
	no := "return false"
	if len(k.results) > 0 {
		no = "return " + strings.Repeat("0, ", len(k.results)) + "false"
	}
	fmt.Fprintf(w, "\n%s { %s }\n", k.goSignature(), no)
}

// emit writes the assembly of one kernel.
func (v *vec) emit(k kernel, stubs *strings.Builder) {
	name := asmName(k.name) + "AVX512"
	if v.lanes == 8 {
		name = asmName(k.name) + "AVX2"
	}
	v.Function(name)
	v.Attributes(attr.NOSPLIT)
	v.SignatureExpr("func" + k.signature())
	fmt.Fprintf(stubs, "\n//go:noescape\nfunc %s%s\n", name, k.signature())
	v.params, v.live = map[string]reg.VecVirtual{}, nil
	if k.write != nil {
		k.write(v)
		return
	}
	v.loop(k)
}

// loop writes rounds of k.unroll vectors, then of one, then the rest under a
// mask.
func (v *vec) loop(k kernel) {
	unroll := max(k.unroll, 1)
	pointers := map[string]reg.Register{}
	for _, s := range k.slices() {
		pointers[s] = v.Load(v.Param(s), v.GP64())
	}
	n := v.Load(v.Param("n"), v.GP64())
	for _, p := range append(append([]string(nil), k.params...), k.ints...) {
		a, err := v.Param(p).Resolve()
		if err != nil {
			panic(err)
		}
		r := v.new()
		v.VBROADCASTSS(a.Addr, r)
		v.params[p] = r
	}
	v.acc = make([][]reg.VecVirtual, unroll)
	for u := range v.acc {
		for range k.results {
			r := v.new()
			if k.max {
				v.mov(v.bits(0xFF800000), r)
			} else {
				v.zero(r)
			}
			v.acc[u] = append(v.acc[u], r)
		}
	}
	if k.body == nil {
		panic(k.name)
	}
	step := func(u int) {
		v.slot = u
		var x []reg.VecVirtual
		at := func(s string) operand.Mem {
			return operand.Mem{Base: pointers[s], Disp: u * v.lanes * 4}
		}
		for _, s := range append(append([]string(nil), k.in...), k.inOut...) {
			x = append(x, v.load(at(s)))
		}
		y := k.body(v, x)
		for i, s := range append(append([]string(nil), k.inOut...), k.out...) {
			v.store(y[i], at(s))
		}
	}
	advance := func(vectors int) {
		for _, s := range k.slices() {
			v.ADDQ(operand.I32(vectors*v.lanes*4), pointers[s])
		}
		v.SUBQ(operand.I32(vectors*v.lanes), n)
	}
	if unroll > 1 {
		v.Label("unrolled")
		v.CMPQ(n, operand.I32(unroll*v.lanes))
		v.JLT(operand.LabelRef("single"))
		for u := range unroll {
			step(u)
		}
		advance(unroll)
		v.JMP(operand.LabelRef("unrolled"))
	}
	v.Label("single")
	v.CMPQ(n, operand.I32(v.lanes))
	v.JLT(operand.LabelRef("rest"))
	step(0)
	advance(1)
	v.JMP(operand.LabelRef("single"))
	v.Label("rest")
	v.TESTQ(n, n)
	v.JEQ(operand.LabelRef("done"))
	v.live = v.maskFor(n)
	step(0)
	v.live = nil
	v.Label("done")
	for i, r := range k.results {
		total := v.acc[0][i]
		for u := 1; u < unroll; u++ {
			v.combine(k.max, v.acc[u][i], total)
		}
		v.Store(v.horizontal(k.max, total), v.Return(r))
	}
	v.VZEROUPPER()
	v.RET()
}
