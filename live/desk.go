package live

import (
	"context"
	"math/rand/v2"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"gorgonia.org/tensor"
)

type source = datasets.Source

// desk is a network in hand with what is needed to look into it. One goroutine
// uses it: the loop's, or after training the page's own. Programs are made when
// somebody looks for the first time.
type desk struct {
	cfg    Config
	net    graph.Block
	params *graph.Params
	data   source
	meta   *meta
	layers []graph.Layer
	ops    []graph.Operation

	labels []int     // of the samples
	images []float32 // of the samples, (N, C, H, W)
	many   *graph.Program
	single *graph.Program
	owner  map[string]int // of a parameter: its layer
	table  *table         // of the scalpel
}

// mostValues is what the samples' program may hold, in bytes.
const mostValues = 256 << 20

// mostOne is what the program of a single image may hold.
const mostOne = 1 << 30

func newDesk(net graph.Block, params *graph.Params, data source, cfg Config) (*desk, error) {
	d := &desk{cfg: cfg, net: net, params: params, data: data, owner: map[string]int{}}
	s, err := graph.Inspect(net, graph.TrainingConfig(data.Shape().WithBatch(1)...))
	if err != nil {
		return nil, err
	}
	d.layers, d.ops = s.Layers, s.Operations
	n := min(cfg.Samples, data.Len())
	size, err := data.Shape().Size()
	if err != nil {
		return nil, err
	}
	d.images, d.labels = make([]float32, n*size), make([]int, n)
	for i, at := range spread(n, data.Len()) {
		if d.labels[i], err = data.Read(at, d.images[i*size:(i+1)*size]); err != nil {
			return nil, errors.WithMessage(err, "live: samples")
		}
	}
	d.meta, err = d.describe()
	return d, err
}

// spread draws k of n images, always the same ones. A set may be sorted by class or
// go through the classes in turn: a regular choice would miss some.
func spread(k, n int) []int {
	return rand.New(rand.NewPCG(1, 2)).Perm(n)[:k]
}

// program makes an inference program of so many images whose layers' outputs can
// be read.
func (d *desk) program(images int) (*graph.Program, error) {
	cfg := graph.InferenceConfig(d.data.Shape().WithBatch(images)...)
	cfg.Taps = true
	if m, err := graph.Plan(d.net, d.params, cfg); err != nil || m.Values > mostOne {
		if err == nil {
			err = errors.Errorf("live: the outputs of all layers take %d MiB, at most %d are kept", m.Values>>20, mostOne>>20)
		}
		return nil, err
	}
	return graph.Build(d.net, d.params, cfg)
}

// samples runs the network on the samples.
func (d *desk) samples(ctx context.Context) (*graph.Program, error) {
	if d.many == nil {
		n := len(d.labels)
		for ; n > 1; n /= 2 {
			cfg := graph.InferenceConfig(d.data.Shape().WithBatch(n)...)
			cfg.Taps = true
			m, err := graph.Plan(d.net, d.params, cfg)
			if err != nil {
				return nil, err
			}
			if m.Values <= mostValues {
				break
			}
		}
		var err error
		if d.many, err = d.program(n); err != nil {
			return nil, err
		}
	}
	_, err := d.many.Run(ctx, d.images[:d.many.Config().Input.TotalSize()])
	return d.many, err
}

// run runs the network on one image.
func (d *desk) run(ctx context.Context, image []float32) (*graph.Program, error) {
	if d.single == nil {
		var err error
		if d.single, err = d.program(1); err != nil {
			return nil, err
		}
	}
	_, err := d.single.Run(ctx, image)
	return d.single, err
}

func (d *desk) close() {
	for _, p := range []*graph.Program{d.many, d.single} {
		if p != nil {
			_ = p.Close()
		}
	}
	d.many, d.single = nil, nil
	if d.table != nil {
		d.table.close()
	}
}

// values are a tensor's elements as float32, not to be written.
func values(t *tensor.Dense) []float32 {
	if t.Dtype() == tensor.Float32 {
		return t.Float32s()
	}
	if t.Dtype() != tensor.Float64 {
		return nil
	}
	out := make([]float32, t.Shape().TotalSize())
	for i, v := range t.Float64s() {
		out[i] = float32(v)
	}
	return out
}
