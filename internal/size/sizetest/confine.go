// Package sizetest runs tests in processes that have little memory: what asks
// for too much there dies, as it would with more memory and larger numbers.
package sizetest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
)

const inside = "STHENO_TEST_CONFINED"

// Confine runs the calling test once more, alone and in a process of its own
// whose address space is limited to so many bytes (ulimit -v), and fails the
// test when that process fails or dies. It returns true in that process, where
// the test is to go on, and false outside, where it has nothing left to do:
//
//	if !sizetest.Confine(t, 1<<30) {
//		return
//	}
//
// A test binary of this project reserves well over 1 GiB where it may, and makes do
// with less; limits near that leave too little for the test. The race detector
// needs more than any limit that is of use here: then the test goes on without.
// It is skipped where the system has no such limit.
func Confine(t *testing.T, bytes int64) bool {
	t.Helper()
	if Race || os.Getenv(inside) == t.Name() {
		return true
	}
	if runtime.GOOS != "linux" {
		t.Skip("no limit of the address space on this system")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	limit := fmt.Sprintf(`ulimit -v %d && exec "$@"`, bytes>>10)
	c := exec.Command("sh", "-c", limit, "sh", self, "-test.run=^"+t.Name()+"$", "-test.count=1", "-test.timeout=2m")
	// The C library would reserve address space for each of its threads.
	c.Env = append(os.Environ(), inside+"="+t.Name(), "MALLOC_ARENA_MAX=1")
	if out, err := c.CombinedOutput(); err != nil {
		if len(out) > 4000 {
			out = append(out[:4000], "..."...)
		}
		t.Errorf("with %d MiB of address space: %v\n%s", bytes>>20, err, out)
	}
	return false
}
