package plots

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Func is a function of one number, usually an activation.
type Func struct {
	Name       string
	F          func(x float64) float64
	Derivative func(x float64) float64 // default: central differences of F
}

// samples is the number of points at which a function is taken.
const samples = 801

func (f Func) derivative() func(float64) float64 {
	if f.Derivative != nil {
		return f.Derivative
	}
	// The step is about the cube root of float32's rounding error, the best for central
	// differences should F compute in float32.
	const h = 1.0 / 256
	return func(x float64) float64 { return (f.F(x+h) - f.F(x-h)) / (2 * h) }
}

// Function draws a function, usually an activation, between lo and hi together with its
// derivative (dashed): where the derivative is near zero, nothing is learned. A nil derivative
// stands for central differences.
func Function(name string, lo, hi float64, f, derivative func(x float64) float64) (*Figure, error) {
	fn := Func{Name: name, F: f, Derivative: derivative}
	if err := checkRange(name, lo, hi, fn); err != nil {
		return nil, err
	}
	p := newAxes("x")
	solid, dash := lineOf(0), lineOf(1)
	zeroLines(p, lo, hi)
	if err := addFunction(p, name+"'", lo, hi, fn.derivative(), dash); err != nil {
		return nil, err
	}
	if err := addFunction(p, name, lo, hi, f, solid); err != nil {
		return nil, err
	}
	finish(p, false)
	return one(name, "", p, []key{{name: name + "(x)", line: solid}, {name: "derivative", line: dash}}), nil
}

// Functions compares several functions between lo and hi: on the left the functions, on the right
// their derivatives.
func Functions(title string, lo, hi float64, functions ...Func) (*Figure, error) {
	if err := checkRange(title, lo, hi, functions...); err != nil {
		return nil, err
	}
	left, right := newAxes("x"), newAxes("x")
	zeroLines(left, lo, hi)
	zeroLines(right, lo, hi)
	var legend []key
	for i, f := range functions {
		style := lineOf(i) // where functions coincide, the earlier one shows through the later's gaps
		if err := addFunction(left, f.Name, lo, hi, f.F, style); err != nil {
			return nil, err
		}
		if err := addFunction(right, f.Name+"'", lo, hi, f.derivative(), style); err != nil {
			return nil, err
		}
		legend = append(legend, key{name: f.Name, line: style})
	}
	finish(left, false)
	finish(right, false)
	return &Figure{title: title, legend: legend, width: 8.6 * vg.Inch, height: 3.9 * vg.Inch,
		panels: []panel{axes{title: "f(x)", Plot: left}, axes{title: "derivative f'(x)", Plot: right}}}, nil
}

func checkRange(title string, lo, hi float64, functions ...Func) error {
	if !finite(lo) || !finite(hi) || lo >= hi {
		return errors.Errorf("function %q: range is %g to %g, want lo < hi, both finite", title, lo, hi)
	}
	if len(functions) == 0 {
		return errors.Errorf("function %q: no functions", title)
	}
	for i, f := range functions {
		if f.F == nil {
			return errors.Errorf("function %q: function %d (%q) is nil", title, i, f.Name)
		}
	}
	return nil
}

func addFunction(p *plot.Plot, name string, lo, hi float64, f func(float64) float64, style draw.LineStyle) (err error) {
	at := lo
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("function %q at %g: panic: %v", name, at, r)
		}
	}()
	s := Series{Name: name, X: make([]float64, samples), Y: make([]float64, samples)}
	for i := range samples {
		s.X[i] = lo + (hi-lo)*float64(i)/(samples-1)
		at = s.X[i]
		s.Y[i] = f(at)
	}
	return addLine(p, s, style, false)
}

// zeroLines draws the coordinate axes through zero, a little darker than the grid.
func zeroLines(p *plot.Plot, lo, hi float64) {
	p.Add(zeros{})
	// A function that nowhere changes sign still shows where zero is.
	p.Y.Min, p.Y.Max = math.Min(p.Y.Min, 0), math.Max(p.Y.Max, 0)
	p.X.Min, p.X.Max = lo, hi
}

type zeros struct{}

func (zeros) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := draw.LineStyle{Color: frame, Width: vg.Points(0.8)}
	if p.X.Min < 0 && p.X.Max > 0 {
		c.StrokeLine2(style, x(0), c.Min.Y, x(0), c.Max.Y)
	}
	if p.Y.Min < 0 && p.Y.Max > 0 {
		c.StrokeLine2(style, c.Min.X, y(0), c.Max.X, y(0))
	}
}
