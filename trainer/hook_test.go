package trainer

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"
)

// Every hook that was started is ended once, whatever it or another one does,
// and the error names the hook.
func TestHooksThatFail(t *testing.T) {
	data := synthetic(t)
	full := errors.New("disk full")
	for _, c := range []struct {
		name, want string
		bad        Hook
		steps      int
	}{
		{"start", "hook bad: disk full", Hook{Name: "bad", OnStart: func(*Run) error { return full }}, 0},
		{"start panics", "hook bad: OnStart panicked: boom", Hook{Name: "bad", OnStart: func(*Run) error { panic("boom") }}, 0},
		{"step", "hook 1 of Config.Hooks: disk full", Hook{OnStep: func(*Run, Progress) error { return full }}, 1},
		{"step panics", "hook bad: OnStep panicked: boom", Hook{Name: "bad", OnStep: func(*Run, Progress) error { panic("boom") }}, 1},
		{"epoch panics", "hook bad: OnEpoch panicked: runtime error", Hook{Name: "bad", OnEpoch: func(r *Run, _ Epoch) error { return errors.New(r.History[100].String()) }}, 3},
		{"end", "hook bad: disk full", Hook{Name: "bad", OnEnd: func(*Run) error { return full }}, 6},
		{"end panics", "hook bad: OnEnd panicked: boom", Hook{Name: "bad", OnEnd: func(*Run) error { panic("boom") }}, 6},
	} {
		var calls []string
		watch := func(name string) Hook {
			return Hook{
				Name:    name,
				OnStart: func(*Run) error { calls = append(calls, name+" starts"); return nil },
				OnEnd:   func(*Run) error { calls = append(calls, name+" ends"); return nil },
			}
		}
		run, err := Fit(context.Background(), tiny{4}, data, Config{Epochs: 2, Batch: 100, Hooks: []Hook{watch("first"), c.bad, watch("last")}})
		if err == nil || !strings.Contains(err.Error(), c.want) || run == nil || run.Steps != c.steps {
			t.Errorf("%s: err = %v, want %s; run %v", c.name, err, c.want, run)
		}
		want := "first starts, last starts, first ends, last ends"
		if strings.HasPrefix(c.name, "start") {
			want = "first starts, first ends" // the last hook's turn never came
		}
		if got := strings.Join(calls, ", "); got != want {
			t.Errorf("%s: %s; want %s", c.name, got, want)
		}
	}
}

// A hook that ends its goroutine, as t.FailNow does, still closes what was opened.
func TestHookThatExits(t *testing.T) {
	data, ended := synthetic(t), 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = Fit(context.Background(), tiny{4}, data, Config{Epochs: 2, Batch: 100, Hooks: []Hook{{
			OnStep: func(*Run, Progress) error { runtime.Goexit(); return nil },
			OnEnd:  func(*Run) error { ended++; return nil },
		}}})
	}()
	<-done
	if ended != 1 {
		t.Errorf("OnEnd was called %d times", ended)
	}
}

func TestLogTo(t *testing.T) {
	var b bytes.Buffer
	fitTiny(t, Config{Epochs: 2, Batch: 100, Hooks: []Hook{LogTo(&b)}})
	if text := b.String(); strings.Count(text, "\n") != 2 || !strings.HasPrefix(text, "epoch 1: loss ") || !strings.Contains(text, "; test loss ") {
		t.Errorf("log: %s", text)
	}
}

// Several goroutines may make inference programs of one run and use them.
func TestRunProgramsAtOnce(t *testing.T) {
	run := fitTiny(t, Config{Epochs: 1, Batch: 100})
	var wg sync.WaitGroup
	for n := 1; n <= 6; n++ {
		wg.Go(func() {
			p, err := run.Program(n)
			if err != nil {
				t.Error(err)
				return
			}
			defer p.Close()
			images := make([]float32, n*12*12)
			if _, err := p.Run(context.Background(), images); err != nil {
				t.Error(err)
			}
			e, err := run.Evaluate(context.Background(), run.Data.Test)
			if err != nil || e.Accuracy != run.Test.Accuracy {
				t.Errorf("%+v, %v", e, err)
			}
		})
	}
	wg.Wait()
}
