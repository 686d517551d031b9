package kernel

import (
	"testing"
)

func TestPixelStride(t *testing.T) {
	for c, want := range map[int]int{1: 1, 3: 3, 15: 15, 16: 16, 17: 32, 64: 64, 255: 272, 256: 272, 257: 272, 512: 528, 2048: 2064} {
		if got := PixelStride(c); got != want {
			t.Errorf("PixelStride(%d) = %d, want %d", c, got, want)
		}
	}
}
