package live

import (
	"context"
	"math"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/tensor"
)

// frame is the network at one moment. It is not changed once it is made.
type frame struct {
	Step int `json:"step"`
	// A number a layer, null where it has none.
	Grad []number `json:"grad"` // norm of the gradient of its parameters
	RMS  []number `json:"rms"`  // of its outputs, over the samples
	Dead []number `json:"dead"` // share of channels that are 0 for every sample
	Zero []number `json:"zero"` // share of outputs that are 0

	Act      []byte `json:"act"`       // columns of activations' histograms, one behind the other
	GradBins []byte `json:"grad_bins"` // of gradients'

	Guesses [][]guess `json:"guesses,omitempty"` // for each sample, the most probable first
	Images  int       `json:"images"`            // samples that were looked at
	Alarms  []Alarm   `json:"alarms"`
}

// guess is a class and its probability.
type guess struct {
	Class int    `json:"c"`
	P     number `json:"p"`
}

// look takes a frame after a step.
func (d *desk) look(ctx context.Context, p trainer.Progress) (*frame, error) {
	f, scale, err := d.outputs(ctx)
	if err != nil {
		return nil, err
	}
	f.Step = p.Total
	sizes, err := d.gradients(f, p.Program)
	if err != nil {
		return nil, err
	}
	f.Alarms = d.alarms(f, scale, sizes, p)
	return f, nil
}

// outputs fills a frame with what the samples show.
func (d *desk) outputs(ctx context.Context) (*frame, []float64, error) {
	program, err := d.samples(ctx)
	if err != nil {
		return nil, nil, err
	}
	n := len(d.layers)
	f := &frame{Grad: none(n), RMS: none(n), Dead: none(n), Zero: none(n), Images: program.BatchSize()}
	saturated := make([]float64, n)
	columns := 0
	for _, l := range d.meta.Layers {
		columns = max(columns, l.Act+1)
	}
	f.Act = make([]byte, columns*bins)
	seen := map[*tensor.Dense]int{}
	names := map[string]bool{}
	for _, name := range program.TapNames() {
		names[name] = true
	}
	for i := n - 1; i >= 0; i-- { // inner before outer
		if !names[d.layers[i].Path] {
			continue // an auxiliary head: there in training only
		}
		t, err := program.Tap(d.layers[i].Path)
		if err != nil {
			return nil, nil, err
		}
		at := d.meta.Layers[i].Act
		if j, ok := seen[t]; ok && at < 0 {
			f.RMS[i], f.Dead[i], f.Zero[i] = f.RMS[j], f.Dead[j], f.Zero[j]
			continue
		}
		v := values(t)
		var c tally
		c.add(v, actLow)
		f.RMS[i], f.Zero[i] = number(c.rms()), number(float64(c.count[0])/math.Max(float64(c.n), 1))
		f.Dead[i] = number(dead(v, t.Shape()))
		if at >= 0 {
			c.column(f.Act[at*bins : (at+1)*bins])
		}
		saturated[i] = saturation(v, d.layers[i].Kind)
		seen[t] = i
	}
	if d.meta.Labels {
		if f.Guesses, err = guesses(program); err != nil {
			return nil, nil, err
		}
	}
	return f, saturated, nil
}

func none(n int) []number {
	out := make([]number, n)
	for i := range out {
		out[i] = number(math.NaN())
	}
	return out
}

// dead is the share of channels that are 0 for all images at all places.
func dead(v []float32, shape tensor.Shape) float64 {
	if len(shape) < 2 || shape[0] == 0 || shape[1] == 0 {
		return math.NaN()
	}
	area := len(v) / (shape[0] * shape[1])
	n := 0
	for c := range shape[1] {
		if silent(v, shape[0], shape[1], c, area) {
			n++
		}
	}
	return float64(n) / float64(shape[1])
}

func silent(v []float32, images, channels, c, area int) bool {
	for i := range images {
		from := (i*channels + c) * area
		for _, x := range v[from : from+area] {
			if x != 0 {
				return false
			}
		}
	}
	return true
}

