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
	mean := trainer.Epoch{TrainLoss: 0.5, TrainAccuracy: 0.91, ImagesPerSecond: 640, Seconds: 50, DataWait: 1.1}
	step := func(n int) trainer.Progress {
		return trainer.Progress{Epoch: 2, Epochs: 3, Step: n, Steps: 100, Total: 100 + n, Mean: mean}
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
	// It went on from step 100, and 50 of the 200 that were left took 50 seconds.
	want := "epoch 2/3 [############------------]  50 %  loss 0.5000  accuracy 91.00 %  640 images/s  2 min 30 s left  data wait 2 %\x1b[K"
	if shown := strings.Split(bar.String(), "\r"); len(shown) != 101 || shown[50] != want {
		t.Errorf("%d bars, the 50th is %q, want %q", len(shown)-1, shown[50], want)
	} else if !strings.Contains(shown[100], "[########################] 100 %") || !strings.Contains(shown[100], "testing on 1000 images") {
		t.Errorf("the last bar is %q", shown[100])
	}
	if got := strings.Split(lines.String(), "\n"); len(got) != 4 || got[0] != "epoch 2/3, step 30 of 100: loss 0.5000, accuracy 91.00 %, 640 images/s, 2 min 50 s left, data wait 2 %" {
		t.Errorf("piped it writes\n%s", lines.String())
	}
	for width, want := range map[int]string{
		106: "epoch 2/3 [##########] 100 %  loss 0.5000  accuracy 91.00 %  640 images/s  1 min 40 s left  data wait 2 %",
		30:  "epoch 2/3 100 %  loss 0.5000 ",
	} {
		onTerminal.width = func() int { return width }
		bar.Reset()
		if err := onTerminal.step(step(100), 0); err != nil {
			t.Fatal(err)
		}
		onTerminal.clear()
		if got, want := bar.String(), "\r"+want+"\x1b[K\r\x1b[K"; got != want {
			t.Errorf("%d columns wide it writes %q, want %q", width, got, want)
		}
	}
	// A run of 250 steps in all ends within its third epoch, and is tested then.
	onTerminal.most, onTerminal.width = 250, func() int { return 200 }
	bar.Reset()
	last := trainer.Progress{Epoch: 3, Epochs: 3, Step: 50, Steps: 100, Total: 250, Mean: mean}
	if err := onTerminal.step(last, 1000); err != nil || !strings.Contains(bar.String(), "testing on 1000 images") {
		t.Errorf("the last step of a run shows %q, %v", bar.String(), err)
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
