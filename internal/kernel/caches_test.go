package kernel

import "testing"

func TestCachesGrow(t *testing.T) {
	c := caches
	if c.l1 < 4<<10 || c.l2 < c.l1 || c.l3 < c.l1 || c.l1 > 1<<24 {
		t.Errorf("caches %+v", c)
	}
	t.Logf("%+v", c)
}
