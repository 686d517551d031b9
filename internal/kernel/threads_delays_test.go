//go:build delays

package kernel

import (
	"fmt"
	"testing"
	"time"
)

// Every atomic step of the hand-over held back in turn, then all at random.
func TestSectionsUnderDelays(t *testing.T) {
	var plans []delay
	for at := range steps {
		for _, every := range []int64{1, 3, 100} {
			plans = append(plans, delay{at: at, every: every, sleep: 300 * time.Microsecond})
		}
	}
	for _, every := range []int64{2, 20, 200} {
		plans = append(plans, delay{at: steps, every: every, sleep: time.Millisecond})
	}
	defer delayed.Store(nil)
	for _, procs := range []int{1, 3, 8} {
		withThreads(t, procs)
		for i := range plans {
			d := &delay{at: plans[i].at, every: plans[i].every, sleep: plans[i].sleep}
			delayed.Store(d)
			hammer(t, 4, 3, 20*time.Millisecond, fmt.Sprintf("GOMAXPROCS %d, step %d, every %d", procs, d.at, d.every))
		}
	}
}
