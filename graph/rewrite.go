package graph

import (
	"github.com/stheno-ml/stheno/graph/passes"
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/gorgonia"
)

// rewrite lets the passes work on what the blocks made, before the loss and the
// derivative are made of it.
func (p *Program) rewrite(b *builder) error {
	if p.cfg.NoFusion || p.cfg.Taps {
		return nil
	}
	roots := gorgonia.Nodes{p.logits}
	for i := range b.aux {
		roots = append(roots, b.aux[i].logits)
	}
	for i := range p.updates {
		roots = append(roots, p.updates[i].node)
	}
	set := passes.Settings{Training: p.cfg.Training, PlanesOnly: kernel.ISA() == "generic", Off: p.cfg.Without}
	if !p.cfg.Training {
		set.Constants = make(map[*gorgonia.Node]bool, len(b.made))
		for _, n := range b.made {
			set.Constants[n] = true
		}
	}
	set.Algorithm = p.algorithm
	r, err := passes.Rewrite(roots, set)
	if err != nil {
		return err
	}
	p.origin, p.chains, p.reports = r.Origin, r.Chains, r.Reports
	if len(r.Prepared) > 0 {
		p.preparation = p.newPreparation(r.Prepared, b.held)
	}
	p.logits, roots = r.Roots[0], r.Roots[1:]
	for i := range b.aux {
		b.aux[i].logits = roots[i]
	}
	roots = roots[len(b.aux):]
	for i := range p.updates {
		p.updates[i].node = roots[i]
	}
	return nil
}

// madeFor is the node of a block's that a pass made n for, n itself where no pass
// did.
func madeFor(n *gorgonia.Node, origin map[*gorgonia.Node]*gorgonia.Node) *gorgonia.Node {
	if from := origin[n]; from != nil {
		return from
	}
	return n
}
