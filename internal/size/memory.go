package size

import (
	"math"
	"sync"
)

// Memory is the number of bytes that this process can hope to hold: the least
// of the machine's memory, its control group's limit and its address space's
// limit, where the system tells; otherwise the largest int.
func Memory() int64 { return memory() }

var memory = sync.OnceValue(func() int64 {
	least := int64(math.MaxInt)
	for _, n := range limits() {
		if n > 0 && n < least {
			least = n
		}
	}
	return least
})
