// Command custom trains a small network with parts of its own making: an
// operation, activations, a block, a loss, an optimizer, a schedule, a hook and
// two data sources, a file each. It uses nothing but stheno's public packages,
// as any module outside can.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/trainer"
)

func main() {
	run, err := train(context.Background(), os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(run.Test.Confusion)
}

// train teaches a network the direction of stripes from blended images, and
// tests it on plain ones.
func train(ctx context.Context, out io.Writer) (*trainer.Run, error) {
	net := blocks.Sequence{
		Gated{Out: 8, Act: Snake},
		PixelNorm{},
		blocks.MaxPool2D{Kernel: 2},
		Gated{Out: 8, Act: TanhShrink{}},
		blocks.GlobalAvgPool2D{},
		blocks.Linear{Out: 3},
	}
	data := trainer.Data{
		Train: Blends{Stripes{Images: 480, Side: 8, Seed: 1}},
		Test:  Stripes{Images: 120, Side: 8, Seed: 2},
	}
	return trainer.Fit(ctx, net, data, trainer.Config{
		Epochs: 20, Batch: 16, Seed: 1,
		Loss:      Brier{},
		Optimizer: LARS{LR: 0.02, Momentum: 0.9},
		Schedule:  Trapezoid{},
		Hooks:     []trainer.Hook{Until(0.95, out)},
	})
}
