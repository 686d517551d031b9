package datasets

import (
	"slices"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
)

// A loader's mixed batches are those that Mix makes of the unmixed ones, whatever goroutines
// prepare them, from whichever batch on, and by Fill.
func TestLoaderMixes(t *testing.T) {
	d := numbered(t, 23, 2, 6, 6)
	cfg := LoaderConfig{Batch: 5, Shuffle: true, Seed: 42, Augment: Augment{Flip: true, Pad: 2}}
	for _, m := range []Mix{{Mixup: 0.4}, {CutMix: 1}, {Mixup: 0.4, CutMix: 1}} {
		var want []Batch
		for _, b := range all(newLoader(t, d, cfg), 3) {
			target, err := m.Batch(42, 3, b, d.Shape(), 3, nil)
			if err != nil {
				t.Fatal(err)
			}
			b.Target = target
			want = append(want, b)
		}
		mixed := cfg
		mixed.Mix = m
		for _, c := range [][2]int{{0, 1}, {2, 1}, {0, 3}, {3, 4}} {
			mixed.Prefetch, mixed.Workers = c[0], c[1]
			l := newLoader(t, d, mixed)
			if got := all(l, 3); !same(got, want) || got[0].Target.Kind != graph.ClassProbabilities {
				t.Errorf("%+v: %d ahead, %d workers: other batches", m, c[0], c[1])
			}
			if kind, values := l.Target(); kind != graph.ClassProbabilities || values != 3 {
				t.Errorf("the targets are %d values of %v", values, kind)
			}
			for b, err := range l.EpochFrom(3, 4) {
				if err != nil || !slices.Equal(b.Images, want[4].Images) || !slices.Equal(b.Target.Values, want[4].Target.Values) {
					t.Errorf("%+v: the last batch alone is another: %v", m, err)
				}
				images, target := b.Full()
				if len(images) != 5*72 || len(target.Values) != 15 || slices.Max(target.Values[9:]) != 0 {
					t.Errorf("the rows past the last images hold %v", target.Values[9:])
				}
			}
			images, values := make([]float32, 5*72), make([]float32, 15)
			if n, err := l.Fill(3, 1, images, graph.Probabilities(values)); n != 5 || err != nil ||
				!slices.Equal(images, want[1].Images) || !slices.Equal(values, want[1].Target.Values) {
				t.Errorf("%+v: Fill gives another batch: %d, %v", m, n, err)
			}
		}
	}
}

func TestLoaderRefusesToMix(t *testing.T) {
	for _, c := range []struct {
		source Source
		mix    Mix
		want   string
	}{
		{numbered(t, 4, 1, 4, 4), Mix{Mixup: -1}, "alphas are -1 and 0"},
		{taught{Dataset: numbered(t, 4, 1, 4, 4), kind: graph.MultiLabel, values: 3}, Mix{CutMix: 1}, "targets of multi-label, Mix wants class labels"},
	} {
		if _, err := NewLoader(c.source, LoaderConfig{Mix: c.mix}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	l := newLoader(t, numbered(t, 4, 1, 4, 4), LoaderConfig{Batch: 4, Mix: Mix{CutMix: 1}})
	if _, err := l.Fill(0, 0, make([]float32, 64), graph.Labels(make([]int, 4))); err == nil {
		t.Error("labels were taken for mixed targets")
	}
}
