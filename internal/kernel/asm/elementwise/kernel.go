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
	planes  bool     // each of len(param) planes of n elements has its own
	ints    []string // uint32 parameters, broadcast
	results []string // float32 results of a reduction, float64 to the caller
	max     bool     // the results are maxima, not sums
	unroll  int      // vectors a round, 1 if 0
	stream  bool     // also make one that writes around the caches

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

// streaming is the kernel that writes around the caches: for results too large
// to find there later, it saves reading what is overwritten.
func (k kernel) streaming() kernel {
	k.name += "Stream"
	k.doc = strings.TrimSuffix(k.doc, ".") + ", writing around the caches."
	return k
}

// all is list with the streaming kernels.
func all(list []kernel) []kernel {
	var r []kernel
	for _, k := range list {
		streams := k.stream
		k.stream = false
		r = append(r, k)
		if streams {
			s := k.streaming()
			s.stream = true
			r = append(r, s)
		}
	}
	return r
}

func asmName(s string) string { return "vec" + s }

func (k kernel) signature() string {
	if k.write != nil {
		return "(" + k.args + ")"
	}
	s := "(" + strings.Join(k.slices(), ", ") + " *float32, n int"
	switch {
	case k.planes:
		s += ", planes int"
	case len(k.results) > 0:
		s += ", planes, stride int"
	}
	if len(k.params) > 0 {
		s += ", " + strings.Join(k.params, ", ")
		if k.planes {
			s += " *float32"
		} else {
			s += " float32"
		}
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
	switch {
	case k.planes:
		s += ", n int"
	case len(k.results) > 0:
		s += ", n, planes, stride int"
	}
	if len(k.params) > 0 {
		s += ", " + strings.Join(k.params, ", ")
		if k.planes {
			s += " []float32"
		} else {
			s += " float32"
		}
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

// call writes the Go function that splits the work and picks the code, for one
// architecture.
func (k kernel) call(w *strings.Builder, arch string) {
	fmt.Fprintf(w, "\n// vec%s %s\n%s {\n", k.name, k.doc, k.goSignature())
	names := func(list string) string {
		var n []string
		for _, p := range strings.Split(list, ", ") {
			n = append(n, strings.Fields(p)[0])
		}
		return strings.Join(n, ", ")
	}
	if k.write != nil {
		fmt.Fprint(w, "if isa == nil { return false }\n")
		k.pick(w, arch, "", names(k.args))
		fmt.Fprint(w, "return true\n}\n")
		return
	}
	switch {
	case len(k.results) > 0:
		k.callReduction(w, arch)
	case k.planes:
		k.callPlanes(w, arch)
	default:
		s := k.slices()
		last := s[len(s)-1]
		fmt.Fprint(w, "if isa == nil { return false }\n")
		for _, n := range s[:len(s)-1] {
			fmt.Fprintf(w, "%s = %[1]s[:len(%s)]\n", n, last)
		}
		fmt.Fprintf(w, "for at := 0; at < len(%s); at += vecChunk {\nn := min(vecChunk, len(%[1]s)-at)\n", last)
		k.pick(w, arch, "", k.arguments("at", "n"))
		fmt.Fprint(w, "}\nreturn true\n}\n")
	}
}

// arguments lists what the assembly is called with: slices from at on, n, then
// the parameters, indexed by plane if they vary.
func (k kernel) arguments(at string, n ...string) string {
	var args []string
	for _, s := range k.slices() {
		args = append(args, "&"+s+"["+at+"]")
	}
	args = append(args, n...)
	for _, p := range k.params {
		if k.planes {
			p = "&" + p + "[p]"
		}
		args = append(args, p)
	}
	return strings.Join(append(args, k.ints...), ", ")
}

func (k kernel) pick(w *strings.Builder, arch, assign, arguments string) {
	if arch == "arm64" {
		fmt.Fprintf(w, "%svec%sNEON(%s)\n", assign, k.name, arguments)
		return
	}
	fmt.Fprintf(w, "if isa.lanes == 16 { %svec%sAVX512(%s) } else { %[1]svec%[2]sAVX2(%[3]s) }\n", assign, k.name, arguments)
}

func (k kernel) callPlanes(w *strings.Builder, arch string) {
	fmt.Fprintf(w, "if isa == nil { return false }\nplanes := len(%s)\n", k.params[0])
	for _, s := range k.slices() {
		fmt.Fprintf(w, "%s = %[1]s[:n*planes]\n", s)
	}
	for _, p := range k.params[1:] {
		fmt.Fprintf(w, "%s = %[1]s[:planes]\n", p)
	}
	fmt.Fprint(w, "if n > vecChunk {\nfor p := range planes {\nfor at := p*n; at < (p+1)*n; at += vecChunk {\nm := min(vecChunk, (p+1)*n-at)\n")
	k.pick(w, arch, "", k.arguments("at", "m", "1"))
	fmt.Fprint(w, "}\n}\nreturn true\n}\nif n == 0 { return true }\ngroup := vecChunk / n\nfor p := 0; p < planes; p += group {\nat, m := p*n, min(group, planes-p)\n")
	k.pick(w, arch, "", k.arguments("at", "n", "m"))
	fmt.Fprint(w, "}\nreturn true\n}\n")
}

func (k kernel) callReduction(w *strings.Builder, arch string) {
	fmt.Fprintf(w, "if isa == nil { return %sfalse }\n", strings.Repeat("0, ", len(k.results)))
	for _, s := range k.slices() {
		fmt.Fprintf(w, "%s = %[1]s[:(planes-1)*stride+n]\n", s)
	}
	var parts []string
	for i, r := range k.results {
		parts = append(parts, fmt.Sprintf("r%d", i))
		if k.max {
			fmt.Fprintf(w, "%s = negInf\n", r)
		}
	}
	results := strings.Join(parts, ", ")
	// Few enough elements at a time for a sum in single precision.
	fmt.Fprintf(w, "group, length := 1, n\nif n > vecSumChunk { length = vecSumChunk } else if n > 0 { group = vecSumChunk / n }\n")
	fmt.Fprintf(w, "for p := 0; p < planes; p += group {\nm := min(group, planes-p)\nfor at := p * stride; at < p*stride+n; at += length {\nk := min(length, p*stride+n-at)\nvar %s float32\n", results)
	k.pick(w, arch, results+" = ", k.arguments("at", "k", "m", "stride"))
	for i, r := range k.results {
		if k.max {
			fmt.Fprintf(w, "%s = max(%[1]s, float64(r%d))\n", r, i)
		} else {
			fmt.Fprintf(w, "%s += float64(r%d)\n", r, i)
		}
	}
	fmt.Fprintf(w, "}\n}\nreturn %s, true\n}\n", strings.Join(k.results, ", "))
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
	name := asmName(k.name) + map[int]string{16: "AVX512", 8: "AVX2", 4: "NEON"}[v.lanes]
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
	n := v.GP64()
	outer := k.planes || len(k.results) > 0
	tables := map[string]reg.Register{}
	for _, p := range append(append([]string(nil), k.params...), k.ints...) {
		v.params[p] = v.new()
		if k.planes {
			tables[p] = v.Load(v.Param(p), v.GP64())
		} else {
			v.VBROADCASTSS(v.argMem(p), v.params[p])
		}
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
	starts := map[string]reg.GPVirtual{}
	var planes reg.GPVirtual
	if outer {
		planes = v.loadArg("planes")
		for _, s := range k.slices() {
			if !k.planes {
				starts[s] = v.GP64()
				v.MOVQ(pointers[s], starts[s])
			}
		}
		v.Label("plane")
		for _, p := range k.params {
			if k.planes {
				v.VBROADCASTSS(operand.Mem{Base: tables[p]}, v.params[p])
				v.ADDQ(operand.I32(4), tables[p])
			}
		}
	}
	v.MOVQ(v.argMem("n"), n)
	if k.stream {
		// Streaming stores must be aligned: up to there go others.
		head := v.GP64()
		v.MOVQ(pointers[k.out[0]], head)
		v.NEGQ(head)
		v.ANDQ(operand.I32(v.lanes*4-1), head)
		v.SHRQ(operand.U8(2), head)
		v.JEQ(operand.LabelRef("aligned"))
		v.CMPQ(head, n)
		v.JGE(operand.LabelRef("aligned")) // short: the loops below don't run
		v.live = v.maskFor(head)
		step(0)
		v.live = nil
		for _, s := range k.slices() {
			v.LEAQ(operand.Mem{Base: pointers[s], Index: head, Scale: 4}, pointers[s])
		}
		v.SUBQ(head, n)
		v.Label("aligned")
	}
	v.stream = k.stream
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
	v.stream = false
	v.Label("rest")
	v.TESTQ(n, n)
	v.JEQ(operand.LabelRef("done"))
	v.live = v.maskFor(n)
	step(0)
	v.live = nil
	if k.planes {
		for _, s := range k.slices() {
			v.LEAQ(operand.Mem{Base: pointers[s], Index: n, Scale: 4}, pointers[s])
		}
	}
	v.Label("done")
	if outer {
		stride := v.GP64()
		if !k.planes {
			v.MOVQ(v.argMem("stride"), stride)
			for _, s := range k.slices() {
				v.LEAQ(operand.Mem{Base: starts[s], Index: stride, Scale: 4}, starts[s])
				v.MOVQ(starts[s], pointers[s])
			}
		}
		v.DECQ(planes)
		v.JNE(operand.LabelRef("plane"))
	}
	if k.stream {
		v.SFENCE()
	}
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
