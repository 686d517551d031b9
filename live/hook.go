package live

import (
	"context"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/trainer"
)

// ErrStopped ends a run that a viewer stopped. It is a context.Canceled, so that a
// run's folder keeps the state as after Ctrl-C: to go on from.
var ErrStopped error = stopped{}

type stopped struct{}

func (stopped) Error() string        { return "stopped on the live page" }
func (stopped) Is(target error) bool { return target == context.Canceled }

// Hook shows a run of trainer.Fit on the page and follows its buttons. Put it
// before the hook that keeps the run, and give it Fit's context: a pause ends with
// it.
func (s *Server) Hook(ctx context.Context) trainer.Hook {
	h := &watch{server: s, ctx: ctx}
	return trainer.Hook{Name: "live", OnStart: h.start, OnStep: h.step, OnEpoch: h.epoch, OnEnd: h.end}
}

// watch is the page's part in the loop: all of it runs on the loop's goroutine.
type watch struct {
	server *Server
	ctx    context.Context
	desk   *desk
	next   time.Time // of a look into the network
	free   time.Time // of a viewer's question
	begin  time.Time
	first  int // step
	most   int // steps in all; 0: as many as the epochs have
	rested time.Duration
	blind  bool // looking failed
}

// often is the least time between two looks into the network.
const often = 250 * time.Millisecond

