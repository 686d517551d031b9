package kernel

// elementGrain is the least number of elements of a simple elementwise
// operation that is worth a thread of its own.
const elementGrain = 16384

// planeGrain is the least number of planes of hw elements worth a thread.
func planeGrain(hw int) int { return max(1, elementGrain/max(hw, 1)) }

// smallFlops is the number of operations on operands in the caches that is not
// worth a second thread.
const smallFlops = 1 << 17

// evenParts is the least number from n on that threads share evenly, unless
// there are so many that it doesn't matter.
func evenParts(n, threads int) int {
	if n >= 16*threads {
		return n
	}
	return (n + threads - 1) / threads * threads
}
