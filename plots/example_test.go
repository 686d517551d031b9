package plots_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/stheno-ml/stheno/plots"
)

func ExampleFunction() {
	fig, err := plots.Function("sigmoid", -6, 6, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "plots")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fmt.Println(fig.Save(filepath.Join(dir, "sigmoid.svg")))
	// Output: <nil>
}

func ExampleHistory() {
	fig, err := plots.History("LeNet-5 on MNIST", plots.Run{
		TrainLoss:    []float64{0.52, 0.15, 0.10, 0.07},
		TestLoss:     []float64{0.18, 0.11, 0.09, 0.08},
		TestAccuracy: []float64{0.945, 0.966, 0.972, 0.976},
	})
	fmt.Println(fig != nil, err)
	// Output: true <nil>
}
