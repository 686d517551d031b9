// Package neon writes arm64 assembly for Go.
//
// A kernel comes to it in one of two ways. Asm takes instructions one by one,
// for kernels whose shape is arm64's own. Lower takes what the generators wrote
// with avo for vectors of four lanes, registers already assigned, and puts
// arm64's instructions in place of amd64's: so what is said once for AVX-512 and
// AVX2 serves here too.
//
// Go's assembler lacks most of NEON's arithmetic on floating-point numbers. What
// it lacks is written as a WORD with the instruction beside it as a comment, in
// the notation of Arm's manual (Arm Architecture Reference Manual for A-profile,
// DDI 0487, C7.2). A test has them assembled by LLVM, where that is installed.
package neon
