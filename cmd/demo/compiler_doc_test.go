package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
)

// Every command of docs/compiler.md runs, and the first prints what stands there;
// sizes and algorithms depend on the machine.
func TestCompilerDocument(t *testing.T) {
	_, here, _, _ := runtime.Caller(0) // the tests of this package run in a folder of their own
	text, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "docs", "compiler.md"))
	if err != nil {
		t.Fatal(err)
	}
	var fence, first string
	ran := 0
	t.Chdir(t.TempDir())
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if after, ok := strings.CutPrefix(line, "```"); ok {
			fence = after
			continue
		}
		args, command := strings.CutPrefix(line, "go run ./cmd/demo ")
		switch {
		case fence == "sh" && command:
			out, err := demo(strings.Fields(args)...)
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
			if ran++; ran == 1 {
				first = out
			}
		case fence == "sh":
			t.Errorf("a command that isn't demo's: %s", line)
		case fence == "text" && strings.HasPrefix(line, "  ") && !strings.Contains(line, "algorithm") && kernel.ISA() != "generic":
			if !strings.Contains(first, line+"\n") {
				t.Errorf("the document has the line %q, the command prints\n%s", line, first)
			}
		}
	}
	if ran < 5 {
		t.Errorf("only %d commands found", ran)
	}
}
