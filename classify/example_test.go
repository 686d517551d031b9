package classify_test

import (
	"context"
	"fmt"
	"image"
	"log"
	"os"
	"path/filepath"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/graph"
)

// A network that has not learned anything yet is saved, opened and asked.
func Example() {
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		log.Fatal(err)
	}
	net, err := a.New(architectures.Options{Classes: 2})
	if err != nil {
		log.Fatal(err)
	}
	d := classify.Description{Architecture: a.Name, Classes: []string{"cat", "dog"}, Input: a.Input, Normalization: a.Normalization}
	params := graph.NewParams(1)
	first, err := classify.New(net, params, d)
	if err != nil {
		log.Fatal(err)
	}
	first.Close()

	dir, err := os.MkdirTemp("", "classify")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "pets.safetensors")
	if err := classify.Save(file, params, d); err != nil {
		log.Fatal(err)
	}

	c, err := classify.Open(file)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	results, err := c.Images(context.Background(), image.NewGray(image.Rect(0, 0, 100, 80)))
	if err != nil {
		log.Fatal(err)
	}
	sum := 0.0
	for _, p := range results[0] {
		sum += p.Probability
	}
	fmt.Printf("%d picture, %d classes, probabilities add up to %.3f\n", len(results), len(results[0]), sum)
	// Output: 1 picture, 2 classes, probabilities add up to 1.000
}
