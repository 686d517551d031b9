//go:build amd64 && !noasm

package kernel

import "golang.org/x/sys/cpu"

// instructionSets lists what the CPU has, best first.
var instructionSets = detectISA()

func detectISA() []*instructionSet {
	var sets []*instructionSet
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		sets = append(sets, &instructionSet{name: "avx512", kind: isaAVX512, lanes: 16, peak: peakAVX512, flops: 48 * 32})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		sets = append(sets, &instructionSet{name: "avx2", kind: isaAVX2, lanes: 8, peak: peakAVX2, flops: 24 * 16})
	}
	return sets
}
