//go:build delays

package kernel

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Threads fall asleep at once, so that what happens around it happens often.
const (
	looksPerYield = 2
	yields        = 2
)

// delay holds back a thread at every n-th pass of one step, or, where at is
// steps, at random passes of any.
type delay struct {
	at     step
	every  int64
	sleep  time.Duration
	passes atomic.Int64
}

var delayed atomic.Pointer[delay]

func pause(s step) {
	d := delayed.Load()
	if d == nil {
		return
	}
	if d.at == steps {
		if rand.Int64N(d.every) == 0 {
			time.Sleep(rand.N(d.sleep))
		}
	} else if d.at == s && d.passes.Add(1)%d.every == 0 {
		time.Sleep(d.sleep)
	}
}
