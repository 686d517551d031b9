package trainer

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
)

// The plan of a run is what its programs then hold.
func TestMemoryOf(t *testing.T) {
	data := synthetic(t)
	cfg := Config{Batch: 70, KeepLast: true, EvalBatch: 30, Optimizer: Adam{}, EMA: &EMA{}, EarlyStopping: &EarlyStopping{Patience: 9, RestoreBest: true},
		Accumulate: 2, Lookahead: &Lookahead{}}
	m, err := MemoryOf(tinyHead(4), data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := &fit{}
	if err := f.open(t.Context(), tinyHead(4), data, cfg); err != nil {
		t.Fatal(err)
	}
	defer f.close()
	full, last, eval := f.full.program.Memory(), f.last.program.Memory(), f.eval.full.Memory()
	want := RunMemory{Parameters: full.Params, Training: full.Values + full.Input + last.Values + last.Input, Evaluation: eval.Values + eval.Input,
		Optimizer: 2 * full.Params, Copies: 5 * full.Params}
	if want.Batches = m.Batches; m != want || m.Batches < 4*70*144*4 {
		t.Errorf("planned %+v, want %+v", m, want)
	}
	if text := m.String(); !strings.Contains(text, "for training") {
		t.Error(text)
	}
}

func TestFindBatch(t *testing.T) {
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 500, Test: 500, Classes: 4, Shape: datasets.Shape{Channels: 3, Height: 32, Width: 32}})
	if err != nil {
		t.Fatal(err)
	}
	data := Data{Train: train, Test: test}
	memory := func(batch int) int64 {
		m, err := MemoryOf(tinyHead(4), data, Config{Batch: batch})
		if err != nil {
			t.Fatal(err)
		}
		return m.Total()
	}
	for _, c := range []struct {
		limit BatchLimit
		want  int
	}{
		{BatchLimit{Memory: 1 << 40}, 256},
		{BatchLimit{Memory: 1 << 40, Most: 100}, 64},
		{BatchLimit{Memory: memory(64)}, 64},
		{BatchLimit{Memory: memory(64) - 1}, 32},
		{BatchLimit{Memory: memory(1)}, 1},
		{BatchLimit{Memory: memory(48), Multiple: 8}, 48},
		{BatchLimit{Memory: memory(48) - 1, Multiple: 8}, 40},
		{BatchLimit{Memory: memory(123), Multiple: 1}, 123},
		{BatchLimit{Memory: 1 << 40, Multiple: 7}, 497},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, m, err := FindBatch(tinyHead(4), data, Config{Batch: 7}, c.limit)
		runtime.ReadMemStats(&after)
		if err != nil || got != c.want || m.Total() != memory(got) {
			t.Errorf("%+v: %d in %v, %v; want %d", c.limit, got, m, err, c.want)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
			t.Errorf("%+v: the search took %d bytes", c.limit, took)
		}
	}
	if got, _, err := FindBatch(tinyHead(4), data, Config{}, BatchLimit{}); err != nil || got < 1 || got > 256 {
		t.Errorf("in what is free: %d, %v", got, err)
	}
	for want, c := range map[string]struct {
		net   graph.Block
		limit BatchLimit
	}{
		"a batch of 1 needs":             {tinyHead(4), BatchLimit{Memory: 1000}},
		"no multiple of 600 up to 500":   {tinyHead(4), BatchLimit{Multiple: 600}},
		"Most -1":                        {tinyHead(4), BatchLimit{Most: -1}},
		"find batch: the network is nil": {nil, BatchLimit{}},
	} {
		if _, _, err := FindBatch(c.net, data, Config{}, c.limit); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
