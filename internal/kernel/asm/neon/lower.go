package neon

import (
	"fmt"
	"sort"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Registers that lowered code uses beside those that avo assigned, which are
// R0 to R15 and V0 to V15. R18 and R26 to R30 belong to the system, Go's
// assembler and the runtime.
const (
	addressReg = "R16"
	valueReg   = "R17"
	valueReg2  = "R19"
	firstConst = 16 // V16 to V28 keep a function's constants
	lastConst  = 28
	spare1     = 29
	spare2     = 30
	spare3     = 31
)

// Lower returns the arm64 assembly of a file that avo has compiled.
func Lower(f *ir.File, generator, constraint string) ([]byte, error) {
	a := &Asm{}
	if err := a.Lower(f); err != nil {
		return nil, err
	}
	return a.File(generator, constraint), nil
}

// Lower adds the functions and tables of a file that avo has compiled.
func (a *Asm) Lower(f *ir.File) error {
	for _, s := range f.Sections {
		switch s := s.(type) {
		case *ir.Global:
			a.table(s)
		case *ir.Function:
			if err := a.lowerFunction(s); err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
	}
	return nil
}

// table writes read-only data.
func (a *Asm) table(g *ir.Global) {
	fmt.Fprintln(&a.text)
	for _, d := range g.Data {
		fmt.Fprintf(&a.text, "DATA %s+%d(SB)/%d, %s\n", g.Symbol, d.Offset, d.Value.Bytes(), d.Value.Asm())
	}
	fmt.Fprintf(&a.text, "GLOBL %s(SB), RODATA|NOPTR, $%d\n", g.Symbol, g.Size)
}

// lowering is the state of one function.
type lowering struct {
	*Asm
	consts map[string]int // the registers of tables used as operands
	known  map[int]bool   // vector registers that hold a table's contents just now: no NaN
	flags  bool           // the current instruction's flags are used
	behind []func()       // write what goes behind the function's last instruction
}

func (a *Asm) lowerFunction(fn *ir.Function) error {
	a.Func(fn.Name, fn.FrameBytes(), fn.ArgumentBytes())
	l := &lowering{Asm: a, consts: constants(fn), known: map[int]bool{}}
	names := make([]string, 0, len(l.consts))
	for name := range l.consts {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return l.consts[names[i]] < l.consts[names[j]] })
	for _, name := range names {
		a.Op("MOVD $%s(SB), %s", name, addressReg)
		a.Op("FMOVQ (%s), F%d", addressReg, l.consts[name])
	}
	for i := 0; i < len(fn.Nodes); i++ {
		switch n := fn.Nodes[i].(type) {
		case ir.Label:
			a.Label(string(n))
			clear(l.known)
		case *ir.Comment:
			for _, line := range n.Lines {
				a.Comment(line)
			}
		case *ir.Instruction:
			l.flags = flagsUsed(fn.Nodes[i+1:])
			if from, next := l.fused(n, fn.Nodes[i+1:]); next != nil {
				if err := l.binary(next, from); err != nil {
					return err
				}
				i++
				continue
			}
			if err := l.instruction(n); err != nil {
				return fmt.Errorf("%s %v: %w", n.Opcode, n.Operands, err)
			}
		}
	}
	for _, write := range l.behind {
		write()
	}
	return nil
}

// constants gives the tables that a function's arithmetic uses most a register.
func constants(fn *ir.Function) map[string]int {
	uses := map[string]int{}
	for _, in := range fn.Instructions() {
		if in.Opcode[0] != 'V' {
			continue
		}
		for _, op := range in.Operands {
			if m, ok := op.(operand.Mem); ok && m.Base == reg.StaticBase && m.Index == nil && m.Disp == 0 {
				uses[m.Symbol.String()]++
			}
		}
	}
	names := make([]string, 0, len(uses))
	for name := range uses {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := names[i], names[j]
		return uses[a] > uses[b] || uses[a] == uses[b] && a < b
	})
	r := map[string]int{}
	for i, name := range names[:min(len(names), lastConst-firstConst+1)] {
		r[name] = firstConst + i
	}
	return r
}

// setters are the instructions that leave flags on amd64.
var setters = map[string]bool{
	"ADDQ": true, "SUBQ": true, "NEGQ": true, "ANDQ": true, "ORQ": true, "XORQ": true, "SHRQ": true, "SHLQ": true,
	"DECQ": true, "INCQ": true, "CMPQ": true, "TESTQ": true, "CMPL": true, "TESTL": true, "IMULQ": true, "IMUL3Q": true,
}

// flagsUsed reports whether a jump or a conditional move follows before the
// flags are set anew.
func flagsUsed(rest []ir.Node) bool {
	for _, n := range rest {
		in, ok := n.(*ir.Instruction)
		switch {
		case !ok:
			if _, label := n.(ir.Label); label {
				return false
			}
		case conditions[in.Opcode] != "":
			return true
		case setters[in.Opcode] || in.IsTerminal || in.IsBranch:
			return false
		}
	}
	return false
}

