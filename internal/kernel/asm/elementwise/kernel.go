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

// call writes the Go function that splits the work and calls the code in the
// subject's table.
func (k kernel) call(w *strings.Builder, subject string) {
	fmt.Fprintf(w, "\n// vec%s %s\n%s {\n", k.name, k.doc, k.goSignature())
	code := subject + "Tables[isa.kind]." + k.name
	switch {
	case k.write != nil:
		fmt.Fprintf(w, "if isa != nil { %s(%s) }\nreturn isa != nil\n}\n", code, strings.Join(passed(k.args), ", "))
	case len(k.results) > 0:
		k.callReduction(w, code)
	case k.planes:
		fmt.Fprintf(w, "return isa != nil && inPlanes(n, len(%s), func(p, at, n, planes int) {\n%s(%s)\n})\n}\n",
			k.params[0], code, k.arguments("n*planes", "n", "planes"))
	default:
		s := k.slices()
		fmt.Fprintf(w, "return isa != nil && inChunks(len(%s), func(at, n int) { %s(%s) })\n}\n", s[len(s)-1], code, k.arguments("n", "n"))
	}
}

// passed are the names in a parameter list, as they are passed to a function
// value.
func passed(list string) []string {
	params := strings.Split(list, ", ")
	names, kind := make([]string, len(params)), ""
	for i := len(params) - 1; i >= 0; i-- { // a type follows its names
		name, k, ok := strings.Cut(params[i], " ")
		if ok {
			kind = k
		}
		names[i] = name
		if strings.HasPrefix(kind, "*") {
			names[i] = "lent(" + name + ")"
		}
	}
	return names
}

// arguments lists what the assembly is called with: length elements of each
// slice from at on, its counts, then the parameters, one a plane if they vary.
func (k kernel) arguments(length string, counts ...string) string {
	var args []string
	for _, s := range k.slices() {
		args = append(args, "part("+s+", at, "+length+")")
	}
	args = append(args, counts...)
	for _, p := range k.params {
		if k.planes {
			p = "part(" + p + ", p, planes)"
		}
		args = append(args, p)
	}
	return strings.Join(append(args, k.ints...), ", ")
}

func (k kernel) callReduction(w *strings.Builder, code string) {
	var parts, start, collected []string
	for i, r := range k.results {
		part := fmt.Sprintf("r%d", i)
		parts = append(parts, part)
		if k.max {
			start = append(start, "math.Inf(-1)")
			collected = append(collected, fmt.Sprintf("max(%s, float64(%s))", r, part))
		} else {
			start = append(start, "0")
			collected = append(collected, fmt.Sprintf("%s+float64(%s)", r, part))
		}
	}
	results := strings.Join(k.results, ", ")
	if k.max {
		fmt.Fprintf(w, "%s = %s\n", results, strings.Join(start, ", "))
	}
	fmt.Fprintf(w, "ok = isa != nil && inStrides(n, planes, stride, func(at, n, planes int) {\n%s := %s(%s)\n%s = %s\n})\nreturn %s, ok\n}\n",
		strings.Join(parts, ", "), code, k.arguments("(planes-1)*stride+n", "n", "planes", "stride"), results, strings.Join(collected, ", "), results)
}

// emit writes the assembly of one kernel.
func (v *vec) emit(k kernel, stubs *strings.Builder) {
	name := asmName(k.name) + setNames[v.lanes]
	v.Function(name)
	v.Attributes(attr.NOSPLIT)
	v.SignatureExpr("func" + k.signature())
	fmt.Fprintf(stubs, "func %s%s\n", name, k.signature())
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
