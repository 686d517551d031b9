package trainer

import (
	"encoding/json"
	"maps"
	"runtime"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
)

// FuzzResume: whatever the metadata of a checkpoint say, a run takes a place from
// them that there is, or refuses them, without a panic and without memory out of
// proportion.
func FuzzResume(f *testing.F) {
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 16, Test: 8, Classes: 2,
		Shape: datasets.Shape{Channels: 1, Height: 2, Width: 2}})
	if err != nil {
		f.Fatal(err)
	}
	net := blocks.Sequence{blocks.Flatten{}, blocks.Linear{Out: 2}}
	data := Data{Train: train, Test: test}
	config := func() Config {
		return Config{Epochs: 2, Batch: 4, Seed: 3, Optimizer: SGD{LR: 0.1, Momentum: 0.9}, EMA: &EMA{Decay: 0.9}, Params: graph.NewParams(3)}
	}
	var file *weights.File
	cfg := config()
	cfg.Hooks = []Hook{{OnStep: func(r *Run, p Progress) error {
		if p.Total != 6 {
			return nil
		}
		out, err := r.Checkpoint()
		if err != nil {
			return err
		}
		file = &weights.File{Metadata: out.Metadata}
		for _, t := range out.Tensors {
			t.Bytes = append([]byte(nil), t.Bytes...)
			file.Tensors = append(file.Tensors, t)
		}
		f.Add(out.Metadata[MetadataKey])
		return nil
	}}}
	if _, err := Fit(f.Context(), net, data, cfg); err != nil {
		f.Fatal(err)
	}
	f.Add(`{}`)
	f.Add(`{"version":1,"epochs":1,"step":-1}`)
	for _, change := range []func(*moment){
		func(m *moment) { m.Sums.Images = -1 }, func(m *moment) { m.Seconds = -1 }, func(m *moment) { m.Updates = -1 },
		func(m *moment) { m.History[0].Epoch = 2 }, func(m *moment) { m.Steps = 9 }, func(m *moment) { m.Steps, m.Epochs = 8, 2 },
	} {
		var m moment
		if err := json.Unmarshal([]byte(file.Metadata[MetadataKey]), &m); err != nil {
			f.Fatal(err)
		}
		change(&m)
		text, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	run := &fit{}
	if err := run.open(f.Context(), net, data, config()); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(run.close)
	f.Fuzz(func(t *testing.T, text string) {
		changed := &weights.File{Tensors: file.Tensors, Metadata: maps.Clone(file.Metadata)}
		changed.Metadata[MetadataKey] = text
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := run.restore(changed)
		runtime.ReadMemStats(&after)
		if took, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+256*len(text)); took > most {
			t.Errorf("metadata of %d bytes took %d bytes of memory, want at most %d", len(text), took, most)
		}
		if err != nil {
			return
		}
		at := run.at
		if at.Epochs < 0 || at.Epochs > 2 || at.Step < 0 || at.Step > 4 || run.run.Steps < 0 || len(run.run.History) != at.Epochs {
			t.Errorf("goes on %v, after %d steps, with a history of %d epochs", at, run.run.Steps, len(run.run.History))
		}
		if s := at.Sums; s.Images < 0 || s.Right < 0 || s.Of < 0 || s.Steps < 0 || at.Seconds < 0 || at.Updates < 0 {
			t.Errorf("goes on with sums %+v after %v s and %d updates", s, at.Seconds, at.Updates)
		}
		for i, e := range run.run.History {
			if e.Epoch != i+1 {
				t.Errorf("epoch %d of the history says that it is %d", i+1, e.Epoch)
			}
		}
	})
}
