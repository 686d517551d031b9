package recipes

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/internal/kernel"
)

// Record is a run's config.json: the recipe, and what its bits depend on besides.
type Record struct {
	Recipe
	CheckpointEvery string `json:"checkpoint_every,omitempty"` // steps or time, as the demo's flag
	Machine
}

// Machine is what else the bits of a run depend on.
type Machine struct {
	Threads int    `json:"threads,omitempty"`
	ISA     string `json:"isa,omitempty"`     // instruction set
	Go      string `json:"go,omitempty"`      // version of Go
	Version string `json:"version,omitempty"` // of this module, as far as the build knows
	// Digests are the SHA-256 of the pixels and labels to train and to test on (see
	// datasets.Dataset.Digest); empty for pictures that are decoded when asked
	// for.
	Digests []string `json:"data_sha256,omitempty"`
}

// Here is this machine with a recipe's data.
func Here(d Data) Machine {
	m := Machine{Threads: runtime.GOMAXPROCS(0), ISA: kernel.ISA(), Go: runtime.Version(), Version: version()}
	for _, half := range []datasets.Source{d.Train, d.Test} {
		if set, ok := half.(*datasets.Dataset); ok {
			m.Digests = append(m.Digests, set.Digest())
		}
	}
	return m
}

// version is this module's, with the revision that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	const path = "github.com/stheno-ml/stheno"
	text := ""
	if info.Main.Path == path && info.Main.Version != "(devel)" {
		text = info.Main.Version
	}
	for _, m := range info.Deps {
		if m.Path == path {
			text = m.Version
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && info.Main.Path == path {
			text += " " + s.Value
		}
	}
	return text
}

// Differ says in what two machines differ, a line each, for which equal recipes
// need not give equal bits. What one of them does not tell is left out.
func (m Machine) Differ(other Machine) []string {
	var lines []string
	add := func(what string, a, b any) {
		if a != b {
			lines = append(lines, fmt.Sprintf("%s: %v there, %v here", what, a, b))
		}
	}
	if m.Threads != 0 && other.Threads != 0 {
		add("threads", m.Threads, other.Threads)
	}
	for _, f := range []struct{ what, a, b string }{
		{"instruction set", m.ISA, other.ISA}, {"Go", m.Go, other.Go}, {"version", m.Version, other.Version}} {
		if f.a != "" && f.b != "" {
			add(f.what, f.a, f.b)
		}
	}
	if len(m.Digests) > 0 && len(other.Digests) > 0 && !slices.Equal(m.Digests, other.Digests) {
		lines = append(lines, fmt.Sprintf("data: SHA-256 %v there, %v here", m.Digests, other.Digests))
	}
	return lines
}
