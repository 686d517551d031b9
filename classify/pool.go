package classify

import (
	"context"
	"runtime"
	"sync"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"gorgonia.org/tensor"
)

// batchSizes are the sizes that programs are compiled for. A call takes the
// largest that it can fill, and the smallest that holds what is left.
var batchSizes = []int{1, 8, 32}

// pool lends compiled programs of a network to one goroutine at a time. All of
// them work on the same parameters.
type pool struct {
	net     graph.Block
	params  *graph.Params
	input   imaging.Shape
	size    int // values of an image
	classes int

	slots chan struct{} // held while a program is in use; bounds their number
	mu    sync.Mutex
	free  map[int][]*program
	shut  bool
}

// program is a compiled network with room for a batch of images.
type program struct {
	*graph.Program
	batch  int
	images []float32
}

// newPool compiles the first program, which finds out what is wrong.
func newPool(net graph.Block, params *graph.Params, input imaging.Shape) (*pool, error) {
	n, err := input.Size()
	if err != nil {
		return nil, err
	}
	if params != nil && params.Dtype() != tensor.Float32 {
		return nil, errors.Errorf("parameters are %v, want float32", params.Dtype())
	}
	p := &pool{net: net, params: params, input: input, size: n,
		slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), free: map[int][]*program{}}
	first, err := p.build(batchSizes[0])
	if err != nil {
		return nil, err
	}
	p.classes = first.Classes()
	p.free[first.batch] = append(p.free[first.batch], first)
	return p, nil
}

func (p *pool) build(batch int) (*program, error) {
	g, err := graph.Build(p.net, p.params, graph.InferenceConfig(p.input.WithBatch(batch)...))
	if err != nil {
		return nil, err
	}
	return &program{g, batch, make([]float32, batch*p.size)}, nil
}

// run takes as many of n images as a program holds: fill writes them, and each
// gets the network's output of one, in order.
func (p *pool) run(ctx context.Context, n int, fill func(images []float32, count int) error, each func(logits []float32)) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	q, err := p.take(choose(n))
	if err != nil {
		return err
	}
	defer p.giveBack(q)
	count := min(n, q.batch)
	if err := fill(q.images, count); err != nil {
		return err
	}
	clear(q.images[count*p.size:])
	y, err := q.Run(ctx, q.images)
	if err != nil {
		return err
	}
	logits := y.Float32s()
	for i := range count {
		each(logits[i*p.classes : (i+1)*p.classes])
	}
	return nil
}

// choose is the batch size for n images: the largest that is filled, unless a
// larger one takes all that is left with few rows empty.
func choose(n int) int {
	best := batchSizes[0]
	for _, b := range batchSizes {
		if n >= b || 2*n > b {
			best = b
		}
	}
	return best
}

func (p *pool) take(batch int) (*program, error) {
	p.mu.Lock()
	if p.shut {
		p.mu.Unlock()
		return nil, errors.New("the classifier is closed")
	}
	if list := p.free[batch]; len(list) > 0 {
		q := list[len(list)-1]
		p.free[batch] = list[:len(list)-1]
		p.mu.Unlock()
		return q, nil
	}
	p.mu.Unlock()
	return p.build(batch)
}

func (p *pool) giveBack(q *program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		q.Close()
		return
	}
	p.free[q.batch] = append(p.free[q.batch], q)
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = true
	for _, list := range p.free {
		for _, q := range list {
			q.Close()
		}
	}
	p.free = nil
}
