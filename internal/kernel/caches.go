package kernel

// cacheSizes are the bytes of the data caches that a thread sees, 0 where
// unknown.
type cacheSizes struct{ l1, l2, l3 int }

// caches is what the CPU says, with usual sizes where it says nothing.
var caches = func() cacheSizes {
	c := findCaches()
	if c.l1 == 0 {
		c.l1 = 32 << 10
	}
	if c.l2 == 0 {
		c.l2 = 512 << 10
	}
	if c.l3 == 0 {
		c.l3 = 4 << 20
	}
	return c
}()
