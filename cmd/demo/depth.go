package main

import (
	"strconv"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"
)

// depth is the flag --depth: how many levels of blocks are shown.
type depth struct {
	levels  int  // 0 shows all
	auto    bool // as many as are readable
	hasAuto bool // whether auto may be asked for
}

var _ pflag.Value = (*depth)(nil)

// Type is what help shows for the flag's value.
func (d *depth) Type() string { return "levels" }

// String is the flag as Set reads it.
func (d *depth) String() string {
	if d.auto {
		return "auto"
	}
	return strconv.Itoa(d.levels)
}

// Set reads a number of levels or "auto".
func (d *depth) Set(text string) error {
	if text == "auto" && d.hasAuto {
		d.auto = true
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		want := "a number of levels, or 0 for all"
		if d.hasAuto {
			want += ", or auto"
		}
		return errors.New("want " + want)
	}
	d.levels, d.auto = n, false
	return nil
}
