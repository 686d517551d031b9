package datasets

import (
	"slices"
	"testing"

	"github.com/stheno-ml/stheno/graph"
)

// taught is a source with targets of any kind: image i has i, i+1, ... as its values.
type taught struct {
	*Dataset
	kind   graph.TargetKind
	values int
}

func (s taught) Target() (graph.TargetKind, int) { return s.kind, s.values }
func (s taught) ReadTarget(i int, target []float32) error {
	for k := range target {
		target[k] = float32(i + k)
	}
	return nil
}

func TestTargets(t *testing.T) {
	d := numbered(t, 8, 1, 2, 2)
	for _, c := range []struct {
		kind   graph.TargetKind
		values int
	}{{graph.ClassLabels, 0}, {graph.ClassProbabilities, 3}, {graph.MultiLabel, 3}, {graph.RealValues, 5}} {
		for _, cfg := range []LoaderConfig{{Batch: 3}, {Batch: 3, Prefetch: 2}, {Batch: 3, Workers: 2}} {
			l := newLoader(t, taught{d, c.kind, c.values}, cfg)
			seen := 0
			for b, err := range l.Epoch(0) {
				if err != nil {
					t.Fatal(err)
				}
				if b.Target.Kind != c.kind || len(b.Target.Values) != b.N*c.values {
					t.Fatalf("%v: target %+v of %d images", c.kind, b.Target, b.N)
				}
				for k := range b.N {
					if c.kind == graph.ClassLabels {
						if b.Target.Labels[k] != seen%3 {
							t.Errorf("label of image %d is %d", seen, b.Target.Labels[k])
						}
					} else if row := b.Target.Values[k*c.values:]; row[0] != float32(seen) || row[c.values-1] != float32(seen+c.values-1) {
						t.Errorf("%v: target of image %d is %v", c.kind, seen, row[:c.values])
					}
					seen++
				}
				_, full := b.Full()
				if c.kind != graph.ClassLabels && (full.Kind != c.kind || len(full.Values) != 3*c.values || len(full.Labels) != 0) {
					t.Errorf("%v: full target %+v", c.kind, full)
				}
				for _, v := range full.Values[b.N*c.values:] {
					if v != 0 {
						t.Errorf("%v: %g behind the last image", c.kind, v)
					}
				}
				images, target := make([]float32, 12), graph.Target{Kind: c.kind, Values: make([]float32, 3*c.values)}
				if c.kind == graph.ClassLabels {
					target.Labels = make([]int, 3)
				}
				if n, err := l.Fill(0, b.Index, images, target); err != nil || n != b.N || !slices.Equal(images[:4*n], b.Images) ||
					!slices.Equal(target.Values[:n*c.values], b.Target.Values) {
					t.Errorf("%v: Fill differs: %v", c.kind, err)
				}
				target.Kind++
				if _, err := l.Fill(0, b.Index, images, target); err == nil {
					t.Errorf("%v: buffers for another kind are filled", c.kind)
				}
			}
			if seen != 8 {
				t.Errorf("%d images", seen)
			}
		}
	}
}