// saturation is the share of a sigmoid's or tanh's outputs that are nearly at an
// end, where the derivative is about a tenth of what it can be or less; 0 for
// others.
func saturation(v []float32, kind string) float64 {
	var lo, hi float32
	switch name, _, _ := strings.Cut(kind, ":"); name {
	case "sigmoid":
		lo, hi = 0.025, 0.975
	case "tanh":
		lo, hi = -0.95, 0.95
	default:
		return 0
	}
	n, of := 0, 0
	for i, s := 0, stride(len(v)); i < len(v); i += s {
		of++
		if v[i] < lo || v[i] > hi {
			n++
		}
	}
	return float64(n) / math.Max(float64(of), 1)
}

// gradients fills in the norms and histograms of the last step's gradients, and
// returns their root mean squares by layer.
func (d *desk) gradients(f *frame, program *graph.Program) ([]float64, error) {
	if program == nil {
		return nil, nil
	}
	list, err := program.Gradients()
	if err != nil {
		return nil, err
	}
	tallies := make([]tally, len(d.layers))
	square, elements := make([]float64, len(d.layers)), make([]float64, len(d.layers))
	for _, g := range list {
		own := d.layerOf(g.Name)
		if own < 0 {
			continue
		}
		v := values(g.Grad)
		var t tally
		t.add(v, gradLow)
		tallies[own].merge(t)
		// The norm is of all elements, by the mean of those counted.
		sq := t.sq / math.Max(float64(t.n), 1) * float64(len(v))
		for i := own; i >= 0; i = d.outer(i) {
			square[i] += sq
			elements[i] += float64(len(v))
		}
	}
	columns := 0
	for _, l := range d.meta.Layers {
		columns = max(columns, l.Grad+1)
	}
	f.GradBins = make([]byte, columns*bins)
	sizes := make([]float64, len(d.layers))
	for i := range d.layers {
		if elements[i] == 0 {
			continue
		}
		f.Grad[i] = number(math.Sqrt(square[i]))
		sizes[i] = math.Sqrt(square[i] / elements[i])
		if at := d.meta.Layers[i].Grad; at >= 0 {
			tallies[i].column(f.GradBins[at*bins : (at+1)*bins])
		}
	}
	return sizes, nil
}

func (t *tally) merge(o tally) {
	for i, c := range o.count {
		t.count[i] += c
	}
	t.n, t.sum, t.sq = t.n+o.n, t.sum+o.sum, t.sq+o.sq
}

// layerOf is the innermost layer whose path a parameter's name begins with.
func (d *desk) layerOf(parameter string) int {
	if i, ok := d.owner[parameter]; ok {
		return i
	}
	best := -1
	for i, l := range d.layers {
		if strings.HasPrefix(parameter, l.Path+".") && (best < 0 || len(l.Path) > len(d.layers[best].Path)) {
			best = i
		}
	}
	d.owner[parameter] = best
	return best
}

// outer is the layer around a layer, or -1.
func (d *desk) outer(i int) int {
	for j := i - 1; j >= 0; j-- {
		if d.layers[j].Depth < d.layers[i].Depth {
			return j
		}
	}
	return -1
}

// top is how many classes are told of a sample.
const top = 3

func guesses(program *graph.Program) ([][]guess, error) {
	t, err := program.Logits()
	if err != nil {
		return nil, err
	}
	if t.Dims() != 2 {
		return nil, errors.Errorf("live: the output has shape %v, want (images, classes)", t.Shape())
	}
	v, classes := values(t), t.Shape()[1]
	var out [][]guess
	for i := 0; (i+1)*classes <= len(v); i++ {
		out = append(out, best(insight.Softmax(v[i*classes:(i+1)*classes]), top))
	}
	return out, nil
}

// best are the k most probable classes.
func best(p []float64, k int) []guess {
	var out []guess
	used := make([]bool, len(p))
	for range min(k, len(p)) {
		at := -1
		for i, v := range p {
			if !used[i] && (at < 0 || v > p[at]) {
				at = i
			}
		}
		used[at] = true
		out = append(out, guess{at, number(p[at])})
	}
	return out
}

// show makes a frame the newest.
func (s *Server) show(f *frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frame = f
	s.frames++
	s.past.add(f)
	s.wake()
}
