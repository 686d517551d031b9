//go:build arm64 && !noasm

package kernel

// instructionSets lists what the CPU has: every arm64 has NEON.
var instructionSets = []*instructionSet{{name: "neon", kind: isaNEON, lanes: 4, peak: peakNEON, flops: 48 * 8}}
