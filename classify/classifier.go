// Package classify makes a trained network a thing to call: pictures in, labels
// with probabilities out, from any number of goroutines.
//
//	c, err := classify.Open("digits.safetensors")
//	defer c.Close()
//	results, err := c.Files(ctx, "three.png", "seven.jpg")
//	fmt.Println(results[0].Top(1)[0].Label)
package classify

import (
	"context"
	"image"
	"math"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/pictures"
)

// Prediction is one class and how probable the network holds it.
type Prediction struct {
	Class       int     `json:"class"` // index
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

// Result is what the network says of one picture: every class, the most probable
// first, equals in the order of classes.
type Result []Prediction

// Top returns the k most probable classes, or all if there are fewer.
func (r Result) Top(k int) []Prediction { return r[:max(0, min(k, len(r)))] }

// Classifier is a trained network. Its methods may be called from any number of
// goroutines at once. It keeps compiled programs of a few batch sizes, which share
// the network's parameters; do not train those while it is in use.
type Classifier struct {
	description Description
	programs    *pool
}

// New makes a classifier of a network whose parameters are in params. The
// network must give (N, classes) for the description's classes and input.
func New(net graph.Block, params *graph.Params, d Description) (*Classifier, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	p, err := newPool(net, params, d.Input)
	if err != nil {
		return nil, errors.WithMessage(err, "classify")
	}
	if p.classes != len(d.Classes) {
		p.close()
		return nil, errors.Errorf("classify: the network has %d outputs, want %d, one for each class", p.classes, len(d.Classes))
	}
	return &Classifier{d, p}, nil
}

// Description says what the network is and how it takes pictures.
func (c *Classifier) Description() Description { return c.description }

// Close frees the programs. Calls under way go on to their end; later ones are errors.
func (c *Classifier) Close() { c.programs.close() }

// Images classifies pictures of any size and colour, prepared as the
// description says. There is a result for each, in their order.
func (c *Classifier) Images(ctx context.Context, images ...image.Image) ([]Result, error) {
	return c.classify(ctx, len(images), func(i int, dst []float32) error {
		if images[i] == nil {
			return errors.Errorf("picture %d is nil", i)
		}
		return c.description.prepare(images[i], dst)
	})
}

// Files is Images for files. The first that can't be read ends the call with an
// error that names it.
func (c *Classifier) Files(ctx context.Context, paths ...string) ([]Result, error) {
	return c.classify(ctx, len(paths), func(i int, dst []float32) error {
		img, err := pictures.Open(paths[i])
		if err != nil {
			return err
		}
		return errors.WithMessage(c.description.prepare(img, dst), paths[i])
	})
}

// Pixels classifies images that are prepared already: normalised, (N, C, H, W),
// of the description's input size.
func (c *Classifier) Pixels(ctx context.Context, images []float32) ([]Result, error) {
	size := c.programs.size
	if len(images)%size != 0 {
		return nil, errors.Errorf("classify: %d values, want a multiple of %d for images of %v", len(images), size, c.description.Input)
	}
	return c.classify(ctx, len(images)/size, func(i int, dst []float32) error {
		copy(dst, images[i*size:])
		return nil
	})
}

// classify runs n images that read prepares through the network, a batch at a
// time.
func (c *Classifier) classify(ctx context.Context, n int, read func(i int, dst []float32) error) ([]Result, error) {
	if ctx == nil {
		return nil, errors.New("classify: no context")
	}
	out := make([]Result, 0, n)
	for len(out) < n {
		done := len(out)
		var bad error
		err := c.programs.run(ctx, n-done, func(batch []float32, count int) error {
			for i := range count {
				if err := read(done+i, batch[i*c.programs.size:(i+1)*c.programs.size]); err != nil {
					return err
				}
			}
			return nil
		}, func(logits []float32) {
			for i, v := range logits {
				if bad == nil && (math.IsNaN(float64(v)) || math.IsInf(float64(v), 0)) {
					bad = errors.Errorf("picture %d: the network gives %v for class %q: its weights or its input are not finite, or too large", len(out), v, c.description.Classes[i])
				}
			}
			out = append(out, c.result(logits))
		})
		if err == nil {
			err = bad
		}
		if err != nil {
			return nil, errors.WithMessage(err, "classify")
		}
	}
	return out, nil
}

// result makes probabilities of an image's logits by the softmax.
func (c *Classifier) result(logits []float32) Result {
	peak := math.Inf(-1)
	for _, v := range logits {
		peak = max(peak, float64(v))
	}
	r := make(Result, len(logits))
	sum := 0.0
	for i, v := range logits {
		p := math.Exp(float64(v) - peak)
		r[i] = Prediction{i, c.description.Classes[i], p}
		sum += p
	}
	for i := range r {
		r[i].Probability /= sum
	}
	slices.SortStableFunc(r, func(a, b Prediction) int {
		switch {
		case a.Probability > b.Probability:
			return -1
		case a.Probability < b.Probability:
			return 1
		}
		return 0
	})
	return r
}
