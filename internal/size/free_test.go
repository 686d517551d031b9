package size

import "testing"

func TestFree(t *testing.T) {
	if free, all := Free(), Memory(); free < 1<<20 || free > all {
		t.Errorf("%d bytes of %d are free", free, all)
	}
}
