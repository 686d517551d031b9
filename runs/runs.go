// Package runs keeps training runs in folders, one a run, so that nothing a
// network learned is lost: not by Ctrl-C, a crash, a power cut or a full disk.
//
//	dir, err := runs.Create("runs/digits", runs.Config{Description: description})
//	defer dir.Close()
//	run, err := trainer.Fit(ctx, net, data, trainer.Config{Hooks: []trainer.Hook{dir.Hook()}})
//
// A run's folder holds
//
//	config.json               what is needed to repeat the run
//	history.jsonl, .csv       a line an epoch
//	events.out.tfevents...    the same for TensorBoard
//	checkpoints/              the newest states to go on from
//	best.safetensors          the weights of the best test result so far
//	weights.safetensors       the weights at the end
//	test.json                 what the last test found for each class
//	gradients.json            how far gradients reached, as training went on
//	findings.json             a look into the trained network: filters, mistakes, times
//	report.html               a page that tells of the run
//
// The two files of weights are files that package classify opens. Every file but the events is
// written whole or not at all.
package runs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/filelock"
	"github.com/stheno-ml/stheno/tensorboard"
	"github.com/stheno-ml/stheno/trainer"
)

// Names of a run's files.
const (
	ConfigFile   = "config.json"
	HistoryFile  = "history.jsonl"
	TableFile    = "history.csv"
	BestFile     = "best.safetensors"
	WeightsFile  = "weights.safetensors"
	checkpoints  = "checkpoints"
	lockFile     = ".lock"
	defaultEvery = 10 * time.Minute
)

// Config says what a run's folder keeps.
type Config struct {
	// Settings are written as config.json: all that is needed to repeat the run,
	// as the caller has it. They must be what encoding/json takes.
	Settings any
	// Description makes best.safetensors and weights.safetensors files that
	// classify.Open reads.
	Description classify.Description
	// Keep is how many checkpoints stay; 0 means 3, below 0 all.
	Keep int
	// Every is the time between checkpoints within an epoch; 0 means ten
	// minutes, below 0 none. There is one at the end of every epoch, and when the
	// run is stopped.
	Every time.Duration
	// EverySteps are the steps between further checkpoints; 0 means none.
	EverySteps int
	// Examine notes how far gradients reach at the end of every epoch, and at the
	// end of training looks into the network for the report: see Findings. That
	// takes some seconds, at most MostExamining.
	Examine bool
}

// Dir is a run's folder, locked against other writers.
type Dir struct {
	path   string
	cfg    Config
	lock   *filelock.Lock
	store  checkpoint.Store
	events *tensorboard.Writer
	saved  time.Time
	at     int     // steps at the last checkpoint
	best   float64 // of the metric that best.safetensors has
	has    bool    // a best
	flow   flow
}

// ErrInUse says that another process writes this run.
var ErrInUse = errors.New("another process writes this run")

// Create makes a run's folder. A folder that holds a run already is refused: it
// would be lost.
func Create(path string, cfg Config) (*Dir, error) {
	d, err := open(path, cfg)
	if err != nil {
		return nil, err
	}
	// Only who has the lock knows: another process may just have ended its run.
	if _, err := atomicfile.OS.Mode(filepath.Join(path, ConfigFile)); err == nil {
		_ = d.Close()
		return nil, errors.Errorf("%s holds a run already: resume it, or choose another folder", path)
	}
	if cfg.Settings == nil {
		d.cfg.Settings = struct{}{}
	}
	text, err := json.MarshalIndent(d.cfg.Settings, "", "  ")
	if err == nil {
		err = atomicfile.Write(filepath.Join(path, ConfigFile), append(text, '\n'))
	}
	if err != nil {
		_ = d.Close()
		return nil, errors.Wrap(err, "run")
	}
	return d, nil
}

