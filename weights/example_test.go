package weights_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/weights"
)

func Example() {
	var file bytes.Buffer
	err := weights.Encode(&file, &weights.File{
		Tensors:  []weights.Tensor{weights.FromFloat32s("fc.bias", []int{2}, []float32{0.5, -1})},
		Metadata: map[string]string{"format": "pt"},
	})
	if err != nil {
		log.Fatal(err)
	}
	f, err := weights.Decode(file.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	bias, err := f.Tensor("fc.bias")
	if err != nil {
		log.Fatal(err)
	}
	values, err := bias.Float64s()
	fmt.Println(bias.Dtype, bias.Shape, values, err)
	// Output: F32 [2] [0.5 -1] <nil>
}
