package main

import (
	"strconv"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/trainer"
)

// setting is a flag that sets a part of a recipe that may not be there.
type setting struct {
	text, kind string
	set        func(text string) error
}

var _ pflag.Value = (*setting)(nil)

// Type is what help shows for the flag's value.
func (s *setting) Type() string { return s.kind }

// String is the flag as Set read it.
func (s *setting) String() string { return s.text }

// Set reads the value.
func (s *setting) Set(text string) error {
	err := s.set(text)
	if err == nil {
		s.text = text
	}
	return err
}

// alpha is --mixup or --cutmix.
func (t *training) alpha(of func(*datasets.Mix) *float64) pflag.Value {
	return &setting{kind: "alpha", set: func(text string) error {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return errors.New("want a number, or 0 for none")
		}
		m := datasets.Mix{}
		if t.Mix != nil {
			m = *t.Mix
		}
		*of(&m) = v
		if t.Mix = &m; m == (datasets.Mix{}) {
			t.Mix = nil
		}
		return nil
	}}
}

// stopEarly is --early-stopping.
func (t *training) stopEarly() pflag.Value {
	return &setting{kind: "epochs", set: func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return errors.New("want a number of epochs, or 0 for never")
		}
		if t.EarlyStopping = nil; n > 0 {
			t.EarlyStopping = &trainer.EarlyStopping{Patience: n, RestoreBest: true}
		}
		return nil
	}}
}
