package sizetest

import (
	"testing"

	"github.com/stheno-ml/stheno/internal/size"
)

func TestConfine(t *testing.T) {
	const limit = 1 << 30
	if !Confine(t, limit) {
		return
	}
	if Race {
		t.Skip("no limit under the race detector")
	}
	if m := size.Memory(); m > limit {
		t.Errorf("this process may hold %d bytes, want at most %d", m, limit)
	}
	if err := size.Fit("x", limit+1, 1); err == nil {
		t.Error("more than the limit fits")
	}
}
