package runs

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/tensorboard"
	"github.com/stheno-ml/stheno/trainer"
)

// Hook writes the run's files as training goes on. Put it behind hooks that may
// stop the run.
func (d *Dir) Hook() trainer.Hook {
	return trainer.Hook{
		Name:    "run " + d.path,
		OnStart: d.start,
		OnStep:  d.step,
		OnEpoch: d.epoch,
		OnEnd:   d.end,
	}
}

// start writes the history so far, which may be shorter than what a crash left.
func (d *Dir) start(r *trainer.Run) (err error) {
	d.at = r.Steps
	if d.cfg.Examine {
		d.flow = readFlow(d.path, r.Steps)
	}
	if best := r.History.Best(); best.Evaluated {
		d.best, d.has = metric(best), true
	}
	if err := d.history(r.History, TableFile, HistoryFile); err != nil {
		return err
	}
	if d.events, err = tensorboard.Create(d.path); err != nil {
		return err
	}
	// Also of a run that begins anew: it may have been killed in its first epoch.
	return d.events.Resume(int64(r.Steps))
}

func (d *Dir) step(r *trainer.Run, p trainer.Progress) error {
	if d.cfg.Examine && (p.Total == 1 || p.Step == p.Steps) {
		d.flow.add(p)
	}
	if p.Step == p.Steps {
		return nil // the epoch's end saves
	}
	byTime := d.cfg.Every > 0 && time.Since(d.saved) >= d.cfg.Every
	bySteps := d.cfg.EverySteps > 0 && r.Steps%d.cfg.EverySteps == 0
	if byTime || bySteps {
		return d.save(r)
	}
	return nil
}

// epoch writes the checkpoint last: a run that is killed on the way does the epoch
// again, and with it all that was not written.
func (d *Dir) epoch(r *trainer.Run, e trainer.Epoch) error {
	if err := d.history(r.History, HistoryFile, TableFile); err != nil {
		return err
	}
	if err := d.record(r, e); err != nil {
		return err
	}
	if err := d.flow.write(d.path); err != nil {
		return err
	}
	if e.Evaluated && (!d.has || metric(e) > d.best) {
		if err := d.write(BestFile, r, e); err != nil {
			return err
		}
		d.best, d.has = metric(e), true
	}
	return d.save(r)
}

// metric is what the best epoch has most of.
func metric(e trainer.Epoch) float64 {
	if e.HasAccuracy() {
		return e.TestAccuracy
	}
	return -e.TestLoss
}

// end saves what a stopped run has, unless that is not to be gone on from, and the
// final weights.
func (d *Dir) end(r *trainer.Run) error {
	if err := d.history(r.History, HistoryFile, TableFile); err != nil { // an epoch that was not finished, too
		return err
	}
	stopped := errors.Is(r.Err, context.Canceled) || errors.Is(r.Err, context.DeadlineExceeded)
	if r.Err != nil && !stopped && !errors.Is(r.Err, trainer.ErrStop) {
		return nil // the last good checkpoint stays
	}
	if r.Steps > d.at {
		if err := d.save(r); err != nil {
			return err
		}
	}
	if err := d.writeTest(r.Test); err != nil {
		return err
	}
	if !stopped {
		if err := d.write(WeightsFile, r, r.History.Last()); err != nil {
			return err
		}
	}
	if d.cfg.Examine && !stopped {
		if err := d.examine(r); err != nil {
			return err
		}
	}
	return WriteReport(d.path)
}

// write writes weights that classify.Open reads.
func (d *Dir) write(name string, r *trainer.Run, e trainer.Epoch) error {
	return errors.WithMessage(saveWeights(filepath.Join(d.path, name), r.Kept(), d.cfg.Description, e), "run")
}

// saveWeights adds the results to what classify.Save writes.
func saveWeights(path string, params *graph.Params, description classify.Description, e trainer.Epoch) error {
	f, err := classify.Pack(params, description)
	if err != nil {
		return err
	}
	f.Metadata["epoch"] = strconv.Itoa(e.Epoch)
	f.Metadata[parametersKey] = strconv.Itoa(params.Count())
	if e.Evaluated {
		f.Metadata["test_loss"] = strconv.FormatFloat(e.TestLoss, 'g', -1, 64)
		f.Metadata["test_accuracy"] = strconv.FormatFloat(e.TestAccuracy, 'g', -1, 64)
	}
	return checkpoint.Write(path, f)
}

// history writes both forms of the history, in that order: what grows is written to
// the history first, what shrinks to the table, so that a table never has an epoch
// that the history lacks, whenever the process is killed.
func (d *Dir) history(h trainer.History, first, second string) error {
	var lines, table bytes.Buffer
	e := json.NewEncoder(&lines)
	w := csv.NewWriter(&table)
	_ = w.Write([]string{"epoch", "steps", "images", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "lr", "seconds", "data_wait", "images_per_second"})
	for _, x := range h {
		if err := e.Encode(x); err != nil {
			return errors.Wrap(err, "history")
		}
		row := []string{fmt.Sprint(x.Epoch), fmt.Sprint(x.Steps), fmt.Sprint(x.Images)}
		for i, v := range []float64{x.TrainLoss, x.TrainAccuracy, x.TestLoss, x.TestAccuracy, x.LR, x.Seconds, x.DataWait, x.ImagesPerSecond} {
			cell := strconv.FormatFloat(v, 'g', -1, 64)
			if (i == 2 || i == 3) && !x.Evaluated {
				cell = ""
			}
			row = append(row, cell)
		}
		_ = w.Write(row)
	}
	if w.Flush(); w.Error() != nil {
		return errors.Wrap(w.Error(), "history")
	}
	content := map[string][]byte{HistoryFile: lines.Bytes(), TableFile: table.Bytes()}
	for _, name := range []string{first, second} {
		if err := atomicfile.Write(filepath.Join(d.path, name), content[name]); err != nil {
			return err
		}
	}
	return nil
}

// record adds an epoch to the events.
func (d *Dir) record(r *trainer.Run, e trainer.Epoch) error {
	if d.events == nil {
		return nil
	}
	type scalar struct {
		tag   string
		value float64
	}
	list := []scalar{{"loss/train", e.TrainLoss}, {"learning_rate", e.LR}, {"images_per_second", e.ImagesPerSecond}}
	if e.HasAccuracy() {
		list = append(list, scalar{"accuracy/train", e.TrainAccuracy})
	}
	if e.Evaluated {
		list = append(list, scalar{"loss/test", e.TestLoss})
		if e.HasAccuracy() {
			list = append(list, scalar{"accuracy/test", e.TestAccuracy})
		}
	}
	for _, s := range list {
		if err := d.events.Scalar(s.tag, int64(r.Steps), s.value); err != nil {
			return err
		}
	}
	return d.events.Sync()
}
