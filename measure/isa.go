package measure

import "github.com/stheno-ml/stheno/internal/kernel"

// ISA names the instruction set that the kernels use here: "avx512", "avx2", "neon" or
// "generic" (plain Go). Results on different ones differ in the last digits.
func ISA() string { return kernel.ISA() }
