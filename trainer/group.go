package trainer

import (
	"fmt"
	"math"

	"github.com/pkg/errors"
)

// Group sets parameters apart by their names: with a learning rate or weight
// decay of their own, or frozen. The first group of Config.Groups whose pattern
// matches a parameter has it; parameters of none follow the optimizer.
//
//	{Match: "layer1.**", FrozenUntil: 3}  // moves from epoch 3 on
//	{Match: "conv1.bias", FrozenFrom: 4}  // moves for three epochs
//	{Match: "fc.*", LRFactor: 10}         // ten times as fast
//	{Match: "**.bias", WeightDecay: -1}   // no weight decay
type Group struct {
	// Match is a pattern over dotted names. Between dots the wildcards of
	// path.Match stand for a part of one word: "*" for any letters, "?" for
	// one, "[ab]" for one of a set. "**" between dots stands for any number of
	// words, none included:
	//
	//	fc.weight       one parameter
	//	layer?.*.conv1.weight
	//	layer1.**       all below layer1
	//	**.bias         all biases, also one named "bias" alone
	//	**              every parameter
	//
	// A pattern that matches no parameter of the network is an error, as is one
	// whose parameters are all in earlier groups.
	Match string `json:"match"`

	// LRFactor multiplies the learning rate of the run. 0 means 1.
	LRFactor float64 `json:"lr_factor,omitempty"`
	// LR is a base rate of the group's own, from which the schedule starts
	// instead of the optimizer's. 0 means the optimizer's.
	LR float64 `json:"lr,omitempty"`
	// WeightDecay is the group's own. 0 means the optimizer's, negative none.
	WeightDecay float64 `json:"weight_decay,omitempty"`

	// Frozen parameters are not updated, nor decayed, nor counted in
	// Config.ClipNorm. Buffers such as a running mean still follow the data.
	Frozen bool `json:"frozen,omitempty"`
	// FrozenUntil freezes the group before that epoch, counted from 1; 0 and 1
	// mean never.
	FrozenUntil int `json:"frozen_until,omitempty"`
	// FrozenFrom freezes the group from that epoch on, counted from 1; 0 means
	// never. FrozenFrom 4 trains it for three epochs.
	FrozenFrom int `json:"frozen_from,omitempty"`
}

// frozen tells whether the group's parameters stay as they are in an epoch,
// counted from 0.
func (g *Group) frozen(epoch int) bool {
	return g.Frozen || epoch+1 < g.FrozenUntil || g.FrozenFrom > 0 && epoch+1 >= g.FrozenFrom
}

func (g *Group) check() error {
	if err := checkPattern(g.Match); err != nil {
		return errors.WithMessage(err, "Match")
	}
	for _, s := range []setting{{"LRFactor", g.LRFactor, 0}, {"LR", g.LR, 0}, {"WeightDecay", g.WeightDecay, anything}, {"FrozenUntil", float64(g.FrozenUntil), 0}, {"FrozenFrom", float64(g.FrozenFrom), 0}} {
		if math.IsNaN(s.value) || math.IsInf(s.value, 0) || s.value < s.least {
			return errors.Errorf("%s is %v, want a finite number of at least 0", s.name, s.value)
		}
	}
	if g.FrozenFrom > 0 && g.FrozenFrom <= max(g.FrozenUntil, 1) {
		return errors.Errorf("FrozenFrom is %d with FrozenUntil %d: the group never moves; set Frozen instead", g.FrozenFrom, g.FrozenUntil)
	}
	if g.LR != 0 && g.LRFactor != 0 {
		return errors.Errorf("LR is %v and LRFactor %v, want one of the two", g.LR, g.LRFactor)
	}
	return nil
}

// checkGroups refuses groups that make no sense, or whose own rate the schedule
// ignores.
func checkGroups(groups []Group, p pace, epochs, steps int) error {
	for i := range groups {
		g := &groups[i]
		if err := g.check(); err != nil {
			return errors.WithMessagef(err, "Groups[%d] (%s)", i, g.Match)
		}
		if g.LR == 0 || p.schedule == nil {
			continue
		}
		takes, err := p.takesBase(g.LR, epochs, steps)
		if err != nil {
			return errors.WithMessagef(err, "Groups[%d] (%s)", i, g.Match)
		}
		if !takes {
			return errors.Errorf("Groups[%d] (%s): the schedule %T ignores LR, which is %v: set LRFactor instead", i, g.Match, p.schedule, g.LR)
		}
	}
	return nil
}

// assign gives every parameter its group, nil for none.
func assign(groups []Group, names []string) ([]*Group, error) {
	out := make([]*Group, len(names))
	moving := len(names)
	for i := range groups {
		g := &groups[i]
		matched, taken := 0, 0
		for k, name := range names {
			if !matches(g.Match, name) {
				continue
			}
			matched++
			if out[k] == nil {
				taken++
				out[k] = g
			}
		}
		switch {
		case matched == 0:
			return nil, errors.Errorf("Groups[%d] (%s): no parameter of the network matches%s", i, g.Match, suggestion(g.Match, names))
		case taken == 0:
			return nil, errors.Errorf("Groups[%d] (%s): every parameter that matches is in an earlier group", i, g.Match)
		case g.Frozen:
			moving -= taken
		}
	}
	if moving == 0 {
		return nil, errors.New("Groups: every parameter is frozen")
	}
	return out, nil
}

// crew is the parameters of a program with their groups.
type crew struct {
	groups  []*Group    // of each parameter
	factors []float64   // of each parameter's learning rate by its layer; nil for none
	live    []Parameter // those to be updated, made anew for every step
}

// prepare lists the parameters to be updated in a step, with their own rates. own
// gives a group's from its base rate.
func (c *crew) prepare(all []Parameter, epoch int, own func(base float64) (float64, error)) ([]Parameter, error) {
	c.live = c.live[:0]
	for i, p := range all {
		g := c.groups[i]
		if c.factors != nil {
			p.LRFactor = c.factors[i]
		}
		if g == nil {
			c.live = append(c.live, p)
			continue
		}
		if g.frozen(epoch) {
			continue
		}
		switch {
		case g.LR != 0:
			lr, err := own(g.LR)
			if err != nil {
				return nil, errors.WithMessage(err, fmt.Sprintf("group %s", g.Match))
			}
			p.LR, p.LRFactor = exact(lr), 0
		case g.LRFactor != 0:
			p.LRFactor = g.LRFactor
			if c.factors != nil {
				p.LRFactor *= c.factors[i]
			}
		}
		p.WeightDecay = g.WeightDecay
		c.live = append(c.live, p)
	}
	return c.live, nil
}
