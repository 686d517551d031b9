package live

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// place asks how a convolution computes one value.
type place struct {
	asked
	Layer int `json:"layer"`
	Unit  int `json:"unit"`
	Y     int `json:"y"`
	X     int `json:"x"`
}

// arithmetic is how a value of a convolution's output comes about: the sum over
// the input's channels of a patch times the kernel, and the bias.
type arithmetic struct {
	Layer    int       `json:"layer"`
	Unit     int       `json:"unit"`
	Y        int       `json:"y"`
	X        int       `json:"x"`
	Height   int       `json:"kh"`
	Width    int       `json:"kw"`
	Channels []product `json:"channels"` // those that matter most
	Others   int       `json:"others"`   // channels that are not listed
	Rest     number    `json:"rest"`     // what those add
	Bias     *number   `json:"bias"`     // null: the layer has none
	Sum      number    `json:"sum"`
	Value    number    `json:"value"` // what the network computed
}

// product is one channel's part. What lies outside of the image is null.
type product struct {
	Channel int       `json:"channel"`
	Patch   []*number `json:"patch"`
	Weights []number  `json:"weights"`
	Sum     number    `json:"sum"`
}

const mostProducts = 3

// compute takes one value of a convolution apart.
func (d *desk) compute(ctx context.Context, p place) (*arithmetic, error) {
	if p.Layer < 0 || p.Layer >= len(d.layers) || !d.layers[p.Layer].Leaf || role(d.layers[p.Layer]) != "conv" {
		return nil, errors.Errorf("layer %d is no convolution", p.Layer)
	}
	l := d.layers[p.Layer]
	if len(l.Out) != 4 || p.Unit < 0 || p.Unit >= l.Out[1] || p.Y < 0 || p.Y >= l.Out[2] || p.X < 0 || p.X >= l.Out[3] {
		return nil, errors.Errorf("%s has no map %d with a row %d and column %d: its output is %v", l.Path, p.Unit, p.Y, p.X, l.Out)
	}
	at := -1
	for i, o := range d.ops {
		if o.Layer == p.Layer && o.Name == "conv2d" {
			at = i
		}
	}
	if at < 0 || len(d.ops[at].Inputs) < 2 {
		return nil, errors.Errorf("%s: its arithmetic is not that of a plain convolution", l.Path)
	}
	op := d.ops[at]
	var sh, sw, ph, pw, dh, dw, groups int
	if _, err := fmt.Sscanf(op.Attributes, "conv2d{stride=%dx%d padding=%dx%d dilation=%dx%d groups=%d", &sh, &sw, &ph, &pw, &dh, &dw, &groups); err != nil {
		return nil, errors.Wrapf(err, "%s: %s", l.Path, op.Attributes)
	}
	image, err := d.image(p.asked)
	if err != nil {
		return nil, err
	}
	program, err := d.run(ctx, image)
	if err != nil {
		return nil, err
	}
	in, err := d.inputOf(op.Inputs[0], image, func(path string) (*tensor.Dense, error) { return program.Tap(path) })
	if err != nil {
		return nil, errors.WithMessage(err, l.Path)
	}
	weight := d.params.Get(d.ops[op.Inputs[1]].Name)
	if weight == nil || weight.Value.Dims() != 4 || len(in) != l.In.TotalSize()/l.In[0] {
		return nil, errors.Errorf("%s: its weights or its input can't be shown", l.Path)
	}
	ws := weight.Value.Shape()
	a := &arithmetic{Layer: p.Layer, Unit: p.Unit, Y: p.Y, X: p.X, Height: ws[2], Width: ws[3]}
	w := values(weight.Value)
	sum := 0.0
	if len(op.Inputs) > 2 {
		if b := d.params.Get(d.ops[op.Inputs[2]].Name); b != nil {
			v := number(values(b.Value)[p.Unit])
			a.Bias = &v
			sum += float64(v)
		}
	}
	first := p.Unit / (ws[0] / groups) * ws[1] // of the group's channels
	height, width := l.In[2], l.In[3]
	list := make([]product, ws[1])
	for c := range list {
		q := product{Channel: first + c}
		total := 0.0
		for i := range ws[2] {
			for j := range ws[3] {
				k := w[((p.Unit*ws[1]+c)*ws[2]+i)*ws[3]+j]
				q.Weights = append(q.Weights, number(k))
				y, x := p.Y*sh+i*dh-ph, p.X*sw+j*dw-pw
				if y < 0 || y >= height || x < 0 || x >= width {
					q.Patch = append(q.Patch, nil)
					continue
				}
				v := number(in[((first+c)*height+y)*width+x])
				q.Patch = append(q.Patch, &v)
				total += float64(k) * float64(v)
			}
		}
		q.Sum = number(total)
		sum += total
		list[c] = q
	}
	sort.SliceStable(list, func(i, j int) bool { return math.Abs(float64(list[i].Sum)) > math.Abs(float64(list[j].Sum)) })
	a.Channels = list[:min(len(list), mostProducts)]
	for _, q := range list[len(a.Channels):] {
		a.Others++
		a.Rest += q.Sum
	}
	a.Sum = number(sum)
	out, err := program.Tap(l.Path)
	if err != nil {
		return nil, err
	}
	a.Value = number(values(out)[(p.Unit*l.Out[2]+p.Y)*l.Out[3]+p.X])
	return a, nil
}

// inputOf is the value of an operation: the image, or the output of the layer that
// ends with it.
func (d *desk) inputOf(op int, image []float32, tap func(string) (*tensor.Dense, error)) ([]float32, error) {
	o := d.ops[op]
	if o.Variable() {
		return image, nil
	}
	if o.Layer < 0 || !d.layers[o.Layer].Leaf {
		return nil, errors.Errorf("its input is made between layers, by %s", o.Name)
	}
	t, err := tap(d.layers[o.Layer].Path)
	if err != nil {
		return nil, err
	}
	return values(t), nil
}
