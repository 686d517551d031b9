package datasets_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/datasets"
)

func Example() {
	train, test, err := datasets.EmbeddedMNIST()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train)
	fmt.Println(test)

	// LeNet-5 wants 32x32 pixels.
	train, err = train.Pad(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	loader, err := datasets.NewLoader(train, datasets.LoaderConfig{Batch: 64, Shuffle: true, Seed: 1, DropLast: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch, err := range loader.Epoch(0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("batch", batch.Index, "of", loader.Batches(), "has", batch.N, "images,", len(batch.Images), "values")
		break
	}
	// Output:
	// MNIST (embedded): 10000 images 1x28x28, 10 classes
	// MNIST (embedded): 2000 images 1x28x28, 10 classes
	// batch 0 of 156 has 64 images, 65536 values
}

func ExampleDataset_Resize() {
	// CIFAR-sized images for a network that expects 96x96.
	train, _, err := datasets.Synthetic(datasets.SyntheticConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	large, err := train.Resize(96, 96)
	fmt.Println(large, err)
	// Output: synthetic: 512 images 3x96x96, 10 classes <nil>
}
