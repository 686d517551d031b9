package kernel

import "unsafe"

// runPlainDouble is plainDouble's micro-kernel.
func runPlainDouble(k int, a, b, c *float64) {
	as, bs := unsafe.Slice(a, 4*k), unsafe.Slice(b, 2*k)
	var c00, c01, c10, c11, c20, c21, c30, c31 float64
	for len(as) >= 4 && len(bs) >= 2 {
		b0, b1 := bs[0], bs[1]
		a0, a1, a2, a3 := as[0], as[1], as[2], as[3]
		c00 += a0 * b0
		c01 += a0 * b1
		c10 += a1 * b0
		c11 += a1 * b1
		c20 += a2 * b0
		c21 += a2 * b1
		c30 += a3 * b0
		c31 += a3 * b1
		as, bs = as[4:], bs[2:]
	}
	copy(unsafe.Slice(c, 8), []float64{c00, c01, c10, c11, c20, c21, c30, c31})
}
