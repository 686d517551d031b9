package trainer

import (
	"context"
	"math"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// stepper is a training program with its parameters as the solver wants them,
// known from the first step on.
type stepper struct {
	program    *graph.Program
	parameters []Parameter
	crew       crew
}

// result is what a step found before its update.
type result struct {
	loss      float64
	right, of int // see hits
}

func (f *fit) newStepper(batch int) (*stepper, error) {
	gc := graph.TrainingConfig(f.run.Data.Train.Shape().WithBatch(batch)...)
	gc.Loss = f.cfg.Loss
	program, err := graph.Build(f.run.Net, f.cfg.Params, gc)
	if err != nil {
		return nil, err
	}
	if err := checkOutput(program, f.loader); err != nil {
		_ = program.Close()
		return nil, err
	}
	return &stepper{program: program}, nil
}

// step runs one batch and, where a step ends with it, updates the parameters,
// unless loss or learning rate make no sense: then they stay as they were.
func (f *fit) step(ctx context.Context, s *stepper, b datasets.Batch, epoch int) (r result, err error) {
	if err := f.setRate(epoch); err != nil {
		return r, err
	}
	if f.sum != nil {
		f.sum.begin()
	}
	if r.loss, err = s.program.Step(ctx, b.Images, b.Target); err != nil {
		return r, err
	}
	if math.IsNaN(r.loss) || math.IsInf(r.loss, 0) {
		return r, nonFinite(ctx, s.program, r.loss)
	}
	output, err := s.program.Logits()
	if err != nil {
		return r, err
	}
	if r.right, r.of, err = hits(output, b.Target, b.N); err != nil {
		return r, err
	}
	live, err := f.live(s, epoch)
	if err != nil {
		return r, err
	}
	if f.sum != nil {
		err = f.sum.add(live, float64(b.N)/float64(f.imagesOf(b.Index)))
		if err != nil || !f.completes(b.Index) {
			return r, err
		}
		f.sum.mean(live)
	}
	if len(live) == 0 {
		return r, nil
	}
	if f.cfg.ClipValue > 0 {
		if err := ClipGradValue(live, f.cfg.ClipValue); err != nil {
			return r, err
		}
	}
	if f.cfg.ClipNorm > 0 {
		norm, err := ClipGradNorm(live, f.cfg.ClipNorm)
		if err != nil {
			return r, err
		}
		if math.IsNaN(norm) || math.IsInf(norm, 0) {
			return r, badGradient(live, r.loss)
		}
	}
	return r, f.run.Solver.Update(live)
}

// setRate sets the learning rate of the next step.
func (f *fit) setRate(epoch int) error {
	if f.pace.schedule == nil && f.pace.factor == 0 {
		return nil
	}
	lr, err := f.pace.rate(f.run.Solver.BaseLR(), epoch, f.run.Steps)
	if err == nil {
		f.run.Solver.SetLR(lr)
	}
	return err
}

// live lists the parameters that a step updates: all but those frozen.
func (f *fit) live(s *stepper, epoch int) (_ []Parameter, err error) {
	if s.parameters, err = pair(s.program, s.parameters); err != nil {
		return nil, err
	}
	slows := f.cfg.LayerDecay != 0 && f.cfg.LayerDecay != 1
	if len(f.cfg.Groups) == 0 && !slows {
		return s.parameters, nil
	}
	if s.crew.groups == nil {
		names := make([]string, len(s.parameters))
		for i, p := range s.parameters {
			names[i] = p.Name
		}
		if s.crew.groups, err = assign(f.cfg.Groups, names); err != nil {
			return nil, err
		}
		if slows {
			s.crew.factors = layerFactors(s.parameters, f.cfg.LayerDecay)
		}
	}
	return s.crew.prepare(s.parameters, epoch, func(base float64) (float64, error) {
		return f.pace.rate(base, epoch, f.run.Steps)
	})
}
