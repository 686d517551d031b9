package blocks_test

import (
	"fmt"

	"github.com/stheno-ml/stheno/blocks"
)

// Outputs that start small.
func ExampleScale() {
	fmt.Println(blocks.Sequence{blocks.Linear{Out: 10, NoBias: true}, blocks.Scale{Factor: 1.0 / 9}})
	// Output:
	// Sequence {
	//   0: Linear 10, no bias
	//   1: Scale by 0.111
	// }
}
