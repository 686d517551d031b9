// Package insight looks into a trained network: which pixels an answer depends
// on, what a layer makes of an image, what its channels answer to most, where the
// network is wrong and how its loss looks around its weights.
//
//	n := insight.Network{Net: net, Params: run.Params, Input: data.Shape()}
//	images, labels, err := insight.Read(data, 3, 14)
//	maps, err := n.GradCAM(ctx, "layer3", images, labels)
//	picture := maps[0].Over(photo)
//
// Everything works in inference mode and leaves the parameters as they are.
package insight

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/size"
)

// Network is a network with its weights.
type Network struct {
	Net    graph.Block
	Params *graph.Params
	Input  imaging.Shape // of one image
	// Batch is the most images that are run at once; 0 means 32.
	Batch int
}

// Read reads the images of those indices, normalised, as (N, C, H, W), and their
// labels.
func Read(data datasets.Source, indices ...int) (images []float32, labels []int, err error) {
	if data == nil {
		return nil, nil, errors.New("insight: no images to read: the data is nil")
	}
	one, err := data.Shape().Size()
	if err != nil {
		return nil, nil, errors.WithMessage(err, "insight")
	}
	if err := size.FitShape("insight: images", []int{len(indices), one}, 4); err != nil {
		return nil, nil, err
	}
	images, labels = make([]float32, one*len(indices)), make([]int, len(indices))
	for k, i := range indices {
		if i < 0 || i >= data.Len() {
			return nil, nil, errors.Errorf("insight: image %d, there are %d", i, data.Len())
		}
		if labels[k], err = data.Read(i, images[k*one:(k+1)*one]); err != nil {
			return nil, nil, errors.Wrapf(err, "insight: image %d", i)
		}
	}
	return images, labels, nil
}

// batchOf is how many of that many images are run at once.
func (n Network) batchOf(images int) int {
	b := n.Batch
	if b < 1 {
		b = 32
	}
	return max(1, min(b, images))
}

// count checks images and says how many there are and how large one is.
func (n Network) count(images []float32) (count, one int, err error) {
	if n.Net == nil || n.Params == nil {
		return 0, 0, errors.New("insight: a network needs Net and Params")
	}
	if one, err = n.Input.Size(); err != nil {
		return 0, 0, errors.WithMessage(err, "insight: Network.Input")
	}
	if len(images) == 0 || len(images)%one != 0 {
		return 0, 0, errors.Errorf("insight: %d values are no whole number of images of %v", len(images), n.Input)
	}
	return len(images) / one, one, nil
}

// wantClasses wants a class for each image.
func wantClasses(classes []int, images int) error {
	if len(classes) != images {
		return errors.Errorf("insight: %d classes for %d images, want one each", len(classes), images)
	}
	return nil
}

// program builds the network for so many images, as set changes the
// configuration.
func (n Network) program(images int, set func(*graph.Config)) (*graph.Program, error) {
	cfg := graph.InferenceConfig(n.Input.WithBatch(images)...)
	if set != nil {
		set(&cfg)
	}
	return graph.Build(n.Net, n.Params, cfg)
}

// chunks calls f for one batch of images after the other, the last one filled up
// with zeros; from is the first image's number and count how many are not filling.
func (n Network) chunks(ctx context.Context, images []float32, one, batch int, f func(from, count int, images []float32) error) error {
	total := len(images) / one
	for from := 0; from < total; from += batch {
		if err := ctx.Err(); err != nil {
			return errors.Wrap(context.Cause(ctx), "insight")
		}
		count := min(batch, total-from)
		part := images[from*one : (from+count)*one]
		if count < batch {
			part = append(make([]float32, 0, batch*one), part...)[:batch*one]
		}
		if err := f(from, count, part); err != nil {
			return err
		}
	}
	return nil
}

// Outputs are what a layer, or with the empty name the network, makes of images:
// the shape of one image's output, and all values, image by image.
func (n Network) Outputs(ctx context.Context, layer string, images []float32) (shape []int, values []float32, err error) {
	count, one, err := n.count(images)
	if err != nil {
		return nil, nil, err
	}
	batch := n.batchOf(count)
	p, err := n.program(batch, func(c *graph.Config) { c.Output = layer })
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	err = n.chunks(ctx, images, one, batch, func(_, count int, part []float32) error {
		y, err := p.Run(ctx, part)
		if err != nil {
			return err
		}
		shape = append([]int(nil), y.Shape()[1:]...)
		v := float32s(y)
		values = append(values, v[:len(v)/batch*count]...)
		return nil
	})
	return shape, values, err
}

// Probabilities are the softmax of the network's outputs, a row an image.
func (n Network) Probabilities(ctx context.Context, images []float32) ([][]float64, error) {
	shape, values, err := n.Outputs(ctx, "", images)
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 {
		return nil, errors.Errorf("insight: the output of one image has shape %v, want (classes)", shape)
	}
	rows := make([][]float64, len(values)/shape[0])
	for i := range rows {
		rows[i] = Softmax(values[i*shape[0] : (i+1)*shape[0]])
	}
	return rows, nil
}

// Softmax is exp(x) over the sum of all exp(x), computed from the largest so that
// nothing overflows: the probabilities that logits stand for.
func Softmax(logits []float32) []float64 {
	most := math.Inf(-1)
	for _, v := range logits {
		most = math.Max(most, float64(v))
	}
	p, sum := make([]float64, len(logits)), 0.0
	for i, v := range logits {
		p[i] = math.Exp(float64(v) - most)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
