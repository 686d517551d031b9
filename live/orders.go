package live

import (
	"sync"
	"sync/atomic"
)

// orders is what viewers want of the loop. Without any it costs a look at two
// atomic numbers a step.
type orders struct {
	pause  atomic.Bool
	stop   atomic.Bool
	change atomic.Bool // of the factor below

	mu     sync.Mutex
	steps  int // to do before the next pause
	factor float64
	news   chan struct{} // wakes who is paused
}

// tell wakes the loop if it waits.
func (o *orders) tell() {
	select {
	case o.news <- struct{}{}:
	default:
	}
}

// takeStep tells whether one step may be done in spite of a pause.
func (o *orders) takeStep() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.steps == 0 {
		return false
	}
	o.steps--
	return true
}

// do follows a button of the page.
func (o *orders) do(what string, steps int) bool {
	switch what {
	case "pause":
		o.pause.Store(true)
	case "resume":
		o.mu.Lock()
		o.steps = 0
		o.mu.Unlock()
		o.pause.Store(false)
	case "step":
		o.mu.Lock()
		o.steps = steps
		o.mu.Unlock()
		o.pause.Store(true)
	case "stop":
		o.stop.Store(true)
	default:
		return false
	}
	o.tell()
	return true
}

// setFactor wants another factor of the learning rate.
func (o *orders) setFactor(f float64) {
	o.mu.Lock()
	o.factor = f
	o.mu.Unlock()
	o.change.Store(true)
	o.tell()
}

func (o *orders) takeFactor() (float64, bool) {
	if !o.change.Swap(false) {
		return 0, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.factor, true
}

// clear forgets what was wanted of a run before.
func (o *orders) clear() {
	o.mu.Lock()
	o.steps = 0
	o.mu.Unlock()
	o.pause.Store(false)
	o.stop.Store(false)
	o.change.Store(false)
}