// fused recognises a move to a register which the next instruction uses as its
// first operand and overwrites: arm64 needs no move for that.
func (l *lowering) fused(move *ir.Instruction, rest []ir.Node) (from operand.Op, next *ir.Instruction) {
	if move.Opcode != "VMOVUPS" && move.Opcode != "VMOVAPS" || len(rest) == 0 {
		return nil, nil
	}
	next, ok := rest[0].(*ir.Instruction)
	if !ok || binaries[next.Opcode] == "" || !isVector(move.Operands[1]) {
		return nil, nil
	}
	b, a, d := next.Operands[0], next.Operands[1], next.Operands[2]
	r := vector(move.Operands[1])
	if !isVector(a) || vector(a) != r || vector(d) != r || isVector(b) && vector(b) == r {
		return nil, nil
	}
	return move.Operands[0], next
}

func isVector(op operand.Op) bool {
	r, ok := op.(reg.Register)
	return ok && r.Kind() == reg.KindVector
}

func vector(op operand.Op) int { return int(op.(reg.Physical).PhysicalIndex()) }

func isGeneral(op operand.Op) bool {
	r, ok := op.(reg.Register)
	return ok && r.Kind() == reg.KindGP
}

// general names the arm64 register for one of amd64.
func general(op operand.Op) string {
	return fmt.Sprintf("R%d", op.(reg.Physical).PhysicalIndex())
}

// address returns an operand of memory in Go's notation. It may need R16.
func (l *lowering) address(m operand.Mem) string {
	switch m.Base {
	case reg.FramePointer:
		return fmt.Sprintf("%s+%d(FP)", m.Symbol.Name, m.Disp)
	case reg.StackPointer:
		return fmt.Sprintf("%d(RSP)", m.Disp+8) // the return address is below
	case reg.StaticBase:
		l.Op("MOVD $%s(SB), %s", m.Symbol, addressReg)
		return fmt.Sprintf("%d(%s)", m.Disp, addressReg)
	}
	base := general(m.Base)
	if m.Index != nil && m.Scale != 0 {
		l.Op("ADD %s<<%d, %s, %s", general(m.Index), shift(m.Scale), base, addressReg)
		base = addressReg
	}
	if m.Disp == 0 {
		return "(" + base + ")"
	}
	return fmt.Sprintf("%d(%s)", m.Disp, base)
}

// pointer returns a register that holds the address.
func (l *lowering) pointer(m operand.Mem) string {
	if m.Base == reg.FramePointer || m.Base == reg.StackPointer || m.Base == reg.StaticBase {
		panic("neon: not a pointer")
	}
	if m.Disp == 0 && m.Index == nil {
		return general(m.Base)
	}
	l.pointerTo(m, addressReg)
	return addressReg
}

// pointerTo puts the address into a register.
func (l *lowering) pointerTo(m operand.Mem, to string) {
	if m.Base == reg.StaticBase {
		l.Op("MOVD $%s+%d(SB), %s", m.Symbol, m.Disp, to)
		return
	}
	from := general(m.Base)
	if m.Index != nil && m.Scale != 0 {
		l.Op("ADD %s<<%d, %s, %s", general(m.Index), shift(m.Scale), from, to)
		from = to
	}
	if m.Disp != 0 || from != to {
		l.Op("ADD $%d, %s, %s", m.Disp, from, to)
	}
}

func shift(scale uint8) int {
	return map[uint8]int{1: 0, 2: 1, 4: 2, 8: 3}[scale]
}

// read returns a vector register that holds the operand: its own, that of a
// constant, or spare after a load.
func (l *lowering) read(op operand.Op, spare int) int {
	m, ok := op.(operand.Mem)
	if !ok {
		return vector(op)
	}
	if m.Base == reg.StaticBase && m.Disp == 0 && m.Index == nil {
		if r, ok := l.consts[m.Symbol.String()]; ok {
			return r
		}
	}
	l.load(m, spare)
	return spare
}

// load reads a vector.
func (l *lowering) load(m operand.Mem, to int) {
	if m.Index != nil && m.Scale == 1 && m.Disp == 0 {
		l.LoadIndexed(to, int(m.Base.(reg.Physical).PhysicalIndex()), int(m.Index.(reg.Physical).PhysicalIndex()))
		return
	}
	l.Op("FMOVQ %s, F%d", l.address(m), to)
}

// isConstant reports whether an operand is a table's contents, so no NaN.
func (l *lowering) isConstant(op operand.Op) bool {
	if m, ok := op.(operand.Mem); ok {
		return m.Base == reg.StaticBase
	}
	return l.known[vector(op)]
}

// value returns a general register or a number that holds the operand.
func (l *lowering) value(op operand.Op, spare string) string {
	switch op := op.(type) {
	case operand.Mem:
		l.Op("MOVD %s, %s", l.address(op), spare)
		return spare
	case operand.Constant:
		return op.Asm()
	}
	return general(op)
}
