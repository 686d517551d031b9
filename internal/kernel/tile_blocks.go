package kernel

// Block sizes of the matrix product, in elements. A strip of B with its
// stripes of A is worked on in the first cache, a block of B stays in the
// second. A block's sums are short because rounding errors grow with their
// length: 128 costs no time against 384 and makes the error a third smaller.
const (
	blockK    = 128
	blockB    = 160 << 10 // a block of B: 640 kB
	blockRows = 96
)

// evenBlocks cuts n into blocks of at most limit and returns a size, a
// multiple of unit, that makes them about equal.
func evenBlocks(n, limit, unit int) int {
	blocks := max(1, (n+limit-1)/limit)
	size := (n + blocks - 1) / blocks
	return (size + unit - 1) / unit * unit
}

// oddLines rounds up to an odd number of cache lines, so that equal places of
// neighbouring rows do not compete for the same place in the cache.
func oddLines(n int) int { return (n+15)&^15 | 16 }
