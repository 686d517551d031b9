package checkpoint_test

import (
	"fmt"
	"log"
	"os"

	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/weights"
)

func ExampleStore() {
	dir, err := os.MkdirTemp("", "checkpoints")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store := checkpoint.Store{Dir: dir, Keep: 2}
	for step := 100; step <= 400; step += 100 {
		state := &weights.File{Tensors: []weights.Tensor{weights.FromFloat32s("w", []int{1}, []float32{float32(step)})}}
		if err := store.Save(step, state); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.Truncate(store.Path(400), 20); err != nil { // as a bad disk might
		log.Fatal(err)
	}
	state, err := store.Newest()
	if err != nil {
		log.Fatal(err)
	}
	w, err := state.Tensor("w")
	if err != nil {
		log.Fatal(err)
	}
	values, err := w.Float32s()
	fmt.Println(state.Step, values, len(state.Damaged), "damaged", err)
	// Output: 300 [300] 1 damaged <nil>
}
