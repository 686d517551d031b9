package randomnet

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

// setting is how a network is built and run.
type setting struct {
	double   bool
	training bool
	lossless bool // inference without a loss
	fused    bool
	shared   bool
	taps     bool
	inputGrd bool
	noDrop   bool
	exact    bool   // convolutions, in inference
	threads  int    // GOMAXPROCS; 0 leaves it
	without  string // the pass that is left out; empty: none
}

func (s setting) String() string {
	words := []string{"float32"}
	if s.double {
		words[0] = "float64"
	}
	for _, w := range []struct {
		on   bool
		word string
	}{
		{s.training, "training"}, {!s.training, "inference"}, {!s.training && s.lossless, "without loss"}, {s.fused, "fused"}, {s.shared, "shared"},
		{s.taps, "taps"}, {s.inputGrd, "input gradient"}, {s.noDrop, "no dropout"}, {s.exact, "exact"},
	} {
		if w.on {
			words = append(words, w.word)
		}
	}
	if s.without != "" {
		words = append(words, "without "+s.without)
	}
	if s.threads > 0 {
		words = append(words, fmt.Sprintf("%d threads", s.threads))
	}
	return strings.Join(words, ", ")
}

func (s setting) config(net Net, loss graph.Loss) graph.Config {
	cfg := graph.InferenceConfig(net.Input...)
	if s.training {
		cfg = graph.TrainingConfig(net.Input...)
	}
	if s.training || !s.lossless {
		cfg.Loss = loss
	}
	cfg.NoFusion, cfg.NoSharing, cfg.Taps, cfg.InputGradient, cfg.NoDropout = !s.fused, !s.shared, s.taps, s.inputGrd && s.training, s.noDrop
	cfg.ExactConvolutions = s.exact
	if s.without != "" {
		cfg.Without = []string{s.without}
	}
	return cfg
}

// fuses reports whether operations are joined: taps want to see them all.
func (s setting) fuses() bool { return s.fused && !s.taps }

// named is one tensor of a run, in float64, which holds float32 exactly.
type named struct {
	name string
	data []float64
	grad bool
}

// results are all that a program computed, in one order.
type results []named

// run is a program with its inputs.
type run struct {
	program *graph.Program
	params  *graph.Params
	images  []float32
	target  graph.Target
	set     setting
	start   map[string][]float64 // of the buffers
}

// open builds the network on parameters that depend on the seed alone.
func open(net Net, seed uint64, set setting) (*run, error) {
	r := &run{set: set, params: graph.NewParams(seed)}
	if set.double {
		r.params = graph.NewParams(seed, graph.WithDtype(tensor.Float64))
	}
	loss := &lossNamed{name: net.Loss}
	var err error
	if r.program, err = graph.Build(net, r.params, set.config(net, loss)); err != nil {
		return nil, err
	}
	if err := r.shake(seed); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 3))
	r.images = make([]float32, net.Input.TotalSize())
	for i := range r.images {
		r.images[i] = 2*rng.Float32() - 1
	}
	if loss.output != nil {
		r.target = target(rng, loss.TargetKind(), loss.output)
	}
	r.start = r.buffers()
	return r, nil
}

// shake moves parameters that start at 0 or 1: a bias of 0 may put a whole
// channel on an activation's kink.
func (r *run) shake(seed uint64) error {
	for _, p := range r.params.All() {
		if !p.Learnable {
			continue
		}
		h := fnv.New64a()
		h.Write([]byte(p.Name))
		rng := rand.New(rand.NewPCG(seed, h.Sum64()))
		data := numbersOf(p.Value)
		for i := range data {
			data[i] += 0.2*rng.Float64() - 0.1
		}
		if err := r.params.Set(p.Name, data); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) close() { _ = r.program.Close() }

func (r *run) buffers() map[string][]float64 {
	all := map[string][]float64{}
	for _, p := range r.params.All() {
		if !p.Learnable {
			all[p.Name] = numbersOf(p.Value)
		}
	}
	return all
}

// again puts buffers and dropout masks back to the start.
func (r *run) again() error {
	r.params.SetSteps(0)
	for name, data := range r.start {
		if err := r.params.Set(name, data); err != nil {
			return err
		}
	}
	return nil
}

// loss runs one step, or what is one in inference.
func (r *run) loss() (float64, error) {
	if r.set.training {
		return r.program.Step(context.Background(), r.images, r.target)
	}
	return r.program.Loss(context.Background(), r.images, r.target)
}

// once runs the program and adds up what it computed.
func (r *run) once(label string, out results) (results, error) {
	add := func(name string, data []float64, grad bool) {
		out = append(out, named{label + name, data, grad})
	}
	if r.set.training || !r.set.lossless {
		loss, err := r.loss()
		if err != nil {
			return nil, err
		}
		add("loss", []float64{loss}, false)
		for _, part := range r.program.Parts() {
			add("loss of "+part.Name, []float64{part.Value}, false)
		}
	} else if _, err := r.program.Run(context.Background(), r.images); err != nil {
		return nil, err
	}
	y, err := r.program.Logits()
	if err != nil {
		return nil, err
	}
	add("output", numbersOf(y), false)
	for _, name := range r.program.TapNames() {
		v, err := r.program.Tap(name)
		if err != nil {
			return nil, err
		}
		add("tap "+name, numbersOf(v), false)
	}
	if r.set.training {
		grads, err := r.program.Gradients()
		if err != nil {
			return nil, err
		}
		for _, g := range grads {
			add("gradient of "+g.Name, numbersOf(g.Grad), true)
		}
		if r.set.inputGrd {
			g, err := r.program.InputGradient()
			if err != nil {
				return nil, err
			}
			add("gradient of the input", numbersOf(g), true)
		}
	}
	for _, p := range r.params.All() {
		if !p.Learnable {
			add("buffer "+p.Name, numbersOf(p.Value), false)
		}
	}
	return out, nil
}

const steps = 3

// collect builds the network, runs some steps twice over and demands the
// same bits of both.
func collect(net Net, seed uint64, set setting) (results, error) {
	if set.threads > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(set.threads))
	}
	r, err := open(net, seed, set)
	if err != nil {
		return nil, err
	}
	defer r.close()
	var first results
	for pass := range 2 {
		var out results
		for i := range steps {
			if out, err = r.once(fmt.Sprintf("step %d: ", i+1), out); err != nil {
				return nil, err
			}
		}
		if pass == 0 {
			first = out
		} else if err := same(out, first); err != nil {
			return nil, errors.Wrap(err, "second time")
		}
		if err := r.again(); err != nil {
			return nil, err
		}
	}
	return first, nil
}

