package op

import "github.com/pkg/errors"

// Turns holds the nodes of one program to the order that their memory was
// planned for: run in another one, a value would be written over before its
// last reader has seen it.
type Turns struct {
	count int // nodes
	next  int // turn of the node that runs next
}

// Add gives the next node its turn, from 0.
func (t *Turns) Add() int {
	t.count++
	return t.count - 1
}

// Begin starts a run.
func (t *Turns) Begin() { t.next = 0 }

// End refuses a run in which not all nodes ran.
func (t *Turns) End() error {
	if t.next != t.count {
		return errors.Errorf("%d of %d operations ran", t.next, t.count)
	}
	return nil
}

// take is called by the node whose turn is said to be turn.
func (t *Turns) take(turn int) error {
	if t == nil {
		return nil
	}
	if turn != t.next {
		return errors.Errorf("runs as operation %d of the tape, its memory was planned for operation %d", t.next, turn)
	}
	t.next++
	return nil
}
