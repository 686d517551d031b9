package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/trainer"
)

// at is a progress to w whose clock the test moves.
func at(w *bytes.Buffer, live bool, clock *time.Time) *progress {
	p := newProgress(w)
	p.live, p.width, p.now = live, func() int { return 200 }, func() time.Time { return *clock }
	p.start, p.last = *clock, *clock
	return p
}

func TestProgress(t *testing.T) {
	clock := time.Unix(0, 0)
	mean := trainer.Epoch{TrainLoss: 0.5, TrainAccuracy: 0.91, ImagesPerSecond: 640}
	step := func(n int) trainer.Progress {
		return trainer.Progress{Epoch: 2, Epochs: 3, Step: n, Steps: 100, Mean: mean}
	}
	var bar, lines bytes.Buffer
	onTerminal, piped := at(&bar, true, &clock), at(&lines, false, &clock)
	for n := 1; n <= 100; n++ {
		clock = clock.Add(time.Second)
		for _, p := range []*progress{onTerminal, piped} {
			if err := p.step(step(n), 1000); err != nil {
				t.Fatal(err)
			}
		}
	}
	// 150 of 300 steps took 50 seconds: so will the rest.
	want := "epoch 2/3 [############------------]  50 %  loss 0.5000  accuracy 91.00 %  640 images/s  50 s left\x1b[K"
	if shown := strings.Split(bar.String(), "\r"); len(shown) != 101 || shown[50] != want {
		t.Errorf("%d bars, the 50th is %q, want %q", len(shown)-1, shown[50], want)
	} else if !strings.Contains(shown[100], "[########################] 100 %") || !strings.Contains(shown[100], "testing on 1000 images") {
		t.Errorf("the last bar is %q", shown[100])
	}
	if got := strings.Split(lines.String(), "\n"); len(got) != 4 || got[0] != "epoch 2/3, step 30 of 100: loss 0.5000, accuracy 91.00 %, 640 images/s, 39 s left" {
		t.Errorf("piped it writes\n%s", lines.String())
	}
	onTerminal.width = func() int { return 30 }
	bar.Reset()
	if err := onTerminal.step(step(100), 0); err != nil {
		t.Fatal(err)
	}
	onTerminal.clear()
	if got, want := bar.String(), "\repoch 2/3 [##################\x1b[K\r\x1b[K"; got != want {
		t.Errorf("on a narrow terminal it writes %q, want %q", got, want)
	}
}

func TestLastingAndCount(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 s", 59400 * time.Millisecond: "59 s", 200 * time.Second: "3 min 20 s", 7505 * time.Second: "2 h 5 min"} {
		if got := lasting(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if count(1, "epoch") != "1 epoch" || count(6, "epoch") != "6 epochs" {
		t.Error("count does not count")
	}
}
