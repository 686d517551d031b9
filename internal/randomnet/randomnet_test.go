package randomnet

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// number reads a setting of the environment.
func number(t *testing.T, name string, byDefault int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return byDefault
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%s: %v", name, text, err)
	}
	return n
}

// Random networks give what an unfused, unshared run gives, at any switch.
//
// RANDOMNET_COUNT sets how many networks are tried, RANDOMNET_SEED the first
// one's seed, RANDOMNET_NODES the most nodes of one, and RANDOMNET_MORE=1 all
// combinations of switches.
func TestRandomNetworks(t *testing.T) {
	count, first := number(t, "RANDOMNET_COUNT", 240), number(t, "RANDOMNET_SEED", 1)
	nodes, more := number(t, "RANDOMNET_NODES", 16), number(t, "RANDOMNET_MORE", 0) != 0
	wild, failed := 0, 0
	for i := range count {
		seed := uint64(first + i)
		net, err := New(seed, nodes)
		if err != nil {
			t.Errorf("network %d: %v", seed, err)
			continue
		}
		err = Check(net, seed, more)
		if errors.Is(err, ErrWild) {
			wild++
			continue
		}
		if err != nil {
			failed++
			small := Shrink(net, func(n Net) bool { return class(Check(n, seed, more)) == class(err) })
			t.Errorf("network %d: %v\nsmallest: %v\n%s", seed, err, Check(small, seed, more), small.Code())
			if failed >= 10 {
				t.Fatal("and so on")
			}
		}
	}
	t.Logf("seeds %d to %d: %d networks compared, %d left out as wild", first, first+count-1, count-wild, wild)
	if wild > count/5+1 {
		t.Errorf("%d of %d networks are wild: draw tamer ones", wild, count)
	}
}

// class tells kinds of failures apart, so that a network is not cut down to
// one that fails otherwise.
func class(err error) string {
	for _, words := range []string{"bit for bit", "off by", "differences say"} {
		if err != nil && strings.Contains(err.Error(), words) {
			return words
		}
	}
	return fmt.Sprint(errors.Cause(err))
}
