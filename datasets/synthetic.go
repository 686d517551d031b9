package datasets

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/internal/size"
)

// SyntheticConfig describes images that are made, not taken: for tests and for trying things out.
type SyntheticConfig struct {
	Train, Test int     // images; default 512 and 128
	Classes     int     // default 10
	Shape       Shape   // default 3x32x32, each of the three by itself
	Noise       float64 // amplitude of the noise relative to the patterns'; default 0.5
	Seed        uint64
}

// Synthetic returns images of blurred random patterns, one pattern per class, under uniform noise
// of its own for each image. Classes follow one another (0, 1, ..., 0, 1, ...), so every prefix is
// balanced. At the default noise the nearest pattern gives the class away: any network that learns
// at all reaches nearly 100 %. Pixels are normalised by mean 0.5 and deviation 0.25.
func Synthetic(cfg SyntheticConfig) (train, test *Dataset, err error) {
	for _, f := range []struct {
		name  string
		value *int
		usual int
	}{{"train", &cfg.Train, 512}, {"test", &cfg.Test, 128}, {"classes", &cfg.Classes, 10}, {"channels", &cfg.Shape.Channels, 3},
		{"height", &cfg.Shape.Height, 32}, {"width", &cfg.Shape.Width, 32}} {
		if *f.value == 0 {
			*f.value = f.usual
		}
		if *f.value < 0 {
			return nil, nil, errors.Errorf("synthetic: %s is %d, want at least 1", f.name, *f.value)
		}
	}
	if cfg.Noise == 0 {
		cfg.Noise = 0.5
	}
	if cfg.Noise < 0 || cfg.Noise > 1 {
		return nil, nil, errors.Errorf("synthetic: noise is %g, want 0 to 1", cfg.Noise)
	}
	if err := cfg.fits(); err != nil {
		return nil, nil, err
	}
	patterns := cfg.patterns()
	if train, err = cfg.draw(patterns, cfg.Train, 1); err != nil {
		return nil, nil, err
	}
	test, err = cfg.draw(patterns, cfg.Test, 2)
	return train, test, err
}

// fits refuses more images or patterns than the memory can hold.
func (cfg SyntheticConfig) fits() error {
	one, err := imageSize("synthetic", cfg.Shape)
	if err != nil {
		return err
	}
	images, err := size.Add(cfg.Train, cfg.Test)
	if err != nil {
		return errors.WithMessage(err, "synthetic: images")
	}
	// A byte a pixel and 8 a label; 4 a value of a pattern and 64 for its name.
	for _, part := range []struct {
		what      string
		n, values int
		width     int
	}{{"synthetic: images", images, one + 8, 1}, {"synthetic: patterns", cfg.Classes, one + 16, 4}} {
		if err := size.FitShape(part.what, []int{part.n, part.values}, part.width); err != nil {
			return err
		}
	}
	return nil
}

// patterns returns one image per class, -1..1: a coarse random grid, enlarged smoothly.
func (cfg SyntheticConfig) patterns() [][]float32 {
	const coarse = 4
	rows, cols := resizeTaps(coarse, cfg.Shape.Height), resizeTaps(coarse, cfg.Shape.Width)
	out := make([][]float32, cfg.Classes)
	for class := range out {
		out[class] = make([]float32, 0, cfg.Shape.Channels*cfg.Shape.Height*cfg.Shape.Width)
		for c := range cfg.Shape.Channels {
			var grid [coarse][coarse]float32
			for i := range coarse * coarse {
				// Signs, not shades: any two patterns then differ strongly in half of the cells.
				grid[i/coarse][i%coarse] = float32(mix64(mix64(cfg.Seed)+uint64((class*cfg.Shape.Channels+c)*coarse*coarse+i))>>63)*2 - 1
			}
			for _, r := range rows {
				for _, q := range cols {
					var v float32
					for i, a := range r.weights {
						for j, b := range q.weights {
							v += a * b * grid[r.start+i][q.start+j]
						}
					}
					out[class] = append(out[class], v)
				}
			}
		}
	}
	return out
}

func (cfg SyntheticConfig) draw(patterns [][]float32, n int, part uint64) (*Dataset, error) {
	values := cfg.Shape.Channels * cfg.Shape.Height * cfg.Shape.Width
	pixels, labels := make([]uint8, n*values), make([]int, n)
	state := mix64(mix64(cfg.Seed+part) + part)
	for i := range n {
		labels[i] = i % cfg.Classes
		for k, v := range patterns[labels[i]] {
			state++
			noise := float32(mix64(state)>>40)/(1<<24)*2 - 1
			x := (v + float32(cfg.Noise)*noise) / (1 + float32(cfg.Noise)) // -1..1
			pixels[i*values+k] = uint8((x + 1) * 127.5)
		}
	}
	classes := make([]string, cfg.Classes)
	for c := range classes {
		classes[c] = fmt.Sprintf("pattern %d", c)
	}
	return New(Config{Name: "synthetic", Shape: cfg.Shape, Pixels: pixels, Labels: labels, Classes: classes,
		Normalization: Normalization{Mean: []float32{0.5}, Std: []float32{0.25}}})
}
