package recipes

import (
	"context"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
)

// Prepared is a recipe with its data and network at hand.
type Prepared struct {
	Architecture architectures.Architecture
	Network      graph.Block
	Data         Data
	Config       trainer.Config       // with new Params
	Description  classify.Description // for the files of the trained weights
}

// Prepare checks the recipe, loads its data and makes its network.
func (r Recipe) Prepare(ctx context.Context) (p Prepared, err error) {
	if r, err = r.Check(); err != nil {
		return p, err
	}
	if p.Config, err = r.Config(); err != nil {
		return p, err
	}
	if _, _, _, err = r.Network(2); err != nil {
		return p, err // before the data, which may take long
	}
	if p.Data, err = r.Load(ctx); err != nil {
		return p, err
	}
	if p.Architecture, p.Network, _, err = r.Network(len(p.Data.Train.Classes())); err != nil {
		return p, err
	}
	p.Config.Params = graph.NewParams(r.Seed)
	p.Description = r.Description(p.Architecture, p.Data)
	return p, nil
}

// Train is Prepare and trainer.Fit: all in one. Nothing is kept on disk unless one
// of the hooks does so (see package runs).
func (r Recipe) Train(ctx context.Context, hooks ...trainer.Hook) (*trainer.Run, error) {
	p, err := r.Prepare(ctx)
	if err != nil {
		return nil, err
	}
	p.Config.Hooks = hooks
	return trainer.Fit(ctx, p.Network, trainer.Data{Train: p.Data.Train, Test: p.Data.Test}, p.Config)
}
