package live

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"github.com/stheno-ml/stheno/trainer"
)

// watcher is a viewer's place in what there is to see. It takes what is new when
// it can; nobody waits for it.
type watcher struct {
	news    chan struct{}
	version int
	round   int // of the curve
	point   int // of its points, those seen
	epochs  int
	frame   int
	begun   bool
}

// wake tells every viewer that there is something new. The caller holds the lock.
func (s *Server) wake() {
	for w := range s.watchers {
		select {
		case w.news <- struct{}{}:
		default: // it knows already
		}
	}
}

// mostChanges are told of to a page, the newest.
const mostChanges = 50

// hello is all that a page needs to begin, or to begin again.
type hello struct {
	Title   string      `json:"title"`
	Meta    *meta       `json:"meta"`
	Changes []Change    `json:"changes"`
	Past    *columns    `json:"past,omitempty"`
	Scalpel *operations `json:"scalpel,omitempty"`
}

// update is what is new.
type update struct {
	Hello  *hello      `json:"hello,omitempty"`
	State  state       `json:"state"`
	Reset  bool        `json:"reset,omitempty"` // of the curve: the points are all there are
	Points [][4]number `json:"points,omitempty"`
	Epochs []epoch     `json:"epochs,omitempty"`
	Frame  *frame      `json:"frame,omitempty"`
}

// epoch is trainer.Epoch with numbers that JSON can take.
type epoch struct {
	Epoch int    `json:"epoch"`
	Step  int    `json:"step"`
	Loss  number `json:"loss"`
	Acc   number `json:"acc"`
	// Of the test; null where it was not tested.
	TestLoss *number `json:"test_loss"`
	TestAcc  *number `json:"test_acc"`
	Seconds  number  `json:"seconds"`
	Rate     number  `json:"rate"`
}

func wireEpochs(list []trainer.Epoch, from int) (out []epoch) {
	step := 0
	for i, e := range list {
		step += e.Steps
		if i < from {
			continue
		}
		w := epoch{Epoch: e.Epoch, Step: step, Loss: number(e.TrainLoss), Acc: number(e.TrainAccuracy), Seconds: number(e.Seconds), Rate: number(e.ImagesPerSecond)}
		if e.Evaluated {
			loss, acc := number(e.TestLoss), number(e.TestAccuracy)
			w.TestLoss, w.TestAcc = &loss, &acc
		}
		out = append(out, w)
	}
	return out
}

// take collects what is new to a viewer. It holds the lock while it copies.
func (s *Server) take(w *watcher) update {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := update{State: s.state}
	if !w.begun || w.version != s.version {
		u.Hello = &hello{Title: s.cfg.Title, Meta: s.meta, Changes: append([]Change{}, s.changes[max(0, len(s.changes)-mostChanges):]...)}
		if !w.begun || w.frame > s.frames {
			u.Hello.Past = s.past.copy()
		}
		u.Hello.Scalpel = s.scalpel
		w.version = s.version
	}
	if !w.begun || w.round != s.curve.round || w.point > len(s.curve.list) {
		u.Reset, w.round, w.point = true, s.curve.round, 0
	}
	u.Points = wire(s.curve.list[w.point:])
	w.point = len(s.curve.list)
	if w.epochs > len(s.epochs) {
		w.epochs = 0
	}
	u.Epochs = wireEpochs(s.epochs, w.epochs)
	w.epochs = len(s.epochs)
	if w.frame != s.frames {
		u.Frame = s.frame // never changed once it is shown
		w.frame = s.frames
	}
	w.begun = true
	return u
}

const (
	shortest = 120 * time.Millisecond // between two messages
	longest  = 15 * time.Second       // without one, so that both sides see that the other is there
)

// stream is the page's one stream of server-sent events.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	if n := s.viewers.Add(1); n > mostStreams {
		s.viewers.Add(-1)
		refuse(w, http.StatusServiceUnavailable, "too many pages are open")
		return
	}
	defer s.viewers.Add(-1)
	me := &watcher{news: make(chan struct{}, 1)}
	s.mu.Lock()
	s.watchers[me] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watchers, me)
		s.mu.Unlock()
	}()
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	var text bytes.Buffer
	send := func() error {
		_ = control.SetWriteDeadline(time.Now().Add(writeLimit))
		if _, err := w.Write(text.Bytes()); err != nil {
			return err
		}
		return control.Flush()
	}
	beat := time.NewTimer(longest)
	defer beat.Stop()
	for {
		text.Reset()
		text.WriteString("data: ")
		if err := json.NewEncoder(&text).Encode(s.take(me)); err != nil {
			return
		}
		text.WriteByte('\n')
		if err := send(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(shortest):
		}
		beat.Reset(longest)
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
		case <-me.news:
		}
	}
}
