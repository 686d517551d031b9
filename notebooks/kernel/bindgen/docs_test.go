package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

func TestEntries(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", `// Package p is documented.
package p

// Level says how much.
var Level = 3

// Kinds.
const (
	A = iota // the first
	B
)

// Config is a struct.
type Config struct {
	// Epochs of training.
	Epochs int
	Batch, Eval int // images
	hidden int
}

// Fit fits.
func Fit(c Config) error { return nil }

// Check checks.
func (c *Config) Check() error { return nil }

// Map is generic.
func Map[T any](x T) T { return x }

// Sink is an interface.
type Sink interface {
	// Put puts.
	Put(name string) error
}

func private() {}
`, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	got, err := entries(fset, []*ast.File{file}, "example.org/p")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]entry{
		"":              {"package p", "Package p is documented.\n"},
		"Level":         {"var Level = 3", "Level says how much.\n"},
		"A":             {"const A = iota", "the first\n"},
		"B":             {"const B", "Kinds.\n"},
		"Config.Epochs": {"Epochs int", "Epochs of training.\n"},
		"Config.Eval":   {"Eval int", "images\n"},
		"Config.Check":  {"func (c *Config) Check() error", "Check checks.\n"},
		"Fit":           {"func Fit(c Config) error", "Fit fits.\n"},
		"Map":           {"func Map[T any](x T) T", "Map is generic.\n"},
		"Sink.Put":      {"func (Sink) Put(name string) error", "Put puts.\n"},
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if got["Config"].Doc != "Config is a struct.\n" {
		t.Errorf("Config: %q", got["Config"])
	}
	for _, name := range []string{"private", "Config.hidden"} {
		if _, there := got[name]; there {
			t.Errorf("%s is documented", name)
		}
	}
}
