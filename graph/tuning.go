package graph

import (
	"fmt"
	"maps"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
)

// Tuning says which algorithm a convolution takes, by its geometry, both as
// Program.Tuning writes them. It can be kept as JSON.
type Tuning map[string]string

// tuneFor is how long each algorithm is measured.
const tuneFor = 2 * time.Millisecond

// Tuning tells the algorithms of the program's convolutions with channels last.
// With it as Config.Tuning another program on the same kind of machine computes
// the same bits, whatever would be predicted or measured then.
func (p *Program) Tuning() Tuning {
	if p == nil {
		return nil
	}
	return maps.Clone(p.tuning)
}

// algorithm chooses one for a convolution: as given, measured, or predicted.
func (p *Program) algorithm(c kernel.Conv) string {
	key := geometry(c)
	name := p.cfg.Tuning[key]
	if name == "" {
		name = p.tuning[key]
	}
	if name == "" && p.cfg.Tune && !p.plan {
		list, times := kernel.MeasurePixelConvs(c, tuneFor)
		best := 0
		for i := range list {
			if times[i] < times[best] {
				best = i
			}
		}
		name = list[best].Name
	}
	if name == "" {
		name = kernel.PixelConvs(c)[0].Name
	}
	if p.tuning == nil {
		p.tuning = Tuning{}
	}
	p.tuning[key] = name
	return name
}

// geometry is a convolution in words: "n=1 c=64 h=56 w=56 o=64 kernel=3x3 ...".
func geometry(c kernel.Conv) string {
	return fmt.Sprintf("n=%d c=%d h=%d w=%d o=%d kernel=%dx%d stride=%dx%d padding=%dx%d dilation=%dx%d groups=%d fast=%t",
		c.N, c.C, c.H, c.W, c.O, c.KH, c.KW, c.SH, c.SW, c.PH, c.PW, c.DH, c.DW, c.Groups, c.Fast)
}

// check refuses algorithms that there are not.
func (t Tuning) check() error {
	for key, name := range t {
		if kernel.LookupPixelConv(name) == nil {
			return errors.Errorf("graph: Config.Tuning: there is no algorithm %q (for %s)", name, key)
		}
	}
	return nil
}
