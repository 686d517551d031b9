package trainer

import (
	"encoding/json"
	"strings"

	"github.com/pkg/errors"
)

// LookupOptimizer makes an optimizer of a kind ("sgd", "adam", "adamw",
// "rmsprop", "adagrad") from PyTorch's argument names: lr, momentum,
// dampening, nesterov, weight_decay, betas, eps, amsgrad, alpha, centered,
// lr_decay, initial_accumulator_value, maximize. Values are JSON; here a zero
// means zero. An argument that the kind doesn't have is an error.
func LookupOptimizer(kind string, config map[string]json.RawMessage) (Optimizer, error) {
	o, fields := optimizerFields(kind)
	if o == nil {
		return nil, errors.Errorf("unknown optimizer %q; known are %s", kind, strings.Join(OptimizerNames(), ", "))
	}
	for key, value := range config {
		field, ok := fields[key]
		if !ok {
			return nil, errors.Errorf("%s: unknown argument %q", kind, key)
		}
		if err := json.Unmarshal(value, field); err != nil {
			return nil, errors.Wrapf(err, "%s: argument %q", kind, key)
		}
	}
	return o, nil
}

// OptimizerNames lists the kinds that LookupOptimizer knows.
func OptimizerNames() []string { return []string{"sgd", "adam", "adamw", "rmsprop", "adagrad"} }

func optimizerFields(kind string) (Optimizer, map[string]any) {
	switch kind {
	case "sgd":
		o := &SGD{}
		return o, map[string]any{"lr": (*defaulted)(&o.LR), "momentum": &o.Momentum, "dampening": &o.Dampening,
			"weight_decay": &o.WeightDecay, "nesterov": &o.Nesterov, "maximize": &o.Maximize}
	case "adam":
		o := &Adam{}
		return o, map[string]any{"lr": (*defaulted)(&o.LR), "betas": &o.Betas, "eps": (*defaulted)(&o.Eps),
			"weight_decay": &o.WeightDecay, "amsgrad": &o.AMSGrad, "maximize": &o.Maximize}
	case "adamw":
		o := &AdamW{}
		return o, map[string]any{"lr": (*defaulted)(&o.LR), "betas": &o.Betas, "eps": (*defaulted)(&o.Eps),
			"weight_decay": (*defaulted)(&o.WeightDecay), "amsgrad": &o.AMSGrad, "maximize": &o.Maximize}
	case "rmsprop":
		o := &RMSprop{}
		return o, map[string]any{"lr": (*defaulted)(&o.LR), "alpha": (*defaulted)(&o.Alpha), "eps": (*defaulted)(&o.Eps), "weight_decay": &o.WeightDecay,
			"momentum": &o.Momentum, "centered": &o.Centered, "maximize": &o.Maximize}
	case "adagrad":
		o := &Adagrad{}
		return o, map[string]any{"lr": (*defaulted)(&o.LR), "lr_decay": &o.LRDecay, "weight_decay": &o.WeightDecay,
			"initial_accumulator_value": &o.InitialAccumulator, "eps": (*defaulted)(&o.Eps), "maximize": &o.Maximize}
	}
	return nil, nil
}

// defaulted is a field of which zero means a default: a zero that is given
// becomes the number that means zero.
type defaulted float64

// UnmarshalJSON reads a number.
func (d *defaulted) UnmarshalJSON(data []byte) error {
	var v float64
	err := json.Unmarshal(data, &v)
	*d = defaulted(exact(v))
	return err
}
