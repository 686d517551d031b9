package neon

import (
	"fmt"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
)

// binaries maps d = a op b.
var binaries = map[string]string{
	"VADDPS": "fadd", "VSUBPS": "fsub", "VMULPS": "fmul", "VDIVPS": "fdiv", "VMAXPS": "fmax", "VMINPS": "fmin",
	"VANDPS": "and", "VORPS": "orr", "VXORPS": "eor", "VPAND": "and", "VPOR": "orr", "VPXOR": "eor",
	"VPADDD": "add", "VPMULLD": "mul", "VPMAXUD": "umax", "VPCMPEQD": "cmeq",
	"VUNPCKLPS": "zip1", "VUNPCKHPS": "zip2",
}

var unaries = map[string]string{"VSQRTPS": "fsqrt", "VCVTPS2DQ": "fcvtns"}

func (l *lowering) vectorInstruction(in *ir.Instruction) error {
	ops := in.Operands
	if binaries[in.Opcode] != "" {
		return l.binary(in, ops[1])
	}
	if op := unaries[in.Opcode]; op != "" {
		l.Two(op, vector(ops[1]), l.read(ops[0], spare1))
		return l.written(ops[1])
	}
	last := ops[len(ops)-1]
	switch in.Opcode {
	case "VMOVUPS", "VMOVAPS", "VMOVNTPS":
		if m, ok := last.(operand.Mem); ok {
			l.Op("FMOVQ F%d, %s", vector(ops[0]), l.address(m))
			return nil
		}
		d := vector(last)
		l.Move(d, l.read(ops[0], d))
		l.known[d] = l.isConstant(ops[0])
		return nil
	case "VMASKMOVPS":
		return l.masked(ops)
	case "VMOVSS", "MOVSS":
		if m, ok := last.(operand.Mem); ok {
			l.Op("FMOVS F%d, %s", vector(ops[0]), l.address(m))
			return nil
		}
		l.Op("FMOVS %s, F%d", l.address(ops[0].(operand.Mem)), vector(last))
	case "VMOVD":
		l.Op("FMOVS %s, F%d", general(ops[0]), vector(last))
	case "VBROADCASTSS", "VPBROADCASTD":
		d := vector(last)
		if m, ok := ops[0].(operand.Mem); ok {
			l.Op("FMOVS %s, F%d", l.address(m), d)
			l.Op("VDUP V%d.S[0], V%[1]d.S4", d)
		} else {
			l.Op("VDUP V%d.S[0], V%d.S4", vector(ops[0]), d)
		}
	case "VFMADD231PS", "VFNMADD231PS":
		op := "fmla"
		if in.Opcode == "VFNMADD231PS" {
			op = "fmls"
		}
		l.Three(op, vector(ops[2]), vector(ops[1]), l.read(ops[0], spare1))
	case "VCMPPS":
		l.compare(uint64(ops[0].(operand.U8)), ops[1], ops[2], vector(ops[3]))
	case "VBLENDVPS":
		mask, d := vector(ops[0]), vector(ops[3])
		yes, no := l.read(ops[1], spare1), vector(ops[2])
		switch d {
		case mask:
			l.Three("bsl", d, yes, no)
		case yes:
			l.Three("bif", d, no, mask)
		default:
			l.Move(d, no)
			l.Three("bit", d, yes, mask)
		}
	case "VMOVMSKPS":
		// The lanes' highest bits, two by two.
		d := general(last)
		l.Op("VUSHR $31, V%d.S4, V%d.S4", vector(ops[0]), spare3)
		l.Op("VMOV V%d.D[0], %s", spare3, d)
		l.Op("VMOV V%d.D[1], %s", spare3, valueReg)
		for _, r := range []string{d, valueReg} {
			l.Op("ORR %s>>31, %[1]s, %[1]s", r)
			l.Op("AND $3, %s, %[1]s", r)
		}
		l.Op("ORR %s<<2, %s, %s", valueReg, d, d)
		return nil
	case "VROUNDPS":
		if ops[0].(operand.U8) != 8 {
			return fmt.Errorf("rounding %v", ops[0])
		}
		l.Two("frintn", vector(last), l.read(ops[1], spare1))
	case "VRSQRTPS":
		// The estimate has 8 bits: a Newton step makes it as good as amd64's.
		x := l.read(ops[0], spare1)
		l.Two("frsqrte", spare2, x)
		l.Three("fmul", spare3, spare2, spare2)
		l.Three("frsqrts", spare3, spare3, x)
		l.Three("fmul", vector(last), spare2, spare3)
	case "VPSLLD":
		l.Op("VSHL $%d, V%d.S4, V%d.S4", ops[0], vector(ops[1]), vector(last))
	case "VPSRLD":
		l.Op("VUSHR $%d, V%d.S4, V%d.S4", ops[0], vector(ops[1]), vector(last))
	case "VSHUFPS":
		b := l.read(ops[1], spare1)
		switch ops[0].(operand.U8) {
		case 0x88:
			l.Three("uzp1", vector(last), vector(ops[2]), b)
		case 0xDD:
			l.Three("uzp2", vector(last), vector(ops[2]), b)
		default:
			return fmt.Errorf("shuffle %v", ops[0])
		}
	case "VPERMILPS":
		x := vector(ops[1])
		switch ops[0].(operand.U8) {
		case 0x4E:
			l.Op("VEXT $8, V%d.B16, V%[1]d.B16, V%d.B16", x, vector(last))
		case 0xB1:
			l.Two("rev64", vector(last), x)
		default:
			return fmt.Errorf("permutation %v", ops[0])
		}
	default:
		return fmt.Errorf("no arm64 for this")
	}
	return l.written(last)
}

