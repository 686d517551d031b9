package trainer

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// LookupOptimizer makes an optimizer of a kind ("sgd", "adam", "adamw",
// "rmsprop", "adagrad", "lars", "lamb", "muon", in any case) from PyTorch's argument
// names: lr, momentum, dampening, nesterov, weight_decay, betas, eps, amsgrad,
// alpha, centered, lr_decay, initial_accumulator_value, maximize; and timm's
// trust_coeff, trust_clip and always_adapt. Muon's are torch.optim.Muon's and
// normalize, except (a list of patterns) and auxiliary, an object with the
// arguments of another kind: {"kind": "sgd", "lr": 0.05}. Values are JSON; here a zero means
// zero. A kind or an argument that doesn't exist is an error that suggests the
// nearest.
func LookupOptimizer(kind string, arguments map[string]json.RawMessage) (Optimizer, error) {
	i := lookup.Find(kind, OptimizerNames())
	if i < 0 {
		return nil, lookup.Unknown("optimizer", kind, OptimizerNames())
	}
	kind = OptimizerNames()[i]
	made, fields := optimizerFields(kind)
	known := slices.Sorted(maps.Keys(fields))
	for _, key := range slices.Sorted(maps.Keys(arguments)) {
		field, ok := fields[key]
		if !ok {
			return nil, lookup.Unknown(kind+" argument", key, known)
		}
		value := arguments[key]
		if len(value) == 0 {
			return nil, errors.Errorf("%s: argument %q is empty, want JSON", kind, key)
		}
		if err := json.Unmarshal(value, field); err != nil {
			return nil, errors.WithMessagef(err, "%s: argument %q is %s", kind, key, value)
		}
	}
	o := made()
	_, err := ruleOf(o)
	return o, err
}

// OptimizerNames lists the kinds that LookupOptimizer knows.
func OptimizerNames() []string {
	return []string{"sgd", "adam", "adamw", "rmsprop", "adagrad", "lars", "lamb", "muon"}
}

// optimizerFields gives the fields that arguments are written to, and what makes
// the optimizer of them.
func optimizerFields(kind string) (func() Optimizer, map[string]any) {
	switch kind {
	case "sgd":
		o := SGD{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "momentum": &o.Momentum, "dampening": &o.Dampening,
			"weight_decay": &o.WeightDecay, "nesterov": &o.Nesterov, "maximize": &o.Maximize}
	case "adam":
		o := Adam{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "betas": (*twoNumbers)(&o.Betas), "eps": (*defaulted)(&o.Eps),
			"weight_decay": &o.WeightDecay, "amsgrad": &o.AMSGrad, "maximize": &o.Maximize}
	case "adamw":
		o := AdamW{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "betas": (*twoNumbers)(&o.Betas), "eps": (*defaulted)(&o.Eps),
			"weight_decay": (*defaulted)(&o.WeightDecay), "amsgrad": &o.AMSGrad, "maximize": &o.Maximize}
	case "rmsprop":
		o := RMSprop{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "alpha": (*defaulted)(&o.Alpha), "eps": (*defaulted)(&o.Eps),
			"weight_decay": &o.WeightDecay, "momentum": &o.Momentum, "centered": &o.Centered, "maximize": &o.Maximize}
	case "lars":
		o := LARS{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "momentum": &o.Momentum, "weight_decay": &o.WeightDecay,
			"nesterov": &o.Nesterov, "trust_coeff": (*rate)(&o.TrustCoefficient), "eps": (*defaulted)(&o.Eps), "trust_clip": &o.Clip,
			"always_adapt": &o.AlwaysAdapt, "maximize": &o.Maximize}
	case "lamb":
		o := LAMB{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "betas": (*twoNumbers)(&o.Betas), "eps": (*defaulted)(&o.Eps),
			"weight_decay": (*defaulted)(&o.WeightDecay), "trust_clip": &o.Clip, "always_adapt": &o.AlwaysAdapt, "maximize": &o.Maximize}
	case "muon":
		o := Muon{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "momentum": (*defaulted)(&o.Momentum), "nesterov": (*negated)(&o.NoNesterov),
			"weight_decay": (*defaulted)(&o.WeightDecay), "ns_steps": &o.Steps, "ns_coefficients": (*threeNumbers)(&o.Coefficients), "eps": (*rate)(&o.Eps),
			"adjust_lr_fn": &o.AdjustLR, "normalize": &o.Normalize, "except": &o.Except, "auxiliary": &described{&o.Auxiliary}}
	default:
		o := Adagrad{}
		return func() Optimizer { return o }, map[string]any{"lr": (*rate)(&o.LR), "lr_decay": &o.LRDecay, "weight_decay": &o.WeightDecay,
			"initial_accumulator_value": &o.InitialAccumulator, "eps": (*defaulted)(&o.Eps), "maximize": &o.Maximize}
	}
}

// defaulted is a field of which zero means a default: a zero that is given
// becomes the number that means zero.
type defaulted float64

// UnmarshalJSON reads a number.
func (d *defaulted) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var v float64
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v < 0 {
		return errors.New("negative")
	}
	*d = defaulted(exact(v))
	return nil
}

// rate is a learning rate or another number that must be more than 0.
type rate float64

// UnmarshalJSON reads a number.
func (r *rate) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var v float64
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v <= 0 {
		return errors.New("want a number of more than 0")
	}
	*r = rate(v)
	return nil
}

// negated is a field that says the opposite of the argument.
type negated bool

// UnmarshalJSON reads true or false.
func (n *negated) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var v bool
	err := json.Unmarshal(data, &v)
	*n = negated(!v)
	return err
}

// described is an optimizer as an object: its kind and its arguments.
type described struct{ optimizer *Optimizer }

// UnmarshalJSON reads the object.
func (d *described) UnmarshalJSON(data []byte) error {
	var arguments map[string]json.RawMessage
	if err := json.Unmarshal(data, &arguments); err != nil || arguments == nil {
		return err
	}
	var kind string
	if err := json.Unmarshal(arguments["kind"], &kind); err != nil {
		return errors.New(`want an object with "kind", the optimizer's`)
	}
	delete(arguments, "kind")
	o, err := LookupOptimizer(kind, arguments)
	*d.optimizer = o
	return err
}

// threeNumbers refuses lists of another length, which a Go array would take.
type threeNumbers [3]float64

// UnmarshalJSON reads a list of three numbers.
func (t *threeNumbers) UnmarshalJSON(data []byte) error { return readNumbers(data, t[:]) }

// twoNumbers refuses lists of another length, which a Go array would take.
type twoNumbers [2]float64

// UnmarshalJSON reads a list of two numbers.
func (t *twoNumbers) UnmarshalJSON(data []byte) error {
	return readNumbers(data, t[:])
}

func readNumbers(data []byte, to []float64) error {
	var list []float64
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	switch {
	case list == nil:
		return nil
	case len(list) != len(to):
		return errors.Errorf("want a list of %d numbers", len(to))
	}
	copy(to, list)
	return nil
}