func (h *watch) start(r *trainer.Run) error {
	s := h.server
	s.orders.clear()
	d, err := newDesk(r.Net, r.Params, sourceOf(r.Data), s.cfg)
	if err != nil {
		return err
	}
	h.desk, h.begin, h.first, h.most = d, time.Now(), r.Steps, r.Config.MaxSteps
	s.mu.Lock()
	old := s.host
	s.host, s.scalpel = nil, nil
	s.mu.Unlock()
	if old != nil {
		old.close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meta, s.frame, s.frames, s.past = d.meta, nil, 0, columns{}
	s.art = &art{net: r.Net, shape: r.Data.Train.Shape()}
	s.curve, s.epochs = series{}, append([]trainer.Epoch(nil), r.History...)
	s.state = state{State: Running, Epochs: r.Config.Epochs, Total: r.Steps, LR: number(r.Solver.LearningRate()), Factor: number(r.LRFactor()), Folder: s.cfg.Folder}
	s.version++
	s.wake()
	return nil
}

func (h *watch) step(r *trainer.Run, p trainer.Progress) error {
	s := h.server
	h.record(p)
	if s.viewers.Load() > 0 || len(s.jobs) > 0 {
		h.look(p)
	}
	if err := h.change(r); err != nil {
		return err
	}
	if s.orders.pause.Load() && !s.orders.takeStep() {
		if err := h.pause(r, p); err != nil {
			return err
		}
	}
	if s.orders.stop.Swap(false) {
		return ErrStopped
	}
	return nil
}

// record adds a step to the curve.
func (h *watch) record(p trainer.Progress) {
	s := h.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.curve.add(p.Total, p.Loss, p.Accuracy, p.LR)
	t := &s.state
	t.Epoch, t.Epochs, t.Step, t.Steps, t.Total, t.LR = p.Epoch, p.Epochs, p.Step, p.Steps, p.Total, number(p.LR)
	t.Rate, t.Wait = number(p.Mean.ImagesPerSecond), 0
	if p.Mean.Seconds > 0 {
		t.Wait = number(p.Mean.DataWait / p.Mean.Seconds)
	}
	done, all := p.Total-h.first, p.Steps*p.Epochs
	if h.most > 0 {
		all = min(all, h.most)
	}
	if done > 0 && all > p.Total {
		t.Left = number((time.Since(h.begin) - h.rested).Seconds() / float64(done) * float64(all-p.Total))
	} else {
		t.Left = 0
	}
	s.wake()
}

// look answers one question of a viewer, or takes a frame, when that is due: what
// it cost sets when the next may be.
func (h *watch) look(p trainer.Progress) {
	s, now := h.server, time.Now()
	if now.After(h.free) {
		select {
		case j := <-s.jobs:
			j.run(h.desk)
			cost := time.Since(now)
			h.free = time.Now().Add(4 * cost)
			return
		default:
		}
	}
	if s.viewers.Load() == 0 || now.Before(h.next) {
		return
	}
	first := h.desk.many == nil // the program is made once: that is no measure of what follows
	h.frame(p)
	cost := time.Since(now)
	if h.next = time.Now().Add(often); !first {
		h.next = time.Now().Add(max(often, time.Duration(float64(cost)*(1/s.cfg.Share-1))))
	}
}

// frame takes a look into the network and shows it. Where that fails, because the
// network is too large to keep all its outputs for instance, the page says so and
// training goes on.
func (h *watch) frame(p trainer.Progress) {
	if h.blind {
		return
	}
	v, err := safely(func() (any, error) { return h.desk.look(h.ctx, p) })
	if err == nil {
		h.server.show(v.(*frame))
		return
	}
	if h.ctx.Err() == nil {
		h.blind = true
		h.server.show(&frame{Step: p.Total, Alarms: []Alarm{{Kind: "blind",
			EN: "The network can't be looked into: " + err.Error(), KO: "신경망을 들여다볼 수 없습니다: " + err.Error()}}})
	}
}

// change sets the learning rate that a viewer wants.
func (h *watch) change(r *trainer.Run) error {
	s := h.server
	factor, ok := s.orders.takeFactor()
	if !ok || factor == r.LRFactor() {
		return nil
	}
	c := Change{Step: r.Steps + 1, What: "lr_factor", From: r.LRFactor(), To: factor, Time: time.Now().UTC()}
	if err := r.SetLRFactor(factor); err != nil {
		return err
	}
	s.mu.Lock()
	if s.state.Factor > 0 {
		s.state.LR *= number(factor) / s.state.Factor
	}
	s.state.Factor = number(factor)
	s.changes = append(s.changes, c)
	s.version++
	s.wake()
	s.mu.Unlock()
	if s.cfg.Changed != nil {
		return errors.WithMessage(s.cfg.Changed(c), "keeping a change of the learning rate")
	}
	return nil
}

// pause waits until a viewer wants to go on or the run is ended, and answers
// questions meanwhile.
func (h *watch) pause(r *trainer.Run, p trainer.Progress) error {
	s, from := h.server, time.Now()
	defer func() {
		rested := time.Since(from)
		h.rested += rested
		r.Idle(rested)
	}()
	h.frame(p)
	s.become(Paused)
	defer s.become(Running) // which also puts back what a scalpel took out
	for {
		if err := h.change(r); err != nil {
			return err
		}
		switch {
		case h.ctx.Err() != nil, s.orders.stop.Load(), !s.orders.pause.Load(), s.orders.takeStep():
			return nil
		}
		select {
		case <-h.ctx.Done():
		case <-s.orders.news:
		case j := <-s.jobs:
			j.run(h.desk)
		}
	}
}

func (h *watch) epoch(_ *trainer.Run, e trainer.Epoch) error {
	s := h.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epochs = append(s.epochs, e)
	s.wake()
	return nil
}

func (h *watch) end(r *trainer.Run) error {
	s := h.server
	if h.desk != nil {
		h.desk.close()
	}
	s.orders.pause.Store(false)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.State, s.state.Error, s.state.Left = Finished, "", 0
	if r.Err != nil {
		s.state.State = Stopped
		if !errors.Is(r.Err, context.Canceled) && !errors.Is(r.Err, trainer.ErrStop) {
			s.state.Error = r.Err.Error()
		}
	}
	s.version++
	s.wake()
	return nil
}

// become shows another state.
func (s *Server) become(now State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.State = now
	if now != Paused {
		s.scalpel = nil
	}
	s.version++
	s.wake()
}

func sourceOf(d trainer.Data) source {
	if d.Test != nil && d.Test.Len() > 0 {
		return d.Test
	}
	return d.Train
}
