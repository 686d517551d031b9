package live

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/gorgonia"
)

func smallData(t testing.TB) trainer.Data {
	t.Helper()
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 96, Test: 32, Classes: 4, Shape: datasets.Shape{Channels: 3, Height: 8, Width: 8}})
	if err != nil {
		t.Fatal(err)
	}
	return trainer.Data{Train: train, Test: test}
}

func smallNet() graph.Block {
	return blocks.Sequence{
		blocks.As("stem", blocks.ConvNorm{Out: 4, Kernel: 3, Padding: 1, Act: activations.ReLU{}}),
		blocks.As("unit1", blocks.Residual{Out: 4}),
		blocks.As("unit2", blocks.Residual{Out: 8, Stride: 2}),
		blocks.Dropout{P: 0.2},
		blocks.As("pool", blocks.GlobalAvgPool2D{}),
		blocks.As("fc", blocks.Linear{Out: 4}),
	}
}

func smallConfig(epochs int, hooks ...trainer.Hook) trainer.Config {
	return trainer.Config{Epochs: epochs, Batch: 16, Seed: 3, Optimizer: trainer.SGD{LR: 0.05, Momentum: 0.9}, Schedule: trainer.Cosine{}, Hooks: hooks}
}

// page is a page that is served, and closed with the test.
func page(t testing.TB, cfg Config) (*Server, string) {
	t.Helper()
	s := New(cfg)
	url, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, url
}

// post sends JSON and returns the status and the answer.
func post(t testing.TB, url string, body any) (int, map[string]any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(url, "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	a := map[string]any{}
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, a
}

// viewer follows the stream and hands on its messages.
func viewer(t testing.TB, url string) <-chan update {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan update, 1024)
	go func() {
		defer close(out)
		defer r.Body.Close()
		lines := bufio.NewReaderSize(r.Body, 1<<20)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			var u update
			if text, ok := strings.CutPrefix(line, "data: "); ok && json.Unmarshal([]byte(text), &u) == nil {
				out <- u
			}
		}
	}()
	return out
}

// until waits for a message that is as wanted.
func until(t testing.TB, updates <-chan update, what string, ok func(update) bool) update {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		select {
		case u, more := <-updates:
			if !more {
				t.Fatalf("the stream ended before %s", what)
			}
			if ok(u) {
				return u
			}
		case <-limit:
			t.Fatalf("a minute has passed without %s", what)
		}
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	var v float64
	err := json.Unmarshal(text, &v)
	*n = number(v)
	return err
}

