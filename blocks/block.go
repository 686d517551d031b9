// Package blocks has the layers of networks and what they combine to.
//
// A Block is a configuration value: it can be printed, copied and built as
// often as wanted. Building it on a graph.Scope adds its operations to the
// expression graph and makes its parameters, under dotted names.
//
//	net := blocks.Sequence{
//		blocks.ConvNorm{Out: 16, Kernel: 3, Padding: blocks.Same},
//		blocks.Repeat(3, blocks.Residual{Out: 16, Act: activations.ELU{Alpha: 1}}),
//		blocks.GlobalAvgPool2D{},
//		blocks.Linear{Out: 10},
//	}
//	program, err := graph.Build(net, graph.NewParams(1), graph.TrainingConfig(32, 3, 32, 32))
//
// A block that cannot be built returns an error that names the place in the
// network, what it found and what it wanted.
//
// # Defaults
//
// Required fields say so. A field that is not set means what the block was
// published with, and each field's comment says what that is:
//
//   - A nil activation is ReLU, unless the comment names another;
//     activations.Identity{} means none.
//   - A nil norm is BatchNorm{}, or none where the block was published without;
//     Identity{} means none.
//   - A dropout of 0 is the published probability; below 0 there is none.
//   - A size of 0 is the published one. KernelHW, StrideHW and their like hold
//     {vertical, horizontal}; each number in them that is not 0 replaces the
//     square size.
//
// # Names
//
// Parameters of a layer are called weight and bias, statistics running_mean and
// running_var. Blocks inside of blocks have names of their own, and As gives
// any block a name: blocks.As("conv1", blocks.Conv2D{...}) inside of
// blocks.As("layer1", ...) makes layer1.conv1.weight. The names are those that
// torchvision gives to the same things.
//
// # Fusion
//
// Blocks say what is computed, one operation after the other. Passes over the
// graph (package passes) then join operations, whoever made them: a convolution or
// a linear layer with the activation after it, a batch norm or a residual sum with
// its activation, and in inference a convolution with the batch norm and the sum
// after it. The results are the same up to rounding.
//
// # Rounding
//
// Inference in float32 computes many convolutions by Winograd's algorithm,
// which is faster and rounds several times as much as a sum of products does,
// fused or not. Training doesn't, and graph.Config.ExactConvolutions switches
// it off for inference.
package blocks

import (
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/gorgonia"
)

// Block is configuration that can build itself into a graph.
type Block = graph.Block

// Named is a block with a name: its parameters' names begin with it.
type Named struct {
	Name  string // empty: the block belongs to what it stands in, without a place of its own
	Block Block  // required
}

// As names a block.
func As(name string, b Block) Named { return Named{Name: name, Block: b} }

// Build builds the block one level deeper, under its name.
func (n Named) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return s.Build(n.Name, n.Block, x)
}

func (n Named) String() string { return n.outline(nil) }

// Sequence applies blocks one after the other. An element's name is its
// position, "0", "1", ..., unless As gives it one.
//
//	Input:  what the first block takes
//	Output: what the last block gives; the input, if there is none
type Sequence []Block

// most is how often a block may repeat another: compiling a graph takes time
// that grows with the square of its nodes.
const most = 1 << 16

// Repeat is a Sequence of n copies of b, from none to 65536. They share
// structure, not parameters. Other numbers are an error of the Sequence's
// Build.
func Repeat(n int, b Block) Sequence {
	if n < 0 || n > most {
		return Sequence{As("", graph.BlockFunc(func(*graph.Scope, *gorgonia.Node) (*gorgonia.Node, error) {
			return nil, errors.Errorf("repeat: %d copies, want 0 to %d", n, most)
		}))}
	}
	s := make(Sequence, n)
	for i := range s {
		s[i] = b
	}
	return s
}

// Build builds the blocks in order.
func (q Sequence) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return inOrder(s, x, named(q))
}

// Kind is "Sequence": its blocks are listed below it.
func (Sequence) Kind() string { return "Sequence" }

// String lists the blocks, one a line.
func (q Sequence) String() string { return q.outline(nil) }

// inOrder builds blocks one after the other.
func inOrder(s *graph.Scope, x *gorgonia.Node, list []Named) (*gorgonia.Node, error) {
	var err error
	for _, b := range list {
		if x, err = b.Build(s, x); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// named gives every block of a list its name.
func named(list []Block) []Named {
	out := make([]Named, len(list))
	for i, b := range list {
		if n, ok := b.(Named); ok {
			out[i] = n
			continue
		}
		out[i] = Named{strconv.Itoa(i), b}
	}
	return out
}
