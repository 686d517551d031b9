package trainer

import (
	"math"

	"github.com/pkg/errors"
)

// Optimizer is a way to change parameters in the direction of their gradients:
// a formula and its settings. It is configuration, as a block is: one value may
// serve several networks. A Solver is an optimizer at work on one network; Fit
// makes its own.
//
// The optimizers here are structs whose zero value works and whose zero fields
// mean PyTorch's defaults. One of your own implements Rule; the example shows
// how.
type Optimizer interface {
	// Rule gives the formula, or an error that names the setting it can't work
	// with. A solver asks once, when it is made.
	Rule() (Rule, error)
}

// Rule is an optimizer's formula and what it needs.
type Rule struct {
	Kind        string  // names it in messages and states: "sgd"
	LR          float64 // the configured learning rate, from which schedules start: more than 0
	WeightDecay float64 // the configured weight decay; 0 is none

	// State lists what is kept from one update to the next for every element
	// of a parameter: up to four tensors of the parameter's shape.
	State []StateTensor

	// Float32 and Float64 apply the formula to a piece of a parameter. They are
	// called on several pieces at once and must change those alone. One may be
	// nil: parameters of its element type are then an error.
	Float32 func(Piece[float32])
	Float64 func(Piece[float64])

	// Whole asks for whole parameters instead of pieces of them, for formulas
	// that need a parameter's norm or shape.
	Whole bool

	// For gives a parameter of that name and shape another rule, with a learning
	// rate and a weight decay of its own, of which the rate follows this rule's in
	// proportion. nil, or where it gives nil, means this rule. It must give the
	// same answer every time, and a rule whose For is nil.
	For func(name string, shape []int) *Rule
	// Patterns, as Group.Match, must each match a parameter of the network: Fit
	// refuses them otherwise.
	Patterns []string
}

// StateTensor is one number an element of a parameter that an optimizer keeps.
type StateTensor struct {
	Name    string  // PyTorch's where it has it: "exp_avg"
	Initial float64 // before the first update
}

// maxStateTensors is the most a rule may have.
const maxStateTensors = 4

// Piece is a range of one parameter's elements with all that a formula needs.
type Piece[T float32 | float64] struct {
	Update      int     // number of the parameter's updates, this one included: from 1
	LR          float64 // learning rate in use
	WeightDecay float64 // of this parameter
	Shape       []int   // of the whole parameter
	W, G        []T     // elements, to be changed in place, and their gradient
	State       [4][]T  // in the order of Rule.State, nil beyond
}

// check finds what a solver can't work with.
func (r Rule) check() error {
	if r.Kind == "" {
		return errors.New("optimizer: Rule.Kind is empty, want a name")
	}
	if err := checkSettings(r.Kind, setting{"Rule.LR", r.LR, 0}, setting{"Rule.WeightDecay", r.WeightDecay, 0}); err != nil {
		return err
	}
	switch {
	case r.LR == 0:
		return errors.Errorf("%s: Rule.LR is 0, want the learning rate that schedules start from", r.Kind)
	case r.Float32 == nil && r.Float64 == nil:
		return errors.Errorf("%s: Rule.Float32 and Rule.Float64 are nil, want at least one formula", r.Kind)
	case len(r.State) > maxStateTensors:
		return errors.Errorf("%s: Rule.State lists %d tensors, want at most %d", r.Kind, len(r.State), maxStateTensors)
	}
	names := map[string]bool{}
	for i, s := range r.State {
		if s.Name == "" || names[s.Name] {
			return errors.Errorf("%s: Rule.State[%d] is named %q, want a name of its own", r.Kind, i, s.Name)
		}
		names[s.Name] = true
	}
	for i, pattern := range r.Patterns {
		if err := checkPattern(pattern); err != nil {
			return errors.WithMessagef(err, "%s: Rule.Patterns[%d]", r.Kind, i)
		}
	}
	return nil
}

// ruleOf asks an optimizer for its rule and checks it.
func ruleOf(o Optimizer) (Rule, error) {
	if isNil(o) {
		return Rule{}, errors.Errorf("optimizer: is nil (%T), want for instance trainer.Adam{}", o)
	}
	var r Rule
	err := guard("optimizer", func() (err error) {
		r, err = o.Rule()
		return err
	})
	if err != nil {
		return Rule{}, err
	}
	return r, r.check()
}

// setting is a number that the user gave, with the least it may be.
type setting struct {
	name  string
	value float64
	least float64
}

// anything allows every finite number: where a negative one means none.
var anything = math.Inf(-1)

// checkSettings refuses numbers that are not finite or too small.
func checkSettings(kind string, all ...setting) error {
	for _, s := range all {
		switch {
		case math.IsNaN(s.value) || math.IsInf(s.value, 0):
			return errors.Errorf("%s: %s is %v, want a finite number", kind, s.name, s.value)
		case s.value < s.least:
			return errors.Errorf("%s: %s is %v, want at least %v", kind, s.name, s.value, s.least)
		}
	}
	return nil
}

// orDefault implements the rule for hyper-parameters: zero means PyTorch's
// default, a negative number means zero.
func orDefault(v, def float64) float64 {
	switch {
	case v == 0:
		return def
	case v < 0:
		return 0
	}
	return v
}
