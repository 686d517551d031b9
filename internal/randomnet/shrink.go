package randomnet

import (
	"slices"

	"github.com/stheno-ml/stheno/blocks"
)

// Shrink makes a network smaller as long as it fails: it lets readers of a
// node read what the node reads, puts parts of a block in its place, and takes
// operands and samples away.
func Shrink(net Net, fails func(Net) bool) Net {
	for smaller := true; smaller; {
		smaller = false
		for _, c := range candidates(net) {
			if c = c.pruned(); size(c) < size(net) && fails(c) {
				net, smaller = c, true
				break
			}
		}
	}
	return net
}

// size falls with everything that a reader need not look at.
func size(net Net) int {
	n := net.Input.TotalSize()
	for _, v := range net.Nodes {
		n += 10000 + 100*len(v.In)
		if v.Block != nil {
			n += 10 * len(Net{Nodes: []Node{v}}.Code())
		}
	}
	return n
}

func candidates(net Net) []Net {
	var out []Net
	for i := len(net.Nodes) - 1; i >= 0; i-- {
		for _, v := range distinct(net.Nodes[i].In) {
			out = append(out, net.without(i, v))
		}
	}
	for i, n := range net.Nodes {
		for j := range n.In {
			if kinds[n.Kind].many && len(n.In) > 1 {
				c := net.clone()
				c.Nodes[i].In = slices.Delete(c.Nodes[i].In, j, j+1)
				out = append(out, c)
			}
		}
		for _, b := range parts(n.Block) {
			c := net.clone()
			c.Nodes[i].Block = b
			out = append(out, c)
		}
	}
	for d, s := range net.Input {
		if s > 1 {
			c := net.clone()
			c.Input[d] = s / 2
			out = append(out, c)
			c = net.clone()
			c.Input[d] = s - 1
			out = append(out, c)
		}
	}
	return out
}

func (net Net) clone() Net {
	net.Input = slices.Clone(net.Input)
	net.Nodes = slices.Clone(net.Nodes)
	for i := range net.Nodes {
		net.Nodes[i].In = slices.Clone(net.Nodes[i].In)
	}
	return net
}

// without makes all that reads node i read value v, and takes the node out.
func (net Net) without(i, v int) Net {
	c := net.clone()
	redirect := func(x int) int {
		switch {
		case x == i+1:
			return v
		case x > i+1:
			return x - 1
		}
		return x
	}
	c.Nodes = slices.Delete(c.Nodes, i, i+1)
	for k := i; k < len(c.Nodes); k++ {
		for j, x := range c.Nodes[k].In {
			c.Nodes[k].In[j] = redirect(x)
		}
	}
	c.Out = redirect(c.Out)
	return c
}

func distinct(x []int) []int {
	x = slices.Clone(x)
	slices.Sort(x)
	return slices.Compact(x)
}

// parts are blocks that may stand in a block's place.
func parts(b blocks.Block) []blocks.Block {
	switch b := b.(type) {
	case blocks.Sequence:
		return listParts(b, func(l []blocks.Block) blocks.Block { return blocks.Sequence(l) })
	case blocks.Parallel:
		return listParts(b, func(l []blocks.Block) blocks.Block { return blocks.Parallel(l) })
	case blocks.Sum:
		return listParts(b, func(l []blocks.Block) blocks.Block { return blocks.Sum(l) })
	}
	return nil
}

func listParts(l []blocks.Block, pack func([]blocks.Block) blocks.Block) []blocks.Block {
	out := slices.Clone(l)
	for i := range l {
		out = append(out, pack(slices.Delete(slices.Clone(l), i, i+1)))
		for _, p := range parts(l[i]) {
			with := slices.Clone(l)
			with[i] = p
			out = append(out, pack(with))
		}
	}
	return out
}
