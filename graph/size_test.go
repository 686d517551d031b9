// Sizes here are beyond 32 bits.

//go:build !(386 || arm || mips || mipsle)

package graph

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/size"
	"github.com/stheno-ml/stheno/internal/size/sizetest"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// tooLarge are programs that no machine's memory holds, or not that of a process
// limited to 4 GiB, and what Build says of them.
var tooLarge = map[string]struct {
	net    Block
	params *Params
	cfg    Config
	want   []string
	within bool // of a limited process only
}{
	"input": {
		net: BlockFunc(identity), cfg: InferenceConfig(1, 3, 100000, 100000),
		want: []string{"graph: input of shape (1, 3, 100000, 100000): needs 111.8 GiB, this machine has "},
	},
	"input beyond counting": {
		net: BlockFunc(identity), cfg: InferenceConfig(1, 3, 1<<40, 1<<40), want: []string{"graph: input", "more than a computer can count"},
	},
	"parameter": {
		net: within("conv", weighted("w", tensor.Shape{1 << 40}, Zeros)), cfg: InferenceConfig(1, 2),
		want: []string{"layer1.conv: parameter w: shape (1099511627776): needs 4.0 TiB, this machine has "},
	},
	"parameter beyond counting": {
		net: within("conv", weighted("w", tensor.Shape{1 << 40, 1 << 40}, Zeros)), cfg: InferenceConfig(1, 2),
		want: []string{"layer1.conv: parameter w: ", "more than a computer can count"},
	},
	"untouched parameter": {
		net: within("conv", weighted("w", tensor.Shape{1 << 40}, Zeros)), params: NewParams(0, Uninitialized()), cfg: InferenceConfig(1, 2),
		want: []string{"layer1.conv: parameter w: shape (1099511627776): needs 4.0 TiB, this machine has "},
	},
	"parameters together": {
		net: BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
			for i := range 1 << 12 {
				if _, err := s.Build(fmt.Sprint(i), weighted("w", tensor.Shape{32 << 20}, Zeros), x); err != nil {
					return nil, err
				}
			}
			return x, nil
		}), params: NewParams(0, Uninitialized()), cfg: InferenceConfig(1, 2),
		want: []string{": parameter w: with the parameters before it: needs ", " GiB, this machine has "}, within: true,
	},
	"values of a run": {
		net: within("wide", BlockFunc(repeated16)), cfg: InferenceConfig(1, 1<<16, 1, 512),
		want: []string{"layer1.wide: concat (1, 1048576, 1, 512) is the largest value: ", "needs 4.1 GiB, this machine has "}, within: true,
	},
	"values of a run, unshared": {
		net: within("wide", BlockFunc(repeated16)), cfg: Config{Input: tensor.Shape{1, 1 << 16, 1, 512}, NoSharing: true},
		want: []string{"layer1.wide: concat (1, 1048576, 1, 512) is the largest value: ", "needs 4.1 GiB, this machine has "}, within: true,
	},
}

// repeated16 makes x 16 times as large, and half of that again.
func repeated16(_ *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := ops.Concat(x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x)
	if err != nil {
		return nil, err
	}
	z, err := ops.Concat(x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x)
	if err != nil {
		return nil, err
	}
	return ops.Mul(y, z)
}

// What the machine's memory can't hold is refused before it is allocated: in a
// process whose address space is limited, a large allocation would end it.
func TestBuildRefusesWhatMemoryLacks(t *testing.T) {
	const limit = 4 << 30
	if !sizetest.Confine(t, limit) {
		return
	}
	for name, c := range tooLarge {
		if c.within && size.Memory() > limit { // under the race detector
			continue
		}
		if c.params == nil {
			c.params = &Params{}
		}
		_, err := Build(c.net, c.params, c.cfg)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error is\n\t%v, want\n\t%s", name, err, want)
			}
		}
	}
}
