package graph

import (
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// powers is x, 1+x, (1+x)², ... in Gorgonia's own operations.
func powers(t *testing.T, length int) (*gorgonia.ExprGraph, gorgonia.Nodes) {
	t.Helper()
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, gorgonia.Float64, gorgonia.WithShape(3), gorgonia.WithName("x"),
		gorgonia.WithValue(tensor.New(tensor.WithBacking([]float64{0, 1, -2}))))
	nodes := gorgonia.Nodes{x}
	for i := range length {
		n, err := gorgonia.Add(nodes[len(nodes)-1], gorgonia.NewConstant(1.0, gorgonia.WithName("one")))
		if i%2 == 1 {
			n, err = gorgonia.Square(nodes[len(nodes)-1])
		}
		if err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, n)
	}
	return g, nodes
}

// The instructions are found in this version of Gorgonia: else every run pays for
// RunAll's goroutine.
func TestInstructionsAreFound(t *testing.T) {
	g, _ := powers(t, 4)
	tape := gorgonia.NewTapeMachine(g)
	if _, ok := instructionsOf(tape.Prog(), tape.Run); !ok {
		t.Error("Gorgonia's programs keep their instructions otherwise than machine.go expects")
	}
	if _, ok := instructionsOf(&struct{ instructions []int }{}, tape.Run); ok {
		t.Error("instructions of another type were taken")
	}
	if _, ok := instructionsOf(&struct{}{}, tape.Run); ok {
		t.Error("a program without instructions was taken")
	}
}

// A run leaves each node with the value that RunAll leaves.
func TestMachineRunsAsRunAll(t *testing.T) {
	g, nodes := powers(t, 7)
	wantGraph, want := powers(t, 7)
	if err := gorgonia.NewTapeMachine(wantGraph).RunAll(); err != nil {
		t.Fatal(err)
	}
	if err := newMachine(g).Run(); err != nil {
		t.Fatal(err)
	}
	for i, n := range nodes {
		if got, want := n.Value().Data().([]float64), want[i].Value().Data().([]float64); !slices.Equal(got, want) {
			t.Errorf("node %d is %v, want %v", i, got, want)
		}
	}
}

// An operation's panic is the run's error.
func TestMachineTurnsPanicsIntoErrors(t *testing.T) {
	g, _ := powers(t, 1)
	m := newMachine(g)
	m.run = func() error { panic("no such plane") }
	if err := m.Run(); err == nil || !strings.Contains(err.Error(), "no such plane") {
		t.Errorf("error %v, want the panic's words", err)
	}
}
