package neon

import (
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
)

// conditions maps jumps and conditional moves to arm64's conditions. Those on
// unsigned numbers hold after a comparison or a subtraction only, since the two
// sets differ in what they call a borrow.
var conditions = map[string]string{
	"JEQ": "EQ", "JE": "EQ", "JNE": "NE", "JLT": "LT", "JLE": "LE", "JGT": "GT", "JG": "GT", "JGE": "GE",
	"JCS": "LO", "JHI": "HI", "JLS": "LS", "JCC": "HS",
	"CMOVQEQ": "EQ", "CMOVQNE": "NE", "CMOVQLT": "LT", "CMOVQLE": "LE", "CMOVQGT": "GT", "CMOVQGE": "GE",
}

var generalBinaries = map[string]string{"ADDQ": "ADD", "SUBQ": "SUB", "ANDQ": "AND", "ORQ": "ORR", "XORQ": "EOR", "SHRQ": "LSR", "SHLQ": "LSL"}

// withFlags says which of these have a form that sets the flags.
var withFlags = map[string]bool{"ADD": true, "SUB": true, "AND": true}

// instruction writes one of amd64's instructions.
func (l *lowering) instruction(in *ir.Instruction) error {
	ops := in.Operands
	switch in.Opcode {
	case "VZEROUPPER", "SFENCE": // no such thing here
		return nil
	case "RET":
		l.Op("RET")
		return nil
	case "JMP":
		l.Op("JMP %s", ops[0].Asm())
		return nil
	case "PREFETCHT0":
		m := ops[0].(operand.Mem)
		l.Op("PRFM (%s), PLDL1KEEP", l.pointer(m))
		return nil
	case "MOVQ", "MOVL", "MOVLQSX":
		return l.move(in)
	case "LEAQ":
		l.pointerTo(ops[0].(operand.Mem), general(ops[1]))
		return nil
	case "CMPQ", "CMPL":
		a, b := l.value(ops[0], valueReg), l.value(ops[1], valueReg2)
		l.Op("%s %s, %s", map[string]string{"CMPQ": "CMP", "CMPL": "CMPW"}[in.Opcode], b, a)
		return nil
	case "TESTQ":
		a, b := l.value(ops[0], valueReg), l.value(ops[1], valueReg2)
		l.Op("TST %s, %s", a, b)
		return nil
	case "DECQ":
		return l.general("SUB", operand.U8(1), ops[0])
	case "INCQ":
		return l.general("ADD", operand.U8(1), ops[0])
	case "NEGQ":
		r := general(ops[0])
		if l.flags {
			l.Op("NEGS %s, %s", r, r)
		} else {
			l.Op("NEG %s, %s", r, r)
		}
		return nil
	case "IMUL3Q":
		l.Op("MOVD %s, %s", ops[0].Asm(), valueReg)
		l.Op("MUL %s, %s, %s", valueReg, general(ops[1]), general(ops[2]))
		return nil
	case "IMULQ":
		if len(ops) != 2 {
			break
		}
		a, b := l.value(ops[0], valueReg), general(ops[1])
		l.Op("MUL %s, %s, %s", a, b, b)
		return nil
	}
	if in.Opcode == "XORL" && !l.flags {
		l.Op("EORW %s, %s, %s", l.value(ops[0], valueReg), general(ops[1]), general(ops[1]))
		return nil
	}
	if op := generalBinaries[in.Opcode]; op != "" && len(ops) == 2 {
		return l.general(op, ops[0], ops[1])
	}
	if condition := conditions[in.Opcode]; condition != "" {
		if in.IsBranch {
			l.Op("B%s %s", condition, ops[0].Asm())
			return nil
		}
		a, d := l.value(ops[0], valueReg), general(ops[1])
		l.Op("CSEL %s, %s, %s, %s", condition, a, d, d)
		return nil
	}
	return l.vectorInstruction(in)
}

// move writes a copy between general registers, memory and numbers.
func (l *lowering) move(in *ir.Instruction) error {
	from, to := in.Operands[0], in.Operands[1]
	if isVector(from) || isVector(to) {
		return fmt.Errorf("a move between register files")
	}
	op := map[string]string{"MOVQ": "MOVD", "MOVL": "MOVWU", "MOVLQSX": "MOVW"}[in.Opcode]
	m, load := from.(operand.Mem)
	d, store := to.(operand.Mem)
	switch {
	case load:
		l.Op("%s %s, %s", op, l.address(m), general(to))
	case store && isGeneral(from):
		if in.Opcode == "MOVL" {
			op = "MOVW"
		}
		l.Op("%s %s, %s", op, general(from), l.address(d))
	case store:
		return fmt.Errorf("a number to memory")
	case isGeneral(from):
		l.Op("%s %s, %s", op, general(from), general(to))
	default:
		l.Op("MOVD %s, %s", from.Asm(), general(to))
	}
	return nil
}

// general writes d = d op a, in memory too.
func (l *lowering) general(op string, a, d operand.Op) error {
	r, address := "", ""
	m, inMemory := d.(operand.Mem)
	if inMemory {
		r, address = valueReg, l.address(m)
		l.Op("MOVD %s, %s", address, r)
	} else {
		r = general(d)
	}
	v := l.value(a, valueReg2)
	if l.flags && withFlags[op] {
		l.Op("%sS %s, %s, %s", op, v, r, r)
	} else {
		l.Op("%s %s, %s, %s", op, v, r, r)
	}
	if inMemory {
		l.Op("MOVD %s, %s", r, address)
	}
	if l.flags && !withFlags[op] {
		l.Op("TST %s, %s", r, r)
	}
	return nil
}
