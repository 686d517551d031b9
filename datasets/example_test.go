package datasets_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/imaging"
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

// Images of one's own that fit into memory need no type of their own.
func ExampleNew() {
	d, err := datasets.New(datasets.Config{
		Name:    "corners",
		Shape:   datasets.Shape{Channels: 1, Height: 2, Width: 2},
		Pixels:  []uint8{255, 0, 0, 0, 0, 0, 0, 255},
		Labels:  []int{0, 1},
		Classes: []string{"top left", "bottom right"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	image := make([]float32, 4)
	label, err := d.Read(1, image)
	fmt.Println(d)
	fmt.Println(image, d.Classes()[label], err)
	// Output:
	// corners: 2 images 1x2x2, 2 classes
	// [0 0 0 1] bottom right <nil>
}

func ExampleLookup() {
	train, _, err := datasets.Lookup("synthetic", "")
	fmt.Println(train, err)
	_, _, err = datasets.Lookup("CIFRA-10", "")
	fmt.Println(err)
	// Output:
	// synthetic: 512 images 3x32x32, 10 classes <nil>
	// unknown dataset "CIFRA-10"; did you mean "cifar10"? Known are cifar10, cifar100, embedded_mnist, fashion_mnist, imagenette160, imagenette320, kmnist, mnist, svhn, synthetic
}

// Digits for a network that takes ImageNet's images.
func ExampleDataset_Prepare() {
	train, _, err := datasets.EmbeddedMNIST()
	if err != nil {
		fmt.Println(err)
		return
	}
	large, err := train.Prepare(datasets.Shape{Channels: 3, Height: 96, Width: 96}, imaging.ImageNet())
	fmt.Println(large, err)
	// Output: MNIST (embedded): 10000 images 3x96x96, 10 classes <nil>
}

func ExampleDataset_Split() {
	train, _, err := datasets.EmbeddedMNIST()
	if err != nil {
		fmt.Println(err)
		return
	}
	rest, held, err := train.Split(1000, 1)
	fmt.Println(rest.Len(), held.Len(), err)
	// Output: 9000 1000 <nil>
}
