package passes_test

import (
	"testing"

	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/ops"
)

// Bands join what lies on end, and leave what somebody else reads.
func TestBands(t *testing.T) {
	needsVectors(t)
	n := newNet(t)
	x := n.variable("x", 64, 24, 56, 56)
	wide := n.conv(x, 144, 1)
	deep := n.must(ops.Conv2D(wide, n.variable("deep", 144, 1, 3, 3), nil, ops.Conv2DConfig{Padding: [2]int{1, 1}, Groups: 144}))
	y := n.must(ops.Add(n.conv(deep, 24, 1), x))
	z := n.conv(y, 24, 3)
	for _, c := range []struct {
		name, want string
		set        passes.Settings
		tapped     bool
	}{
		{"whole", "from_nchw separable conv to_nchw", passes.Settings{}, false},
		{"left out", "from_nchw conv conv conv conv to_nchw", passes.Settings{Off: []string{"bands"}}, false},
		{"the middle is read", "from_nchw conv separable conv to_nchw to_nchw", passes.Settings{}, true},
	} {
		r := n.rewrite(c.set, z)
		if c.tapped {
			r = n.rewrite(c.set, z, wide)
		}
		if got := short(r.Roots...); got != c.want {
			t.Errorf("%s: computes %s, want %s", c.name, got, c.want)
		}
	}
}
