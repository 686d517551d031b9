package kernel

// ISA names the instruction set the kernels use: "avx512", "avx2" or
// "generic" (plain Go). The environment variable STHENO_ISA forces one that
// the CPU has; the build tag noasm leaves only "generic".
func ISA() string { return "generic" }
