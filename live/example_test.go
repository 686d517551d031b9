package live_test

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/live"
	"github.com/stheno-ml/stheno/trainer"
)

func Example() {
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 64, Test: 16, Classes: 2, Shape: datasets.Shape{Channels: 1, Height: 8, Width: 8}})
	if err != nil {
		fmt.Println(err)
		return
	}
	page := live.New(live.Config{Title: "two classes"})
	if _, err := page.Listen("127.0.0.1:0"); err != nil { // any free port; open page.URL()
		fmt.Println(err)
		return
	}
	defer page.Close()
	ctx, net, data := context.Background(), blocks.Sequence{blocks.Flatten{}, blocks.Linear{Out: 2}}, trainer.Data{Train: train, Test: test}
	run, err := trainer.Fit(ctx, net, data, trainer.Config{Epochs: 3, Hooks: []trainer.Hook{page.Hook(ctx)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("epochs:", len(run.History), "viewers:", page.Viewers())
	// Then the trained network can be looked into, until Close.
	fmt.Println(page.Show(live.Trained{Net: net, Params: run.Params, Data: data}))
	// Output:
	// epochs: 3 viewers: 0
	// <nil>
}
