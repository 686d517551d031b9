package lab

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Spread is what the seeds' runs gave for one number.
type Spread struct {
	Mean, Low, High float64
	Runs            int
}

// spreadOf is the spread of the runs' values. Of none all are NaN, and so they
// are where one run has no number.
func spreadOf(values []float64) Spread {
	s := Spread{Mean: math.NaN(), Low: math.NaN(), High: math.NaN(), Runs: len(values)}
	if len(values) == 0 || slices.ContainsFunc(values, math.IsNaN) {
		return s
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	s.Mean, s.Low, s.High = sum/float64(len(values)), slices.Min(values), slices.Max(values)
	return s
}

// Percent is the spread of shares: "97.3 % (97.1 to 97.6)".
func (s Spread) Percent() string {
	return s.write(func(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) }, " %")
}

// Fixed is the spread with so many digits behind the point: "0.31 (0.29 to 0.33)".
func (s Spread) Fixed(digits int) string {
	return s.write(func(v float64) string { return strconv.FormatFloat(v, 'f', digits, 64) }, "")
}

// Short is the spread with two significant digits, for numbers of any size:
// "2.3e-17 (1.9e-17 to 2.8e-17)".
func (s Spread) Short() string { return s.write(short, "") }

// String is Short.
func (s Spread) String() string { return s.Short() }

func (s Spread) write(number func(float64) string, unit string) string {
	plain := func(v float64) string {
		text := number(v)
		if strings.Trim(text, "-0.") == "" { // "-0.00"
			return strings.TrimPrefix(text, "-")
		}
		return text
	}
	mean, low, high := plain(s.Mean), plain(s.Low), plain(s.High)
	if s.Runs < 2 || low == high {
		return mean + unit
	}
	return fmt.Sprintf("%s%s (%s to %s)", mean, unit, low, high)
}

// short writes a number with two significant digits or so.
func short(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "n/a"
	case v == 0:
		return "0"
	case a >= 0.01 && a < 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case a >= 10 && a < 1e4:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return fmt.Sprintf("%.1e", v)
}

// cell is a number in a table: enough digits to draw and to count with.
func cell(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// cellOf writes a table's cell: numbers by cell, the rest as it prints.
func cellOf(v any) string {
	if f, ok := v.(float64); ok {
		return cell(f)
	}
	return fmt.Sprint(v)
}
