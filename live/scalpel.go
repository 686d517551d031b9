package live

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// The scalpel takes parts out of a copy of the network and measures what is left:
//
//	branch  a residual unit without its branch: act(0 + shortcut(x)), as Veit,
//	        Wilber and Belongie 2016, arXiv:1605.06431, section 4.1, delete it
//	layer   a layer whose input and output have the same shape, replaced by the
//	        identity: its convolutions pass their input on, its norms change nothing;
//	        what an activation does to its own output remains, which is nothing for
//	        a ReLU
//	unit    one channel of a convolution or linear layer, 0 from now on
//
// All of it is done to the copy's parameters; the structure stays.

// cut is something that was taken out.
type cut struct {
	Layer int    `json:"layer"`
	Path  string `json:"path"`
	Do    string `json:"do"`
	Unit  int    `json:"unit"`
}

// operations is what was taken out so far, and what that did.
type operations struct {
	Cuts   []cut    `json:"cuts"`
	Images int      `json:"images"`
	Before number   `json:"before"` // accuracies
	Now    number   `json:"now"`
	Class  []number `json:"class"` // accuracy now for each class; null: none of its images
	Whole  []number `json:"whole"` // before
}

// table is where the copy lies.
type table struct {
	params  *graph.Params
	program *graph.Program
	images  []float32
	labels  []int
	classes int
}

// tested is on how many images at most an operation is measured.
const tested = 512

func (t *table) close() { _ = t.program.Close() }

// scalpel makes the copy, the first time.
func (d *desk) scalpel() (*table, error) {
	if d.table != nil {
		return d.table, nil
	}
	if !d.meta.Labels {
		return nil, errors.New("the scalpel measures accuracy: the data has no classes")
	}
	params, err := d.params.Clone()
	if err != nil {
		return nil, err
	}
	n := min(d.data.Len(), tested)
	batch := min(64, n)
	n -= n % batch
	t := &table{params: params, labels: make([]int, n), classes: len(d.data.Classes())}
	size, err := d.data.Shape().Size()
	if err != nil {
		return nil, err
	}
	t.images = make([]float32, n*size)
	for i, at := range spread(n, d.data.Len()) {
		if t.labels[i], err = d.data.Read(at, t.images[i*size:(i+1)*size]); err != nil {
			return nil, err
		}
	}
	if t.program, err = graph.Build(d.net, params, graph.InferenceConfig(d.data.Shape().WithBatch(batch)...)); err != nil {
		return nil, err
	}
	d.table = t
	return t, nil
}

// operate takes parts out of a fresh copy and measures it.
func (d *desk) operate(ctx context.Context, cuts []cut) (*operations, error) {
	t, err := d.scalpel()
	if err != nil {
		return nil, err
	}
	for _, q := range d.params.All() {
		if c := t.params.Get(q.Name); c != nil {
			if err := tensor.Copy(c.Value, q.Value); err != nil {
				return nil, errors.Wrap(err, q.Name)
			}
		}
	}
	o := &operations{Cuts: append([]cut{}, cuts...), Images: len(t.labels)}
	if o.Before, o.Whole, err = t.measure(ctx); err != nil {
		return nil, err
	}
	o.Now, o.Class = o.Before, o.Whole
	if len(cuts) == 0 {
		return o, nil
	}
	for i := range o.Cuts {
		if err := d.takeOut(t.params, &o.Cuts[i]); err != nil {
			return nil, err
		}
	}
	o.Now, o.Class, err = t.measure(ctx)
	return o, err
}

// measure is the copy's accuracy, in all and by class.
func (t *table) measure(ctx context.Context) (number, []number, error) {
	right, of := make([]int, t.classes), make([]int, t.classes)
	size := t.program.Config().Input.TotalSize()
	batch := t.program.BatchSize()
	hits := 0
	for from := 0; from < len(t.labels); from += batch {
		out, err := t.program.Run(ctx, t.images[from/batch*size:(from/batch+1)*size])
		if err != nil {
			return 0, nil, err
		}
		v, classes := values(out), t.program.Classes()
		for i := range batch {
			label := t.labels[from+i]
			if label < 0 || label >= t.classes {
				continue
			}
			of[label]++
			if row := v[i*classes : (i+1)*classes]; slices.Index(row, slices.Max(row)) == label {
				right[label]++
				hits++
			}
		}
	}
	byClass := none(t.classes)
	for c := range byClass {
		if of[c] > 0 {
			byClass[c] = number(float64(right[c]) / float64(of[c]))
		}
	}
	return number(float64(hits) / float64(len(t.labels))), byClass, nil
}

// cuts tells what can be done to a layer, and how many channels it has that can be
// taken out one by one.
func (d *desk) cuts(i int) (what string, units int) {
	l := d.layers[i]
	switch r := role(l); {
	case r == "residual":
		return "branch", 0
	case l.Leaf && (strings.HasPrefix(l.Kind, "Conv2D") || strings.HasPrefix(l.Kind, "Linear")):
		if len(l.Out) > 1 && l.Params > 0 {
			units = l.Out[1]
		}
		if r == "conv" && d.passes(i) {
			what = "layer"
		}
		return what, units
	case (l.Unit || r == "plain") && d.passes(i):
		return "layer", 0
	}
	return "", 0
}

