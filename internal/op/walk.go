package op

import "gorgonia.org/gorgonia"

// Size is the number of bytes of a node's value, 0 where it has no type.
func Size(n *gorgonia.Node) int64 {
	t, ok := Dtype(n)
	if !ok {
		return 0
	}
	return int64(n.Shape().TotalSize()) * int64(t.Size())
}

// Moves is the number of bytes that a node's operation reads and writes in a run.
func Moves(n *gorgonia.Node) int64 {
	bytes := Size(n)
	for _, in := range Inputs(n) {
		bytes += Size(in)
	}
	return bytes
}

// Topological lists the roots and all that they are computed from, each after
// what it reads.
func Topological(roots ...*gorgonia.Node) gorgonia.Nodes {
	var order gorgonia.Nodes
	seen := map[*gorgonia.Node]bool{}
	type frame struct {
		n    *gorgonia.Node
		rest gorgonia.Nodes
	}
	for _, root := range roots {
		if seen[root] {
			continue
		}
		seen[root] = true
		stack := []frame{{root, Inputs(root)}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.rest) == 0 {
				order = append(order, top.n)
				stack = stack[:len(stack)-1]
				continue
			}
			c := top.rest[0]
			top.rest = top.rest[1:]
			if !seen[c] {
				seen[c] = true
				stack = append(stack, frame{c, Inputs(c)})
			}
		}
	}
	return order
}
