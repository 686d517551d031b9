package datasets

import (
	"math"
	"sync"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/augment"
)

// changed is an image while Augment's steps work on it, and what it is changed by.
type changed struct {
	picture augment.Picture
	rand    augment.Rand
}

// describePixels asks the source for what steps want, where it has it.
func (l *Loader) describePixels() {
	pixels, ok := l.source.(PixelSource)
	if !ok || l.shape.Channels < 1 || l.shape.Channels > maxLevels {
		return
	}
	norm := pixels.Normalization()
	if norm.Check(l.shape.Channels) != nil {
		return
	}
	l.pixels, l.steps = pixels, l.cfg.Augment.Steps.Sized(l.shape)
	l.levels = make([]levels, l.shape.Channels)
	for c := range l.levels {
		l.levels[c].normalize(norm.At(c))
	}
}

// readChanged reads one image, moved in its frame and changed by Augment's steps. A panic in the
// source or a step is an error.
func (l *Loader) readChanged(epoch uint64, index int, image []float32, place placement) (label int, err error) {
	defer recovered(&err)
	w := l.changed.Get().(*changed)
	defer l.changed.Put(w)
	p := &w.picture
	if label, err = l.pixels.ReadPixels(index, l.steps.Cuts(), p); err != nil {
		return 0, err
	}
	if place.flip {
		p.Mirror()
	}
	if place.dx != 0 || place.dy != 0 {
		if err := p.Move(place.dx, place.dy, place.reflect); err != nil {
			return 0, err
		}
	}
	w.rand = augment.NewRand(mix64(l.cfg.Seed)+1, epoch, index)
	if err := l.steps.Apply(p, &w.rand); err != nil {
		return 0, err
	}
	if p.Shape != l.shape || len(p.Pixels) != l.size {
		return 0, errors.Errorf("augmentation makes %v, want %v", p.Shape, l.shape)
	}
	area := l.shape.Height * l.shape.Width
	for c := range l.levels {
		table, out := &l.levels[c], image[c*area:(c+1)*area]
		for i, v := range p.Pixels[c*area : (c+1)*area] {
			out[i] = table[v]
		}
	}
	return label, nil
}

// floats are images while they are scaled, before they are pixels again.
var floats = sync.Pool{New: func() any { return new([]float32) }}

// ReadPixels writes image i, of 0 to 255, to p and returns its label. With whole it has the stored
// height and width; otherwise those of Shape, its pixels rounded.
func (d *Dataset) ReadPixels(i int, whole bool, p *augment.Picture) (label int, err error) {
	if err := d.check(i); err != nil {
		return 0, err
	}
	s := d.at(i)
	view := *d
	view.norm = Normalization{}
	if whole {
		view.rows, view.cols = nil, nil
	}
	if err := p.Reset(view.Shape()); err != nil {
		return 0, errors.WithMessage(err, d.name)
	}
	area := d.stored.Height * d.stored.Width
	pixels := d.pixels[s*d.stored.Channels*area : (s+1)*d.stored.Channels*area]
	switch {
	case view.rows != nil || view.cols != nil || len(d.mix) > 1:
		buffer := floats.Get().(*[]float32)
		defer floats.Put(buffer)
		n := len(p.Pixels)
		if cap(*buffer) < n+d.stored.Width {
			*buffer = make([]float32, n+d.stored.Width)
		}
		values := (*buffer)[:n+d.stored.Width]
		view.read(s, values[:n], values[n:], placement{})
		for k, v := range values[:n] {
			p.Pixels[k] = uint8(math.RoundToEven(float64(min(max(v, 0), 1)) * 255))
		}
	case d.mix == nil:
		copy(p.Pixels, pixels)
	default:
		for c := range d.channels {
			copy(p.Pixels[c*area:(c+1)*area], pixels)
		}
	}
	return d.labels[s], nil
}