// passes tells whether a layer can be made the identity by its parameters: all
// convolutions inside keep the shape, and there is nothing besides norms and
// activations.
func (d *desk) passes(i int) bool {
	convs := 0
	for _, j := range d.inside(i) {
		l := d.layers[j]
		switch r := role(l); r {
		case "norm", "act":
		case "conv":
			if !l.In.Eq(l.Out) || !strings.HasPrefix(l.Kind, "Conv2D") || strings.Contains(l.Kind, "groups") || strings.Contains(l.Kind, "dilation") {
				return false
			}
			convs++
		default:
			return false
		}
	}
	return convs > 0
}

// inside are the leaves of a layer, itself if it is one.
func (d *desk) inside(i int) (out []int) {
	for j := i; j < len(d.layers); j++ {
		if j > i && d.layers[j].Depth <= d.layers[i].Depth {
			break
		}
		if d.layers[j].Leaf {
			out = append(out, j)
		}
	}
	return out
}

// takeOut changes the parameters.
func (d *desk) takeOut(params *graph.Params, c *cut) error {
	if c.Layer < 0 || c.Layer >= len(d.layers) {
		return errors.Errorf("there is no layer %d", c.Layer)
	}
	l := d.layers[c.Layer]
	c.Path = l.Path
	what, units := d.cuts(c.Layer)
	switch {
	case c.Do == "unit" && c.Unit >= 0 && c.Unit < units:
		d.silence(params, c.Layer, c.Unit)
	case c.Do == "branch" && what == "branch":
		d.emptyBranch(params, c.Layer)
	case c.Do == "layer" && what == "layer":
		for _, j := range d.inside(c.Layer) {
			pass(params, d.layers[j])
		}
	default:
		return errors.Errorf("%s: %q %d can't be taken out", l.Path, c.Do, c.Unit)
	}
	return nil
}

// silence makes a channel 0: its weights, its bias, and what a norm right behind
// it would make of that.
func (d *desk) silence(params *graph.Params, i, unit int) {
	path := d.layers[i].Path
	fill(params, path+".weight", unit, 0)
	fill(params, path+".bias", unit, 0)
	if i+1 < len(d.layers) && role(d.layers[i+1]) == "norm" && d.layers[i+1].Depth == d.layers[i].Depth {
		next := d.layers[i+1].Path
		fill(params, next+".weight", unit, 0)
		fill(params, next+".bias", unit, 0)
	}
}

// emptyBranch makes the last convolution of a residual unit's branch, and the norm
// behind it, give 0.
func (d *desk) emptyBranch(params *graph.Params, i int) {
	var branch []int
	last := -1
	for _, j := range d.inside(i) {
		rest := strings.TrimPrefix(d.layers[j].Path, d.layers[i].Path+".")
		if strings.HasPrefix(rest, "downsample") || strings.HasPrefix(rest, "shortcut") {
			continue
		}
		branch = append(branch, j)
		if role(d.layers[j]) == "conv" {
			last = len(branch) - 1
		}
	}
	if last < 0 {
		return
	}
	for _, j := range branch[last:] {
		fill(params, d.layers[j].Path+".weight", -1, 0)
		fill(params, d.layers[j].Path+".bias", -1, 0)
	}
}

// normEpsilon is batch norm's usual one.
const normEpsilon = 1e-5

// pass makes a convolution or a norm give its input.
func pass(params *graph.Params, l graph.Layer) {
	w := params.Get(l.Path + ".weight")
	fill(params, l.Path+".bias", -1, 0)
	if role(l) == "norm" {
		fill(params, l.Path+".weight", -1, math.Sqrt(1+normEpsilon))
		fill(params, l.Path+".running_mean", -1, 0)
		fill(params, l.Path+".running_var", -1, 1)
		return
	}
	if w == nil || w.Value.Dims() != 4 {
		return
	}
	s := w.Value.Shape()
	fill(params, l.Path+".weight", -1, 0)
	for o := range min(s[0], s[1]) {
		setAt(w.Value, ((o*s[1]+o)*s[2]+s[2]/2)*s[3]+s[3]/2, 1)
	}
}

// fill writes v over a parameter, or over one row of it, if it is there.
func fill(params *graph.Params, name string, row int, v float64) {
	q := params.Get(name)
	if q == nil {
		return
	}
	n := q.Value.Shape().TotalSize()
	from, to := 0, n
	if row >= 0 {
		rows := q.Value.Shape()[0]
		if row >= rows {
			return
		}
		from, to = row*(n/rows), (row+1)*(n/rows)
	}
	for i := from; i < to; i++ {
		setAt(q.Value, i, v)
	}
}

func setAt(t *tensor.Dense, i int, v float64) {
	switch t.Dtype() {
	case tensor.Float32:
		t.Float32s()[i] = float32(v)
	case tensor.Float64:
		t.Float64s()[i] = v
	}
}
