//go:build !race

package sizetest

// Race tells whether the race detector is on.
const Race = false
