package randomnet

import (
	"gorgonia.org/gorgonia"
)

// Gorgonia's own operations between ours.
func init() {
	kinds["gorgonia.tanh"] = unary(2, gorgonia.Tanh)
	kinds["gorgonia.sigmoid"] = unary(2, gorgonia.Sigmoid)
	kinds["gorgonia.neg"] = unary(2, gorgonia.Neg)
	kinds["gorgonia.square"] = unary(1, gorgonia.Square)
	kinds["gorgonia.softplus"] = unary(1, gorgonia.Softplus)
	kinds["gorgonia.add"] = binary(2, gorgonia.Add)
	kinds["gorgonia.sub"] = binary(2, gorgonia.Sub)
	kinds["gorgonia.mul"] = binary(2, gorgonia.HadamardProd)
}
