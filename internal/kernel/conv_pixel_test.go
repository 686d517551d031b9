package kernel

import (
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

func TestPixelConvsMatchDefinition(t *testing.T) { eachISA(t, pixelConvsMatchDefinition) }

func pixelConvsMatchDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConv(t)
		if rapid.IntRange(0, 2).Draw(t, "wide") == 0 {
			c.C, c.O = c.C*rapid.IntRange(1, 8).Draw(t, "more C"), c.O*rapid.IntRange(1, 4).Draw(t, "more O")
			c.H, c.W = min(c.H, 2*c.KH*c.DH), min(c.W, 3*c.KW*c.DW)
			if c.C == c.O {
				c.Groups = rapid.SampledFrom([]int{1, c.C}).Draw(t, "all groups")
			} else {
				c.Groups = 1
			}
		}
		c.Fast = rapid.Bool().Draw(t, "fast")
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(rapid.IntRange(1, 3).Draw(t, "threads")))
		seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
		for _, p := range PixelConvs(c) {
			tol := 2e-6
			if c.Fast { // perhaps by Winograd
				tol = 2e-5
			}
			checkPixelConv(t, p, c, seed, tol)
		}
	})
}

func TestPixelConvsNeverEmpty(t *testing.T) { eachISA(t, pixelConvsNeverEmpty) }

func pixelConvsNeverEmpty(t *testing.T) {
	for _, c := range []Conv{
		{},
		{N: 1, C: 3, H: 2, W: 2, O: 4, KH: 5, KW: 5},
		{N: 1, C: 0, H: 4, W: 4, O: 2, KH: 1, KW: 1},
		{N: 2, C: 3, H: 1, W: 1, O: 4, KH: 3, KW: 3, PH: 500, PW: 500, SH: 400, SW: 400},
	} {
		list := PixelConvs(c)
		if len(list) == 0 || list[len(list)-1] == nil {
			t.Fatalf("%+v: no algorithm", c)
		}
		for _, p := range list {
			if LookupPixelConv(p.Name) != p {
				t.Errorf("looking up %q finds another", p.Name)
			}
			if c.KH > 0 {
				checkPixelConv(t, p, c, 0, 2e-6)
			}
		}
	}
	if LookupPixelConv("none such") != nil {
		t.Error("found what is not there")
	}
}

// Steady work takes nothing from the heap but what a parallel section does.
func TestPixelConvsAllocateNothing(t *testing.T) { eachISA(t, pixelConvsAllocateNothing) }

func pixelConvsAllocateNothing(t *testing.T) {
	withThreads(t, 1)
	for _, c := range []Conv{
		{N: 1, C: 32, H: 14, W: 14, O: 48, KH: 1, KW: 1},
		{N: 1, C: 32, H: 14, W: 14, O: 48, KH: 3, KW: 3, PH: 1, PW: 1, Fast: true},
		{N: 1, C: 256, H: 7, W: 7, O: 32, KH: 3, KW: 3, PH: 1, PW: 1, SH: 2, SW: 2},
		{N: 1, C: 3, H: 24, W: 24, O: 16, KH: 7, KW: 7, PH: 3, PW: 3, SH: 2, SW: 2},
		{N: 1, C: 32, H: 14, W: 14, O: 32, KH: 3, KW: 3, PH: 1, PW: 1, Groups: 32},
	} {
		for _, p := range PixelConvs(c) {
			f := pixelRun(p, c)
			f()
			if n := testing.AllocsPerRun(10, f); n > 0 {
				t.Errorf("%s %+v: %v allocations a run", p.Name, c, n)
			}
		}
	}
}
