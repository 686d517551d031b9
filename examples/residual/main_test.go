package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// body is the example without its imports, as the README shows it.
func body(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, main, ok := strings.Cut(string(source), "func main() {\n")
	if !ok {
		t.Fatal("no func main in main.go")
	}
	lines := strings.Split(strings.TrimSuffix(main, "}\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "\t")
	}
	return strings.Join(lines, "\n")
}

func TestReadmeShowsThisExample(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	code := body(t)
	if !strings.Contains(string(readme), code) {
		t.Errorf("README.md does not show the body of examples/residual/main.go:\n%s", code)
	}
	if n := strings.Count(strings.TrimSpace(code), "\n") + 1; n > 25 {
		t.Errorf("the example has %d lines, want at most 25", n)
	}
}

func TestExampleLearns(t *testing.T) {
	out, err := exec.Command("go", "run", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := regexp.MustCompile(`test accuracy ([0-9.]+) %`).FindSubmatch(out)
	if m == nil {
		t.Fatalf("no test accuracy in:\n%s", out)
	}
	if accuracy, err := strconv.ParseFloat(string(m[1]), 64); err != nil || accuracy < 90 {
		t.Errorf("test accuracy %s %%, want at least 90:\n%s", m[1], out)
	}
}
