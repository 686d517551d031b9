package runs

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/drawing"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/trainer"
	ximage "golang.org/x/image/draw"
)

// Bounds of what is looked at: a report is read by people.
const (
	mostTested    = 2000 // images that mistakes are looked for in
	mostMistakes  = 12
	mostFilters   = 96
	mostTimes     = 12
	profileBatch  = 32
	profileMemory = 1 << 30 // bytes
	drawingTime   = 20 * time.Second
)

// examine looks into the trained network and keeps what it finds. What can't be found is said, and
// no reason for a training to fail.
func (d *Dir) examine(r *trainer.Run) error {
	ctx, cancel := context.WithTimeout(context.Background(), MostExamining)
	defer cancel()
	f := Examine(ctx, r, d.cfg.Description)
	return f.write(d.path)
}

// Examine looks into the network of a run: its drawing, its first filters, its worst mistakes in
// the test data and where they come from, and where the time of a step goes. The run is left as it
// is. When ctx ends, what there is by then is returned.
func Examine(ctx context.Context, r *trainer.Run, d classify.Description) *Findings {
	f := &Findings{}
	for _, part := range []struct {
		name string
		look func() error
	}{
		{"the network's drawing", func() error { return f.draw(ctx, r) }},
		{"the first layer's filters", func() error { return f.filters(r) }},
		{"the worst mistakes", func() error { return f.mistakes(ctx, r, d) }},
		{"where the time goes", func() error { return f.times(ctx, r) }},
	} {
		err := ctx.Err()
		if err == nil {
			err = guarded(part.look)
		}
		if err != nil {
			f.Missing = append(f.Missing, part.name+": "+err.Error())
		}
	}
	return f
}

// guarded makes an error of a panic: the network may be anyone's.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("panic: %v", r)
		}
	}()
	return f()
}

func (f *Findings) draw(ctx context.Context, r *trainer.Run) error {
	ctx, cancel := context.WithTimeout(ctx, drawingTime)
	defer cancel()
	for korean, to := range map[bool]*string{false: &f.Drawing, true: &f.DrawingKO} {
		picture, err := drawing.Network(r.Net, graph.InferenceConfig(r.Data.Train.Shape().WithBatch(1)...), drawing.Options{Korean: korean})
		if err != nil {
			return err
		}
		svg, err := picture.Render(ctx)
		if err != nil {
			return err
		}
		*to = string(svg)
	}
	return nil
}

// filters are those of the first parameter that is a convolution's over 1 or 3 channels.
func (f *Findings) filters(r *trainer.Run) error {
	for _, p := range r.Kept().All() {
		if s := p.Value.Shape(); !p.Learnable || len(s) != 4 || s[1] != 1 && s[1] != 3 || s[2] < 3 || s[3] < 3 {
			continue
		}
		pictures, err := insight.Filters(r.Kept(), p.Name)
		if err != nil {
			return err
		}
		f.FiltersLayer = strings.TrimSuffix(p.Name, ".weight")
		for _, picture := range pictures[:min(len(pictures), mostFilters)] {
			b, err := encoded(picture)
			if err != nil {
				return err
			}
			f.Filters = append(f.Filters, b)
		}
		return nil
	}
	return nil // a network without such a layer
}

func (f *Findings) mistakes(ctx context.Context, r *trainer.Run, d classify.Description) error {
	if r.Test == nil || r.Test.Kind != graph.ClassLabels {
		return nil
	}
	data := firstOf(r.Data.Test, mostTested)
	shape := data.Shape()
	n := insight.Network{Net: r.Net, Params: r.Kept(), Input: shape}
	wrong, err := n.WorstMistakes(ctx, data, mostMistakes)
	if err != nil || len(wrong) == 0 {
		f.Tested = data.Len()
		return err
	}
	var indices, predicted []int
	for _, m := range wrong {
		indices, predicted = append(indices, m.Image), append(predicted, m.Predicted)
	}
	images, _, err := insight.Read(data, indices...)
	if err != nil {
		return err
	}
	pictures, err := datasets.Batch{N: len(indices), Images: images}.Pictures(shape, d.Normalization)
	if err != nil {
		return err
	}
	layer, err := lastMap(r.Net, shape)
	if err != nil {
		return err
	}
	var cam []insight.Map
	if layer != "" {
		if cam, err = n.GradCAM(ctx, layer, images, predicted); err != nil {
			f.Missing = append(f.Missing, "Grad-CAM: "+err.Error())
		} else {
			f.MapLayer = layer
		}
	}
	for i, m := range wrong {
		// Enlarged, so that the map's own steps are finer than the pixels.
		picture := enlarged(pictures[i])
		x := Mistake{Image: m.Image, Label: nameOf(data.Classes(), m.Label), Predicted: nameOf(data.Classes(), m.Predicted), Probability: m.Probability}
		if x.Picture, err = encoded(pictures[i]); err != nil {
			return err
		}
		if f.MapLayer != "" {
			over, err := cam[i].Over(picture)
			if err != nil {
				return err
			}
			if x.Map, err = encoded(over); err != nil {
				return err
			}
		}
		f.Mistakes = append(f.Mistakes, x)
	}
	f.Tested = data.Len()
	return nil
}

