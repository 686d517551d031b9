package graph

import (
	"sync"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// settleConstants has Gorgonia compute the hashes of its own constants 0, 1, 2,
// 3 and log 2. They are variables of its package that all graphs share, and each
// writes its hash into itself the first time that a graph takes it in: two
// programs built at once would race.
var settleConstants = sync.OnceFunc(func() {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, f := range []func(x, y *gorgonia.Node) (*gorgonia.Node, error){
			func(x, _ *gorgonia.Node) (*gorgonia.Node, error) { return gorgonia.Rectify(x) }, // 0
			func(x, _ *gorgonia.Node) (*gorgonia.Node, error) { return gorgonia.Square(x) },  // its derivative has a 2
			func(x, _ *gorgonia.Node) (*gorgonia.Node, error) { return gorgonia.Cube(x) },    // 3
			func(x, _ *gorgonia.Node) (*gorgonia.Node, error) { return gorgonia.Log2(x) },    // log 2
			func(x, _ *gorgonia.Node) (*gorgonia.Node, error) { return gorgonia.Sigmoid(x) }, // 1
			gorgonia.BinaryXent, // 1 and a little more
		} {
			settle(dtype, f)
		}
	}
})

// settle takes an expression and its derivative into a graph that is dropped.
// What Gorgonia refuses has no constants to settle.
func settle(dtype tensor.Dtype, f func(x, y *gorgonia.Node) (*gorgonia.Node, error)) {
	defer func() { _ = recover() }()
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, dtype, gorgonia.WithShape(1), gorgonia.WithName("x"))
	y := gorgonia.NewVector(g, dtype, gorgonia.WithShape(1), gorgonia.WithName("y"))
	z, err := f(x, y)
	if err != nil {
		return
	}
	if z, err = gorgonia.Sum(z); err == nil {
		_, _ = gorgonia.Grad(z, x)
	}
}
