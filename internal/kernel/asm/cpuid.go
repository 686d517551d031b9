package main

import . "github.com/mmcloughlin/avo/reg"

// identify writes the instruction that tells of the CPU.
func identify(f *file) {
	f.text("cpuid", "(leaf, part uint32) (a, b, c, d uint32)", "asks the CPU about itself.")
	f.Load(f.Param("leaf"), EAX)
	f.Load(f.Param("part"), ECX)
	f.CPUID()
	f.Store(EAX, f.Return("a"))
	f.Store(EBX, f.Return("b"))
	f.Store(ECX, f.Return("c"))
	f.Store(EDX, f.Return("d"))
	f.RET()
}
