package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stheno-ml/stheno/trainer"
	"golang.org/x/term"
)

// progress shows how far an epoch is: a bar on a terminal, otherwise a line now
// and then.
type progress struct {
	out   io.Writer
	live  bool // out is a terminal
	width func() int
	now   func() time.Time
	most  int       // steps of training; 0: as many as its epochs have
	began int       // steps that were done before the first one here
	start time.Time // of training
	last  time.Time // something was shown
	shown bool      // a bar stands on the terminal's last line
}

const (
	barEvery  = 100 * time.Millisecond
	lineEvery = 30 * time.Second
	barWidth  = 24
)

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, began: -1, now: time.Now, width: func() int { return 1 << 10 }}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.live = true
		p.width = func() int {
			w, _, err := term.GetSize(int(f.Fd()))
			if err != nil || w < 1 {
				return 80
			}
			return w
		}
	}
	p.start = p.now()
	p.last = p.start
	return p
}

// step shows where training is; testing says that the network is tested next, on
// so many images.
func (p *progress) step(s trainer.Progress, testing int) error {
	now := p.now()
	total := s.Steps * s.Epochs
	if p.most > 0 {
		total = min(total, p.most)
	}
	if p.began < 0 {
		p.began = s.Total - 1
	}
	left := remaining(now.Sub(p.start), s.Total-p.began, total-s.Total)
	waited := ""
	if s.Mean.Seconds > 0 {
		waited = fmt.Sprintf("data wait %.0f %%", 100*s.Mean.DataWait/s.Mean.Seconds)
	}
	since := now.Sub(p.last)
	if !p.live {
		if since < lineEvery {
			return nil
		}
		p.last = now
		_, err := fmt.Fprintf(p.out, "epoch %d/%d, step %d of %d: loss %.4f, accuracy %.2f %%, %.0f images/s, %s left, %s\n",
			s.Epoch, s.Epochs, s.Step, s.Steps, s.Mean.TrainLoss, 100*s.Mean.TrainAccuracy, s.Mean.ImagesPerSecond, left, waited)
		return err
	}
	done := s.Step == s.Steps || s.Total == total
	if since < barEvery && p.shown && !done {
		return nil
	}
	p.last = now
	head := fmt.Sprintf("epoch %d/%d ", s.Epoch, s.Epochs)
	text := fmt.Sprintf("%3d %%  loss %.4f  accuracy %.2f %%  %.0f images/s  ", 100*s.Step/max(s.Steps, 1),
		s.Mean.TrainLoss, 100*s.Mean.TrainAccuracy, s.Mean.ImagesPerSecond)
	if done && testing > 0 {
		text += "testing on " + count(testing, "image")
	} else {
		text += left + " left  " + waited
	}
	// A narrow terminal has a shorter bar, then none. A line that wraps could not be
	// taken back.
	w := p.width()
	if bar := min(barWidth, w-1-len(head)-len("[] ")-len(text)); bar >= 6 {
		full := bar * s.Step / max(s.Steps, 1)
		head += "[" + strings.Repeat("#", full) + strings.Repeat("-", bar-full) + "] "
	}
	if text = head + text; len(text) >= w {
		text = text[:w-1]
	}
	p.shown = true
	_, err := fmt.Fprintf(p.out, "\r%s\x1b[K", text)
	return err
}

// clear takes the bar away, so that a line can be written.
func (p *progress) clear() {
	if p.shown {
		p.shown = false
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// remaining is how long the steps to come take at the pace of those done, tests
// included once there was one.
func remaining(took time.Duration, done, left int) string {
	return lasting(time.Duration(float64(took) * float64(max(left, 0)) / float64(max(done, 1))))
}

// lasting writes a duration as people say it: "12 s", "3 min 20 s", "2 h 5 min".
func lasting(d time.Duration) string {
	s := int((d + time.Second/2) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
}

// count writes a number with its noun: "1 epoch", "6 epochs".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