func checksum(t testing.TB, p *graph.Params) string {
	t.Helper()
	sum, err := checkpoint.ParamsChecksum(p)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// Whoever watches, pauses, steps and looks into the network changes no bit of it.
func TestWatchingChangesNoBit(t *testing.T) {
	alone, err := trainer.Fit(context.Background(), smallNet(), smallData(t), smallConfig(3))
	if err != nil {
		t.Fatal(err)
	}
	s, url := page(t, Config{Share: 0.5})
	updates := viewer(t, url)
	done := make(chan *trainer.Run, 1)
	s.orders.pause.Store(true)
	go func() {
		run, err := trainer.Fit(context.Background(), smallNet(), smallData(t), smallConfig(3, trainer.Hook{OnStart: func(*trainer.Run) error {
			s.orders.pause.Store(true)
			return nil
		}}, trainer.Hook{}, s.Hook(context.Background()), trainer.Hook{OnStart: func(*trainer.Run) error {
			s.orders.pause.Store(true) // before the first step is over
			return nil
		}}))
		if err != nil {
			t.Error(err)
		}
		done <- run
	}()
	u := until(t, updates, "a pause after the first step", func(u update) bool { return u.State.State == Paused && u.Frame != nil })
	if u.State.Total != 1 {
		t.Errorf("paused after %d steps, want 1", u.State.Total)
	}
	if status, a := post(t, url+"control", map[string]any{"do": "step", "steps": 3}); status != http.StatusOK {
		t.Fatal(status, a)
	}
	until(t, updates, "three steps more", func(u update) bool { return u.State.State == Paused && u.State.Total == 4 })
	if status, a := post(t, url+"control", map[string]any{"do": "resume"}); status != http.StatusOK {
		t.Fatal(status, a)
	}
	until(t, updates, "the end", func(u update) bool { return u.State.State == Finished })
	run := <-done
	if got, want := checksum(t, run.Params), checksum(t, alone.Params); got != want {
		t.Errorf("weights of the run that was watched are %s, alone %s", got, want)
	}
	for i, e := range run.History {
		if a := alone.History[i]; e.TrainLoss != a.TrainLoss || e.TestLoss != a.TestLoss || e.LR != a.LR {
			t.Errorf("epoch %d: watched %v, alone %v", i+1, e, a)
		}
	}
}

// A run stopped on the page goes on from its checkpoint as if it had not been,
// with the learning rate that a viewer set.
func TestStopLeavesWhatToGoOnFrom(t *testing.T) {
	var told []Change
	s, url := page(t, Config{Changed: func(c Change) error { told = append(told, c); return nil }})
	updates := viewer(t, url)
	var kept *checkpointOf
	done := make(chan error, 1)
	go func() {
		_, err := trainer.Fit(context.Background(), smallNet(), smallData(t), smallConfig(3, s.Hook(context.Background()), trainer.Hook{
			OnStart: func(*trainer.Run) error { s.orders.pause.Store(true); return nil },
			OnEnd: func(r *trainer.Run) (err error) {
				kept, err = keep(r)
				return err
			}}))
		done <- err
	}()
	until(t, updates, "a pause", func(u update) bool { return u.State.State == Paused })
	post(t, url+"rate", map[string]any{"factor": 0.5})
	until(t, updates, "the new rate", func(u update) bool { return u.State.Factor == 0.5 && u.State.State == Paused })
	post(t, url+"control", map[string]any{"do": "step", "steps": 2})
	until(t, updates, "two steps", func(u update) bool { return u.State.State == Paused && u.State.Total == 3 })
	if status, a := post(t, url+"control", map[string]any{"do": "stop"}); status != http.StatusOK {
		t.Fatal(status, a)
	}
	if err := <-done; !errors.Is(err, ErrStopped) || !errors.Is(err, context.Canceled) {
		t.Errorf("Fit returned %v, want ErrStopped", err)
	}
	if len(told) != 1 || told[0].Step != 2 || told[0].From != 1 || told[0].To != 0.5 {
		t.Errorf("told of %+v, want one change before step 2 from 1 to 0.5", told)
	}
	// The same change by hand, without a stop.
	cfg := smallConfig(3, trainer.Hook{OnStep: func(r *trainer.Run, p trainer.Progress) error {
		if p.Total == 1 {
			return r.SetLRFactor(0.5)
		}
		return nil
	}})
	whole, err := trainer.Fit(context.Background(), smallNet(), smallData(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg = smallConfig(3)
	cfg.Resume = kept.file
	again, err := trainer.Fit(context.Background(), smallNet(), smallData(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := checksum(t, again.Params), checksum(t, whole.Params); got != want {
		t.Errorf("weights after going on are %s, of a run never stopped %s", got, want)
	}
	until(t, updates, "the stop", func(u update) bool { return u.State.State == Stopped })
	if status, _ := post(t, url+"control", map[string]any{"do": "resume"}); status != http.StatusConflict {
		t.Errorf("a button after the end is answered with %d, want %d", status, http.StatusConflict)
	}
}

// A pause ends with the context.
func TestPauseEndsWithTheContext(t *testing.T) {
	s, _ := page(t, Config{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			s.mu.Lock()
			now := s.state.State
			s.mu.Unlock()
			if now == Paused {
				cancel()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	_, err := trainer.Fit(ctx, smallNet(), smallData(t), smallConfig(2, s.Hook(ctx), trainer.Hook{OnStart: func(*trainer.Run) error { s.orders.pause.Store(true); return nil }}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Fit returned %v, want the context's error", err)
	}
}

// A viewer that reads nothing, with the smallest of buffers, does not hold up
// training; others see it all the same.
func TestStalledViewerHoldsNobodyUp(t *testing.T) {
	s, url := page(t, Config{Share: 0.5, Samples: 32})
	host := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
	stalled, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close()
	_ = stalled.(*net.TCPConn).SetReadBuffer(1 << 10)
	if _, err := io.WriteString(stalled, "GET /events HTTP/1.1\r\nHost: "+host+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for s.Viewers() < 1 {
		time.Sleep(time.Millisecond)
	}
	updates := viewer(t, url)
	go func() { // it would wait here for ever if it waited for the viewer
		if _, err := trainer.Fit(context.Background(), smallNet(), smallData(t), smallConfig(20, s.Hook(context.Background()))); err != nil {
			t.Error(err)
		}
	}()
	u := until(t, updates, "the end", func(u update) bool { return u.State.State == Finished })
	if u.State.Total != 120 {
		t.Errorf("finished after %d steps, want 120", u.State.Total)
	}
}

// A network that can't be looked into is trained all the same, and the page says why
// it shows so little.
func TestFailedLooksDoNotEndTraining(t *testing.T) {
	data := smallData(t)
	data.Test = nil
	net := blocks.Sequence{smallNet(), graph.BlockFunc(func(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
		if !s.Training() {
			return nil, errors.New("made for training alone")
		}
		return x, nil
	})}
	s, url := page(t, Config{})
	updates := viewer(t, url)
	go func() {
		if _, err := trainer.Fit(context.Background(), net, data, smallConfig(3, s.Hook(context.Background()), trainer.Hook{OnStart: func(*trainer.Run) error {
			s.orders.pause.Store(true)
			return nil
		}})); err != nil {
			t.Error(err)
		}
	}()
	u := until(t, updates, "an alarm", func(u update) bool { return u.Frame != nil && u.State.State == Paused })
	if len(u.Frame.Alarms) != 1 || !strings.Contains(u.Frame.Alarms[0].EN, "made for training alone") {
		t.Errorf("alarms %+v", u.Frame.Alarms)
	}
	if status, a := post(t, url+"look", map[string]any{"image": 0}); status != http.StatusUnprocessableEntity {
		t.Errorf("a look is answered with %d %v", status, a)
	}
	post(t, url+"control", map[string]any{"do": "resume"})
	until(t, updates, "the end", func(u update) bool { return u.State.State == Finished })
}
