package recipes_test

import (
	"context"
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/recipes"
)

// A recipe that is known, with settings of one's own, trained in a few lines.
func Example() {
	r := recipes.Default()
	r.Epochs, r.Limit = 1, 2000
	run, err := r.Train(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Test.Accuracy > 0.5)
	// Output: true
}

func ExampleDecode() {
	r, err := recipes.Decode([]byte(`{"recipe": "cifar10-resnet20", "epochs": 10, "mix": {"cutmix": 1}}`), recipes.Default())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Arch, r.Optimizer, r.Epochs, r.Mix.CutMix)
	_, err = recipes.Decode([]byte(`{"groups": [{"match": "fc.*", "lr_fctor": 10}]}`), recipes.Default())
	fmt.Println(err)
	// Output:
	// cifar_resnet20 muon 10 1
	// recipe: groups[0]: unknown field "lr_fctor"; did you mean "lr_factor"? Known are frozen, frozen_from, frozen_until, lr, lr_factor, match, weight_decay
}

func ExampleLookup() {
	r, err := recipes.Lookup("mnist")
	if err != nil {
		log.Fatal(err)
	}
	cfg, err := r.Config()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s with %T for %d epochs\n", r.Arch, cfg.Optimizer, cfg.Epochs)
	// Output: lenet5 with trainer.AdamW for 40 epochs
}
