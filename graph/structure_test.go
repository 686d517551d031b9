package graph

import (
	"fmt"
	"log"
	"runtime"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/stheno-ml/stheno/ops"
)

// wide has a weight of 4 GiB.
func wide(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	w, err := s.Param("weight", tensor.Shape{1 << 15, 1 << 15}, HeNormal)
	if err != nil {
		return nil, err
	}
	return ops.Linear(x, w, nil, ops.LinearConfig{})
}

// Looking at a network makes no parameters.
func TestInspectMakesNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := Inspect(BlockFunc(wide), InferenceConfig(4, 1<<15))
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if made := after.TotalAlloc - before.TotalAlloc; made > 1<<20 {
		t.Errorf("%d bytes were allocated", made)
	}
	if n := len(s.Operations); n != 3 {
		t.Errorf("%d nodes, want input, weight and product", n)
	}
	params := NewParams(1)
	p := mustBuild(t, small{4}, params, TrainingConfig(2, 2, 5, 5))
	count, steps := len(params.All()), params.Steps()
	if _, err := p.Structure(); err != nil {
		t.Fatal(err)
	}
	if len(params.All()) != count || params.Steps() != steps {
		t.Error("looking at a program changed its parameters")
	}
}

// Operations stand after what they read, and know their layer and whose they are.
func TestStructureAndTape(t *testing.T) {
	p := mustBuild(t, small{4}, NewParams(1), TrainingConfig(2, 2, 5, 5))
	s, err := p.Structure()
	if err != nil {
		t.Fatal(err)
	}
	tape := p.Tape()
	for _, x := range []*Structure{s, tape} {
		backward := 0
		for i, o := range x.Operations {
			for _, in := range o.Inputs {
				if in >= i {
					t.Errorf("%s at %d reads %d", o.Name, i, in)
				}
			}
			if o.Variable() != (len(o.Inputs) == 0 && !strings.HasPrefix(o.Name, "const")) {
				t.Errorf("%s with %d inputs is a variable: %v", o.Name, len(o.Inputs), o.Variable())
			}
			if o.Name == "conv2d" && (o.Layer < 0 || !strings.HasPrefix(x.Layers[o.Layer].Path, "conv")) {
				t.Errorf("a convolution belongs to layer %d", o.Layer)
			}
			if o.Backward {
				backward++
				if o.Name == "conv2d" || o.Name == "add" && o.Layer >= 0 {
					t.Errorf("%s is called backward", o.Name)
				}
			}
		}
		if x == s && backward != 0 || x == tape && backward < 5 {
			t.Errorf("%d operations of loss and derivative", backward)
		}
	}
	if _, err := (*Program)(nil).Structure(); err == nil {
		t.Error("no program has a structure")
	}
	if _, err := Inspect(nil, InferenceConfig(1, 2)); err == nil {
		t.Error("no network can be looked at")
	}
}

func ExampleInspect() {
	net := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := s.Build("conv", conv{8}, x)
		if err != nil {
			return nil, err
		}
		return s.Build("fc", head{10}, y)
	})
	s, err := Inspect(net, InferenceConfig(1, 3, 32, 32))
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range s.Layers {
		fmt.Println(l.Path, l.Out, l.Params, "parameters")
	}
	// Output:
	// conv (1, 8, 32, 32) 224 parameters
	// fc (1, 10) 81920 parameters
}