// written forgets what is known of a register.
func (l *lowering) written(op operand.Op) error {
	if isVector(op) {
		delete(l.known, vector(op))
	}
	return nil
}

// binary writes d = a op b, with a in place of the instruction's own.
func (l *lowering) binary(in *ir.Instruction, first operand.Op) error {
	second, d := in.Operands[0], vector(in.Operands[2])
	op := binaries[in.Opcode]
	a := l.read(first, spare1)
	b := l.read(second, spare2)
	if op == "fmax" || op == "fmin" {
		l.extreme(op, d, a, b, l.isConstant(second))
	} else {
		l.Three(op, d, a, b)
	}
	return l.written(in.Operands[2])
}

// extreme writes a maximum or a minimum. Where b is NaN so is the result. Where
// a alone is, amd64 gives b: so does this for a constant b, and NaN otherwise.
func (l *lowering) extreme(op string, d, a, b int, constantB bool) {
	if constantB {
		op += "nm"
	}
	l.Three(op, d, a, b)
}

// Predicates of amd64's comparison.
const (
	equal        = 0x00
	lessEqual    = 0x02
	unordered    = 0x03
	ordered      = 0x07
	notLess      = 0x15
	notLessEqual = 0x16
	notGreaterEq = 0x19
	greaterThan  = 0x1E
)

// compare writes the mask of a <predicate> b; the "not" ones hold for NaN.
func (l *lowering) compare(predicate uint64, second, first operand.Op, d int) {
	a, b := l.read(first, spare1), l.read(second, spare2)
	switch predicate {
	case equal:
		l.Three("fcmeq", d, a, b)
	case lessEqual:
		l.Three("fcmge", d, b, a)
	case greaterThan:
		l.Three("fcmgt", d, a, b)
	case notLess:
		l.Three("fcmgt", d, b, a)
		l.Not(d, d)
	case notLessEqual:
		l.Three("fcmge", d, b, a)
		l.Not(d, d)
	case notGreaterEq:
		l.Three("fcmge", d, a, b)
		l.Not(d, d)
	case unordered, ordered: // a number equals itself
		l.Three("fcmeq", spare3, a, a)
		l.Three("fcmeq", d, b, b)
		l.Three("and", d, d, spare3)
		if predicate == unordered {
			l.Not(d, d)
		}
	default:
		panic(fmt.Sprintf("neon: comparison %#x", predicate))
	}
}

// masked writes a load or a store of a vector's first lanes, as many as the mask
// has set. NEON knows no masks: all lanes go at once, or else one after the other
// in code behind the function.
func (l *lowering) masked(ops []operand.Op) error {
	mask := vector(ops[1])
	m, load := ops[0].(operand.Mem)
	if !load {
		m = ops[2].(operand.Mem)
	}
	l.pointerTo(m, addressReg)
	some, done := l.Fresh("some"), l.Fresh("lanes")
	l.Op("VMOV V%d.S[3], %s", mask, valueReg)
	l.Op("CBZW %s, %s", valueReg, some)
	r := 0
	if load {
		r = vector(ops[2])
		l.Op("FMOVQ (%s), F%d", addressReg, r)
	} else {
		r = vector(ops[0])
		l.Op("FMOVQ F%d, (%s)", r, addressReg)
	}
	l.Mark(done)
	l.behind = append(l.behind, func() {
		l.Mark(some)
		if load && r == mask {
			l.Move(spare3, mask)
			mask = spare3
		}
		if load {
			l.Zero(r)
		}
		for lane := range 3 {
			l.Op("VMOV V%d.S[%d], %s", mask, lane, valueReg)
			l.Op("CBZW %s, %s", valueReg, done)
			if load {
				l.Op("VLD1.P 4(%s), V%d.S[%d]", addressReg, r, lane)
			} else {
				l.Op("VST1.P V%d.S[%d], 4(%s)", r, lane, addressReg)
			}
		}
		l.Op("JMP %s", done)
	})
	if load {
		return l.written(ops[2])
	}
	return nil
}
