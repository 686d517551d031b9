package graph_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
)

// Several goroutines build, run and close inference programs on one Params at
// once. The race detector sees where Gorgonia writes into what they share.
func TestProgramsOnOneParamsAtOnce(t *testing.T) {
	net := blocks.Sequence{
		blocks.Conv2D{Out: 4, Kernel: 3, Padding: 1},
		blocks.BatchNorm{},
		blocks.Conv2D{Out: 4, Kernel: 1},
		blocks.GlobalAvgPool2D{},
		blocks.Linear{Out: 3},
	}
	params := graph.NewParams(1)
	images := make([]float32, 2*3*6*6)
	for i := range images {
		images[i] = float32(i%7) - 3
	}
	run := func() ([]float32, error) {
		p, err := graph.Build(net, params, graph.InferenceConfig(2, 3, 6, 6))
		if err != nil {
			return nil, err
		}
		defer p.Close()
		var out []float32
		for range 3 {
			y, err := p.Run(context.Background(), images)
			if err != nil {
				return nil, err
			}
			out = append(out, y.Float32s()...)
		}
		return out, nil
	}
	want, err := run()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 4 {
				got, err := run()
				if err != nil {
					t.Error(err)
					return
				}
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("output %d is %v, alone %v", i, got[i], want[i])
						return
					}
				}
			}
		})
	}
	all.Wait()
}
