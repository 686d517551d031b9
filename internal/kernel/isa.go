package kernel

import "os"

// isaKind numbers the instruction sets, for tables of what is written for each.
type isaKind int

const (
	isaAVX2 isaKind = iota
	isaAVX512
	isaNEON
	isaKinds
)

// instructionSet is what the CPU can do. What is written for it the tables of
// each subject say, by its kind.
type instructionSet struct {
	name  string
	kind  isaKind
	lanes int              // float32 in a vector
	peak  func(rounds int) // multiply-adds on registers
	flops float64          // of one round
}

// isa is nil where only plain Go is available.
var isa = chooseISA()

// ISA names the instruction set the kernels use: "avx512", "avx2",
// "neon" or "generic" (plain Go). The environment variable STHENO_ISA forces one that
// the CPU has; the build tag noasm leaves only "generic".
func ISA() string {
	if isa == nil {
		return "generic"
	}
	return isa.name
}

func chooseISA() *instructionSet {
	want := os.Getenv("STHENO_ISA")
	if want == "generic" || len(instructionSets) == 0 {
		return nil
	}
	if s := findISA(want); s != nil {
		return s
	}
	return instructionSets[0]
}

// findISA returns the named instruction set, or nil if the CPU lacks it.
func findISA(name string) *instructionSet {
	for _, s := range instructionSets {
		if s.name == name {
			return s
		}
	}
	return nil
}