func numbersOf(t *tensor.Dense) []float64 {
	switch data := t.Data().(type) {
	case float64:
		return []float64{data}
	case float32:
		return []float64{float64(data)}
	case []float64:
		return slices.Clone(data)
	case []float32:
		out := make([]float64, len(data))
		for i, v := range data {
			out[i] = float64(v)
		}
		return out
	}
	return nil
}

// same demands equal bits of all that both have.
func same(got, want results) error {
	return compare(got, want, func(g, w named, _ float64) error {
		for i := range w.data {
			if math.Float64bits(g.data[i]) != math.Float64bits(w.data[i]) {
				return errors.Errorf("%s[%d] is %v, want %v bit for bit", w.name, i, g.data[i], w.data[i])
			}
		}
		return nil
	})
}

// near demands that the difference is small beside the tensor, or beside the
// largest gradient of the run where a gradient is next to nothing: that of a
// bias before a batch norm is 0 but for rounding. Where exact is given it may
// also be ten times what apart differs from exact.
func near(got, want, apart, exact results, tolerance float64) error {
	rounded, precise := apart.index(), exact.index()
	return compare(got, want, func(g, w named, largest float64) error {
		scale := norm(w.data)
		if w.grad && scale < 1e-10*largest {
			// 0 in real numbers: what is left of sums that cancel, as exactly as
			// the terms allow, which a batch norm over three values may enlarge.
			scale = largest / 5
		} else if w.grad {
			scale = max(scale, largest/100)
		}
		allowed := tolerance * max(scale, 1e-12)
		if p, ok := precise[w.name]; ok {
			allowed += 10 * distance(rounded[w.name].data, p.data)
		}
		if d := distance(g.data, w.data); !(d <= allowed) {
			return errors.Errorf("%s is off by %.3g of its norm %.3g (largest gradient %.3g, allowed %.3g): %v, want %v",
				w.name, d/scale, norm(w.data), largest, allowed/scale, few(g.data), few(w.data))
		}
		return nil
	})
}

func (r results) index() map[string]named {
	index := make(map[string]named, len(r))
	for _, v := range r {
		index[v.name] = v
	}
	return index
}

func distance(x, y []float64) float64 {
	if len(x) != len(y) {
		return math.NaN()
	}
	diff := make([]float64, len(x))
	for i := range diff {
		diff[i] = x[i] - y[i]
	}
	return norm(diff)
}

func compare(got, want results, check func(got, want named, largest float64) error) error {
	index := want.index()
	largest := 0.0
	for _, w := range want {
		if w.grad {
			largest = max(largest, norm(w.data))
		}
	}
	both := 0
	for _, g := range got {
		w, ok := index[g.name]
		if !ok {
			continue
		}
		both++
		if len(g.data) != len(w.data) {
			return errors.Errorf("%s has %d elements, want %d", g.name, len(g.data), len(w.data))
		}
		if err := check(g, w, largest); err != nil {
			return err
		}
	}
	if both == 0 {
		return errors.New("the runs have nothing in common")
	}
	return nil
}

func norm(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v * v
	}
	return math.Sqrt(s)
}

func few(x []float64) []float64 { return x[:min(len(x), 4)] }
