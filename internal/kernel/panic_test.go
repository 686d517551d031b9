package kernel

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

func thrown(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// Whichever goroutine runs the part, the panic arrives at the caller, with its
// value and its stack, after all other parts have run.
func TestPanicReachesTheCaller(t *testing.T) {
	withThreads(t, 4)
	sad := errors.New("sad")
	for bad := range 16 {
		var ran atomic.Int32
		p, ok := thrown(func() {
			ForEach(16, func(i int) {
				ran.Add(1)
				if i == bad {
					giveUp(sad)
				}
			})
		}).(*Panic)
		if !ok || !errors.Is(p, sad) || p.Error() != "sad" {
			t.Fatalf("part %d: got %v, want %v", bad, p, sad)
		}
		if !strings.Contains(fmt.Sprintf("%+v", p), "giveUp") {
			t.Errorf("part %d: the stack does not show where it panicked:\n%+v", bad, p)
		}
		if ran.Load() != 16 {
			t.Errorf("part %d panicked: %d of 16 parts ran", bad, ran.Load())
		}
	}
}

//go:noinline
func giveUp(with any) { panic(with) }

func TestPanicThroughNestedSections(t *testing.T) {
	withThreads(t, 4)
	p, ok := thrown(func() {
		ForEach(4, func(int) { Parallel(40, 10, func(int, int) { giveUp("inner") }) })
	}).(*Panic)
	if !ok || p.Value != "inner" || !strings.Contains(string(p.Stack), "giveUp") {
		t.Fatalf("got %v", p)
	}
}

// A helper that met a panic goes on working.
func TestHelpersSurvivePanics(t *testing.T) {
	withThreads(t, 4)
	for range 100 {
		thrown(func() { ForEach(8, func(int) { giveUp(1) }) })
	}
	var ran atomic.Int32
	ForEach(100, func(int) { ran.Add(1) })
	if ran.Load() != 100 {
		t.Errorf("%d of 100 parts ran", ran.Load())
	}
}
