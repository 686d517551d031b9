package recipes

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/trainer"
)

// Network is the network for so many classes, and the size of its images.
func (r Recipe) Network(classes int) (architectures.Architecture, graph.Block, imaging.Shape, error) {
	a, size, err := r.architecture()
	if err != nil {
		return a, nil, size, err
	}
	o := architectures.Options{Classes: classes, StochasticDepth: r.StochasticDepth}
	if r.Activation != "" {
		if o.Act, err = activations.Lookup(r.Activation); err != nil {
			return a, nil, size, errors.Wrap(err, "activation")
		}
	}
	net, err := a.New(o)
	return a, net, size, err
}

// architecture is what Arch names, with the size of the images that it gets.
func (r Recipe) architecture() (a architectures.Architecture, size imaging.Shape, err error) {
	r = r.filled()
	if a, err = architectures.Lookup(r.Arch); err != nil {
		return a, size, errors.WithMessage(err, "arch")
	}
	if r.Input == "" {
		return a, a.Input, nil
	}
	size, err = imaging.ParseShape(r.Input)
	return a, size, errors.WithMessage(err, "input")
}

// Config is how to train, but for what belongs to one run: Params, Resume and
// Hooks.
func (r Recipe) Config() (trainer.Config, error) {
	r, err := r.Check()
	if err != nil {
		return trainer.Config{}, err
	}
	cfg := trainer.Config{
		Epochs: r.Epochs, Batch: r.Batch, Accumulate: r.Accumulate, MaxSteps: r.MaxSteps, Seed: r.Seed,
		Groups: r.Groups, LayerDecay: r.LayerDecay, ClipNorm: r.ClipNorm, ClipValue: r.ClipValue,
		Lookahead: r.Lookahead, Whiten: r.Whiten, EarlyStopping: r.EarlyStopping,
		EvalEvery: r.EvalEvery, EvalBatch: r.EvalBatch, KeepLast: r.KeepLast,
	}
	if cfg.Optimizer, err = r.optimizer(); err != nil {
		return cfg, err
	}
	if cfg.Schedule, err = r.schedule(); err != nil {
		return cfg, err
	}
	cfg.ScheduleBy = r.unit()
	if r.LabelSmoothing > 0 || len(r.ClassWeights) > 0 {
		cfg.Loss = graph.CrossEntropy{Smoothing: r.LabelSmoothing, ClassWeights: r.ClassWeights}
	}
	if r.EMA > 0 {
		cfg.EMA = &trainer.EMA{Decay: r.EMA}
	}
	if r.TestTime != nil {
		cfg.TestTime = *r.TestTime
	}
	if r.Mix != nil {
		cfg.Mix = *r.Mix
	}
	switch {
	case r.Augmentation != nil:
		cfg.Augment = *r.Augmentation
	case r.Augment:
		cfg.Augment = usualAugment(r.Data)
	}
	if r.Policy != "" {
		step, err := policy(r.Policy)
		if err != nil {
			return cfg, errors.WithMessage(err, "policy")
		}
		cfg.Augment.Steps = append(slices.Clone(cfg.Augment.Steps), step)
	}
	return cfg, nil
}

// usualAugment is what Augment means for a data set: a mirrored digit or letter is
// another one, or none.
func usualAugment(data string) datasets.Augment {
	switch data {
	case "embedded_mnist", "mnist", "kmnist", "svhn":
		return datasets.Augment{Pad: 2}
	}
	return datasets.AugmentCIFAR
}

// policies are the steps that change a picture in one of many ways.
var policies = []augment.Step{augment.TrivialAugment{}, augment.RandAugment{}, augment.AutoAugment{}}

// policy is the step of a name, with or without "_augment".
func policy(name string) (augment.Step, error) {
	var known, short []string
	for _, p := range policies {
		known = append(known, p.Name())
		short = append(short, strings.TrimSuffix(p.Name(), "_augment"))
	}
	at := max(lookup.Find(name, known), lookup.Find(name, short))
	if at < 0 {
		return nil, lookup.Unknown("policy", name, short)
	}
	return policies[at], nil
}

// rate is the learning rate.
func (r Recipe) rate() float64 {
	switch {
	case r.LR != 0:
		return r.LR
	case r.Optimizer == "sgd":
		return 0.1
	case r.Optimizer == "lars":
		return 1
	case r.Optimizer == "muon":
		return 0.02
	}
	return 0.003
}

func (r Recipe) optimizer() (trainer.Optimizer, error) {
	args := map[string]json.RawMessage{}
	set := func(key string, v any) { args[key], _ = json.Marshal(v) }
	set("lr", r.rate())
	if r.Optimizer == "sgd" || r.Optimizer == "lars" {
		set("momentum", 0.9)
		set("nesterov", true)
		set("weight_decay", 1e-4)
	}
	if r.WeightDecay > 0 {
		set("weight_decay", r.WeightDecay)
	}
	if _, ok := r.OptimizerArgs["lr"]; ok {
		return nil, errors.New("optimizer_args: lr has a field of its own")
	}
	maps.Copy(args, r.OptimizerArgs)
	o, err := trainer.LookupOptimizer(r.Optimizer, args)
	return o, errors.WithMessage(err, "optimizer")
}

// schedule is Schedule, and unit what it counts.
func (r Recipe) schedule() (trainer.Schedule, error) {
	name := strings.ToLower(strings.TrimSpace(r.Schedule))
	var s trainer.Schedule
	var err error
	switch name {
	case "onecycle":
		s = trainer.OneCycle{Max: r.rate()}
	case "constant":
	default:
		if s, err = trainer.LookupSchedule(name); err != nil {
			return nil, errors.WithMessage(err, "schedule")
		}
	}
	if r.Plateau == nil {
		return s, nil
	}
	if err := r.Plateau.Check(); err != nil {
		return nil, errors.WithMessage(err, "plateau")
	}
	switch last := s.(type) {
	case trainer.ReduceOnPlateau:
		return *r.Plateau, nil
	case trainer.Then:
		if _, ok := last.Next.(trainer.ReduceOnPlateau); ok {
			last.Next = *r.Plateau
			return last, nil
		}
	}
	return nil, errors.Errorf("plateau is for a schedule that ends with plateau, this is %q", r.Schedule)
}

func (r Recipe) unit() trainer.Unit {
	switch {
	case r.ScheduleBy == "steps":
		return trainer.ByStep
	case r.ScheduleBy == "epochs":
		return trainer.ByEpoch
	case r.Schedule == "onecycle" || r.Schedule == "cosine" || r.Schedule == "constant":
		return trainer.ByStep
	}
	return trainer.ByDefault
}

// Description says how the trained network takes pictures, for package classify.
func (r Recipe) Description(a architectures.Architecture, d Data) classify.Description {
	return classify.Description{Architecture: a.Name, Activation: r.Activation, Classes: d.Train.Classes(),
		Input: d.Train.Shape(), Normalization: d.Normalization, Stretch: d.Stretch, Side: d.Side}
}
