package lab_test

import (
	"context"
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/lab"
)

func ExampleDo() {
	e, err := lab.Lookup("unrolled")
	if err != nil {
		log.Fatal(err)
	}
	r, err := lab.Do(context.Background(), e, lab.Settings{Seeds: []uint64{1}})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range r.Claims {
		fmt.Println(c.Textbook.EN, "-", c.Holds)
	}
	// Output:
	// The gradient of three residual units is the sum over 2³ = 8 paths. - holds
	// So a residual network is the sum of eight networks. - partly
	// F(x) + x has the derivative F'(x) + 1, so the gradient cannot vanish. - partly
}
