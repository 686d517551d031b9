package tensorboard_test

import (
	"fmt"
	"log"
	"os"

	"github.com/stheno-ml/stheno/tensorboard"
)

func Example() {
	dir, err := os.MkdirTemp("", "events")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w, err := tensorboard.Create(dir)
	if err != nil {
		log.Fatal(err)
	}
	for step, loss := range []float64{2.3, 1.1, 0.6} {
		if err := w.Scalar("loss/train", int64(step), loss); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(w.Close())
	// Output: <nil>
}
