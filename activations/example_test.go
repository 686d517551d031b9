package activations_test

import (
	"fmt"
	"log"

	"github.com/stheno-ml/stheno/activations"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A bare node, Gorgonia's own operations and Gorgonia's own differentiation.
func Example() {
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithShape(4), gorgonia.WithName("x"),
		gorgonia.WithValue(tensor.New(tensor.WithBacking([]float64{-2, -1, 1, 2}))))
	y, err := activations.LeakyReLU{Slope: 0.1}.Apply(x)
	if err != nil {
		log.Fatal(err)
	}
	cost := gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Square(y))))
	grads, err := gorgonia.Grad(cost, x)
	if err != nil {
		log.Fatal(err)
	}
	var value, gradient gorgonia.Value
	gorgonia.Read(y, &value)
	gorgonia.Read(grads[0], &gradient)
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(value.Data())
	fmt.Printf("%.2f\n", gradient.Data())
	// Output:
	// [-0.2 -0.1 1 2]
	// [-0.04 -0.02 2.00 4.00]
}

func ExampleLookup() {
	for _, name := range []string{"relu", "leaky_relu:0.1", "swish", "elu", "leaky_rleu"} {
		a, err := activations.Lookup(name)
		if err != nil {
			fmt.Println(err.Error()[:58])
			continue
		}
		fmt.Println(a)
	}
	// Output:
	// relu
	// leaky_relu:0.1
	// silu
	// elu
	// unknown activation "leaky_rleu"; did you mean "leaky_relu"
}

func ExampleCurve() {
	ys, dys, err := activations.Curve(activations.HardSwish{}, []float64{-4, 0, 1.5, 4})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ys)
	fmt.Println(dys)
	// Output:
	// [-0 0 1.125 4]
	// [0 0.5 1 1]
}

func ExampleMaxout() {
	a := activations.Maxout{Pieces: 2}
	g := gorgonia.NewGraph()
	x := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithShape(1, 6), gorgonia.WithName("x"),
		gorgonia.WithValue(tensor.New(tensor.WithShape(1, 6), tensor.WithBacking([]float32{1, 2, 5, -5, -3, -4}))))
	y, err := a.Apply(x)
	if err != nil {
		log.Fatal(err)
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(a, "wants a layer", a.InputsPerOutput(), "times as wide:", y.Value().Data())
	// Output: maxout:2 wants a layer 2 times as wide: [2 5 -3]
}

func ExampleNames() {
	fmt.Println(len(activations.Names()), activations.Names()[:4])
	// Output: 22 [celu elu gelu gelu_tanh]
}

// bent is (√(x² + 1) - 1)/2 + x, made of Gorgonia's operations.
type bent struct{ activations.Custom }

func (bent) String() string { return "bent_identity" }

func (bent) Apply(x *gorgonia.Node, _ ...*gorgonia.Node) (*gorgonia.Node, error) {
	one, half := gorgonia.NewConstant(1.0), gorgonia.NewConstant(0.5)
	root := gorgonia.Must(gorgonia.Sqrt(gorgonia.Must(gorgonia.Add(gorgonia.Must(gorgonia.Square(x)), one))))
	return gorgonia.Add(gorgonia.Must(gorgonia.Mul(gorgonia.Must(gorgonia.Sub(root, one)), half)), x)
}

// An activation of one's own goes wherever the package's go.
func ExampleCustom() {
	var a activations.Activation = bent{}
	ys, dys, err := activations.Curve(a, []float64{-0.75, 0, 0.75})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v %.3f %.1f\n", a, ys, dys)
	// Output: bent_identity [-0.625 0.000 0.875] [0.7 1.0 1.3]
}

// A function of one number and its derivative are enough for an activation.
func ExamplePointwise() {
	square := &activations.Pointwise{
		Name:       "square",
		Func:       func(x float64) float64 { return x * x },
		Derivative: func(x float64) float64 { return 2 * x },
	}
	ys, dys, err := activations.Curve(square, []float64{-1, 0.5, 3})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(square, ys, dys)
	// Output: square [1 0.25 9] [-2 1 6]
}