// lastMap is the last layer whose output still has places: what Grad-CAM is usually taken at. It is
// empty where there is none.
func lastMap(net graph.Block, shape datasets.Shape) (string, error) {
	s, err := graph.Inspect(net, graph.InferenceConfig(shape.WithBatch(1)...))
	if err != nil {
		return "", err
	}
	best, side := "", 0
	for _, l := range s.Layers {
		if len(l.Out) != 4 || l.Out[2] < 2 || l.Out[3] < 2 || l.Params == 0 {
			continue
		}
		// A stage ends with the values of its last block, which comes behind it here.
		if l.Out[2]*l.Out[3] == side && strings.HasPrefix(l.Path, best+".") {
			continue
		}
		best, side = l.Path, l.Out[2]*l.Out[3]
	}
	return best, nil
}

// firstOf is the first so many images of data.
func firstOf(data datasets.Source, most int) datasets.Source {
	if data.Len() <= most {
		return data
	}
	return first{data, most}
}

type first struct {
	datasets.Source
	most int
}

func (f first) Len() int { return f.most }

func nameOf(classes []string, label int) string {
	if label >= 0 && label < len(classes) {
		return classes[label]
	}
	return fmt.Sprint(label)
}

// enlarged repeats the pixels of a small picture.
func enlarged(picture image.Image) image.Image {
	b := picture.Bounds()
	k := 112 / max(b.Dx(), b.Dy())
	if k < 2 {
		return picture
	}
	out := image.NewRGBA(image.Rect(0, 0, k*b.Dx(), k*b.Dy()))
	ximage.NearestNeighbor.Scale(out, out.Bounds(), picture, b, ximage.Src, nil)
	return out
}

func encoded(picture image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), errors.Wrap(err, "PNG")
}

// times runs some steps on a copy of the weights, so that the run's own stay.
func (f *Findings) times(ctx context.Context, r *trainer.Run) error {
	kind, _ := datasets.TargetOf(r.Data.Train)
	if kind != graph.ClassLabels {
		return nil
	}
	batch := min(r.Config.Batch, profileBatch, r.Data.Train.Len())
	cfg := graph.TrainingConfig(r.Data.Train.Shape().WithBatch(batch)...)
	params, err := r.Params.Clone()
	if err != nil {
		return err
	}
	plan, err := graph.Plan(r.Net, params, cfg)
	if err != nil {
		return err
	}
	if plan.Values > profileMemory {
		return nil // a look is not worth the memory that the machine may lack
	}
	p, err := graph.Build(r.Net, params, cfg)
	if err != nil {
		return err
	}
	defer p.Close()
	indices := make([]int, batch)
	for i := range indices {
		indices[i] = i
	}
	images, labels, err := insight.Read(r.Data.Train, indices...)
	if err != nil {
		return err
	}
	step := func(ctx context.Context) error {
		_, err := p.Step(ctx, images, graph.Labels(labels))
		return err
	}
	if err := step(ctx); err != nil { // to warm up
		return err
	}
	const runs = 3
	start := time.Now()
	times, err := p.Profile(ctx, runs, step)
	if err != nil {
		return err
	}
	f.StepTime, f.Batch = time.Since(start).Seconds()/runs, batch
	f.Times = grouped(times, func(t graph.OpTime) string { return cmp.Or(t.Layer, betweenLayers) })
	f.Operations = grouped(times, func(t graph.OpTime) string { return t.Op })
	return nil
}

// betweenLayers is the name of operations that belong to none.
const betweenLayers = "(between layers)"

// grouped adds up times under a name, the most expensive first.
func grouped(times []graph.OpTime, name func(graph.OpTime) string) []Time {
	total := 0.0
	sums := map[string]float64{}
	for _, t := range times {
		total += t.Duration.Seconds()
		sums[name(t)] += t.Duration.Seconds()
	}
	if total <= 0 {
		return nil
	}
	var out []Time
	for _, n := range slices.Sorted(maps.Keys(sums)) {
		out = append(out, Time{Name: n, Seconds: sums[n], Share: sums[n] / total})
	}
	slices.SortStableFunc(out, func(a, b Time) int { return cmp.Compare(b.Seconds, a.Seconds) })
	if len(out) > mostTimes {
		rest := Time{Name: fmt.Sprintf("(%d others)", len(out)-mostTimes+1)}
		for _, t := range out[mostTimes-1:] {
			rest.Seconds += t.Seconds
			rest.Share += t.Share
		}
		out = append(out[:mostTimes-1], rest)
	}
	return out
}
