package graph

import (
	"context"
	"testing"

	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// A summary counts what this network learns and what a run of it computes: not
// the other networks of the store, nor, in inference, the auxiliary heads.
func TestSummaryCountsTheNetworkAlone(t *testing.T) {
	params := NewParams(1)
	other := BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return s.Build("other", head{3}, x) })
	mustBuild(t, other, params, InferenceConfig(2, 2, 5, 5))
	fc := int64(2 * 4 * 75)
	for _, c := range []struct {
		cfg  Config
		macs int64
	}{{TrainingConfig(2, 2, 5, 5), 2*25*(3*2*9+3*3*9) + 2*fc}, {InferenceConfig(2, 2, 5, 5), 2*25*(3*2*9+3*3*9) + fc}} {
		s := mustBuild(t, small{4}, params, c.cfg).Summary(1)
		if got, want := s.Params, 3*2*9+3+3*3*9+3+2*4*75; got != want {
			t.Errorf("%s: %d parameters, want %d", s.Mode, got, want)
		}
		if s.MACs != c.macs {
			t.Errorf("%s: %d multiply-adds, want %d", s.Mode, s.MACs, c.macs)
		}
		for _, r := range s.Rows {
			if idle := r.Path == "aux" && !c.cfg.Training; idle != (r.MACs == 0) || r.Params == 0 {
				t.Errorf("%s: %s has %d multiply-adds, %d parameters", s.Mode, r.Path, r.MACs, r.Params)
			}
		}
	}
}

// An operation between layers is the network's, not the derivative's.
func TestProfileKnowsForwardOperations(t *testing.T) {
	p := mustBuild(t, BlockFunc(func(s *Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		y, err := s.Build("conv", conv{2}, x)
		if err != nil {
			return nil, err
		}
		if y, err = ops.Add(x, y); err != nil {
			return nil, err
		}
		return s.Build("fc", head{3}, y)
	}), NewParams(1), InferenceConfig(1, 2, 5, 5))
	for _, o := range p.Tape().Operations {
		if o.Backward {
			t.Errorf("%s is called backward", o.Name)
		}
	}
	times, err := p.Profile(t.Context(), 1, func(ctx context.Context) error {
		_, err := p.Run(ctx, images(50))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range times {
		if o.Backward {
			t.Errorf("the profile calls %s in layer %q backward", o.Op, o.Layer)
		}
	}
}
