package live

import (
	"context"
	"net/http"
	"time"

	"github.com/pkg/errors"
)

// job is a viewer's question to who has the network in hand: the loop between two
// steps, or the page itself after training.
type job struct {
	ctx    context.Context
	do     func(*desk) (any, error)
	answer chan outcome // holds one
}

type outcome struct {
	value any
	err   error
}

func (j *job) run(d *desk) {
	if j.ctx.Err() != nil {
		return // nobody waits any more
	}
	v, err := safely(func() (any, error) { return j.do(d) })
	j.answer <- outcome{v, err}
}

// safely makes an error of a panic: a question must not end the training.
func safely(do func() (any, error)) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, errors.Errorf("live: %v", p)
		}
	}()
	return do()
}

// patience is how long a question may wait for the loop.
const patience = 20 * time.Second

// ask has a question answered and writes the answer.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, do func(*desk) (any, error)) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	s.mu.Lock()
	now, there := s.state.State, s.host != nil
	s.mu.Unlock()
	if now == Waiting || (now == Stopped || now == Finished) && !there {
		refuse(w, http.StatusConflict, "there is no network to look into now")
		return
	}
	j := &job{ctx: ctx, do: do, answer: make(chan outcome, 1)}
	select {
	case s.jobs <- j:
	default:
		refuse(w, http.StatusServiceUnavailable, "too many questions at once")
		return
	}
	select {
	case o := <-j.answer:
		if o.err != nil {
			refuse(w, http.StatusUnprocessableEntity, o.err.Error())
			return
		}
		answer(w, http.StatusOK, o.value)
	case <-ctx.Done():
		refuse(w, http.StatusGatewayTimeout, "the network is busy")
	}
}
