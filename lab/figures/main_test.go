package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// The README's figure shows the committed numbers.
func TestHeadlineFigureIsInStep(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors round coordinates otherwise")
	}
	docs := filepath.Join("..", "..", "docs")
	want, err := gradientFlow(filepath.Join(docs, "lab", "vanishing"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "figure.svg")
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	drawn, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(docs, "gradient_flow.svg"))
	if err != nil || string(kept) != string(drawn) {
		t.Errorf("docs/gradient_flow.svg is not what docs/lab/vanishing says: run 'go generate ./lab' (%v)", err)
	}
}