// Settings reads a run's config.json into settings, a pointer.
func Settings(path string, settings any) error {
	text, err := atomicfile.OS.ReadFile(filepath.Join(path, ConfigFile))
	if errors.Is(err, os.ErrNotExist) {
		return errors.Errorf("%s holds no run: there is no %s", path, ConfigFile)
	}
	if err != nil {
		return errors.Wrap(err, "run")
	}
	return errors.Wrapf(json.Unmarshal(text, settings), "run %s: %s", path, ConfigFile)
}

// Resume opens the folder of a run that was stopped and reads its newest whole
// checkpoint, for trainer.Config.Resume. Tell the user of checkpoint.Damaged: they
// were passed over. A run that was stopped before its first checkpoint has none,
// and the state's File is nil: it begins anew. Where all are damaged the error is
// checkpoint.ErrNone.
func Resume(path string, cfg Config) (*Dir, *checkpoint.Loaded, error) {
	if err := Settings(path, &struct{}{}); err != nil {
		return nil, nil, err
	}
	d, err := open(path, cfg)
	if err != nil {
		return nil, nil, err
	}
	state, err := d.store.Newest()
	if errors.Is(err, checkpoint.ErrNone) && len(state.Damaged) == 0 {
		return d, state, nil
	}
	if err != nil {
		_ = d.Close()
		return nil, state, errors.WithMessagef(err, "run %s", path)
	}
	return d, state, nil
}

// open makes the folders that are missing and takes the lock.
func open(path string, cfg Config) (*Dir, error) {
	if cfg.EverySteps < 0 {
		return nil, errors.Errorf("run: EverySteps is %d, want at least 0", cfg.EverySteps)
	}
	if cfg.Every == 0 {
		cfg.Every = defaultEvery
	}
	if err := atomicfile.MakeFolder(filepath.Join(path, checkpoints)); err != nil {
		return nil, errors.Wrap(err, "run")
	}
	lock, err := filelock.Try(filepath.Join(path, lockFile))
	if errors.Is(err, filelock.ErrLocked) {
		return nil, errors.WithMessage(ErrInUse, path)
	}
	if err != nil {
		return nil, errors.WithMessage(err, "run")
	}
	for _, dir := range []string{path, filepath.Join(path, checkpoints)} {
		atomicfile.RemoveTemp(dir)
	}
	return &Dir{path: path, cfg: cfg, lock: lock, saved: time.Now(),
		store: checkpoint.Store{Dir: filepath.Join(path, checkpoints), Keep: cfg.Keep}}, nil
}

// Checkpoints is the store of a run's checkpoints.
func Checkpoints(path string) checkpoint.Store {
	return checkpoint.Store{Dir: filepath.Join(path, checkpoints)}
}

// Path is the folder's name.
func (d *Dir) Path() string { return d.path }

// Close gives the folder up.
func (d *Dir) Close() error {
	if d.events != nil {
		_ = d.events.Close()
		d.events = nil
	}
	return errors.Wrap(d.lock.Release(), "run")
}

// Fresh makes a new folder for a run below parent and returns its name: the date
// and the time, then what the run is of, then a number if another process was as
// quick.
func Fresh(parent, what string, now time.Time) (string, error) {
	if err := atomicfile.MakeFolder(parent); err != nil {
		return "", errors.Wrap(err, "run")
	}
	what = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '-' // a slash would lead elsewhere
	}, what)
	base := filepath.Join(parent, now.Format("2006-01-02-150405")+"-"+what)
	path := base
	for n := 2; ; n++ {
		err := os.Mkdir(path, 0o755)
		if !errors.Is(err, os.ErrExist) {
			return path, errors.Wrap(err, "run")
		}
		path = base + "-" + strconv.Itoa(n)
	}
}

// save writes a checkpoint of a run that is under way.
func (d *Dir) save(r *trainer.Run) error {
	f, err := r.Checkpoint()
	if err != nil {
		return err
	}
	if err := d.store.Save(r.Steps, f); err != nil {
		return err
	}
	d.saved, d.at = time.Now(), r.Steps
	return nil
}
