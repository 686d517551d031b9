//go:build !delays

package kernel

// How long an idle thread looks out before it sleeps.
const (
	looksPerYield = 32
	yields        = 400
)

func pause(step) {}
