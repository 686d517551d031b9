//go:build amd64 && !noasm

package kernel

// Leaves of CPUID that list caches, Intel's and AMD's, in one form: the kind,
// level, line, partitions, ways and sets.
const (
	leafCaches    = 4
	leafCachesAMD = 0x8000001D
	leafMost      = 0x80000000
)

func findCaches() cacheSizes {
	leaf := uint32(leafCaches)
	if _, vendor, _, _ := cpuid(0, 0); vendor == 'A'|'u'<<8|'t'<<16|'h'<<24 { // AuthenticAMD
		leaf = leafCachesAMD
		if most, _, _, _ := cpuid(leafMost, 0); most < leaf {
			return cacheSizes{}
		}
	} else if most, _, _, _ := cpuid(0, 0); most < leaf {
		return cacheSizes{}
	}
	var found cacheSizes
	for part := range uint32(16) {
		a, b, sets, _ := cpuid(leaf, part)
		kind, level := a&31, a>>5&7
		if kind == 0 {
			break
		}
		size := int(b&0xfff+1) * int(b>>12&0x3ff+1) * int(b>>22+1) * int(sets+1)
		switch {
		case level == 1 && kind != 2: // not that of instructions
			found.l1 = size
		case level == 2:
			found.l2 = size
		case level == 3:
			found.l3 = size
		}
	}
	return found
}
