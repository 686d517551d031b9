package live

import (
	"context"
	"sync"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
)

// Trained is a network that is not trained any more.
type Trained struct {
	Net     graph.Block
	Params  *graph.Params
	Data    trainer.Data
	History trainer.History // for the curves, if the page has shown no training
}

// host answers questions about a trained network, on a goroutine of its own.
type host struct {
	desk *desk
	stop context.CancelFunc
	done sync.WaitGroup
}

// Show shows a trained network: after training, or one from a file. Until Close,
// or the next Hook or Show, the page reads its parameters.
func (s *Server) Show(t Trained) error {
	if t.Net == nil || t.Params == nil || (t.Data.Train == nil && t.Data.Test == nil) {
		return errors.New("live: Show needs a network, its parameters and images")
	}
	d, err := newDesk(t.Net, t.Params, sourceOf(t.Data), s.cfg)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	f, saturated, err := d.outputs(ctx)
	if err != nil {
		cancel()
		d.close()
		return err
	}
	if f.GradBins, err = d.lookBack(ctx, f); err != nil {
		cancel()
		d.close()
		return err
	}
	h := &host{desk: d, stop: cancel}
	s.mu.Lock()
	old := s.host
	f.Step = s.state.Total
	if s.state.State == Waiting {
		s.state.State, s.state.Epochs = Finished, len(t.History)
		s.epochs = append([]trainer.Epoch(nil), t.History...)
		for _, e := range t.History {
			s.state.Total += e.Steps
			s.state.Epoch, s.state.LR = e.Epoch, number(e.LR)
		}
		f.Step = s.state.Total
	}
	f.Alarms = d.alarms(f, saturated, nil, trainer.Progress{})
	s.meta, s.host, s.scalpel = d.meta, h, nil
	s.art = &art{net: t.Net, shape: d.data.Shape()}
	s.version++
	s.mu.Unlock()
	if old != nil {
		old.close()
	}
	s.show(f)
	h.done.Add(1)
	go func() {
		defer h.done.Done()
		for {
			select {
			case <-ctx.Done():
				return
			case j := <-s.jobs:
				j.run(d)
			}
		}
	}()
	return nil
}

// lookBack computes the gradient of the samples' loss, on a copy of the
// parameters: a step of training changes buffers and counts.
func (d *desk) lookBack(ctx context.Context, f *frame) ([]byte, error) {
	if !d.meta.Labels {
		return nil, nil
	}
	n := d.many.BatchSize()
	cfg := graph.TrainingConfig(d.data.Shape().WithBatch(n)...)
	cfg.NoDropout = true
	if m, err := graph.Plan(d.net, d.params, cfg); err != nil || m.Values > mostValues {
		return nil, err
	}
	params, err := d.params.Clone()
	if err != nil {
		return nil, err
	}
	p, err := graph.Build(d.net, params, cfg)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if _, err := p.Step(ctx, d.images[:p.Config().Input.TotalSize()], graph.Labels(d.labels[:n])); err != nil {
		return nil, err
	}
	_, err = d.gradients(f, p)
	return f.GradBins, err
}

func (h *host) close() {
	h.stop()
	h.done.Wait()
	h.desk.close()
}
