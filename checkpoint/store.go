// Package checkpoint keeps the state of a training run in a folder of safetensors
// files, so that a crash, a power cut or a full disk never costs more than what
// was done since the last save.
//
//	store := checkpoint.Store{Dir: "runs/mnist/checkpoints", Keep: 3}
//	err := store.Save(1200, state)
//	state, step, err := store.Newest()
package checkpoint

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/weights"
)

// Store is a folder of checkpoints, one file a step: step-000001200.safetensors.
// The folder must exist. Two processes must not write one store.
type Store struct {
	Dir  string
	Keep int // newest checkpoints that Save leaves; 0 means 3, below 0 means all

	fsys atomicfile.FS // nil means the operating system's
}

const (
	prefix = "step-"
	suffix = ".safetensors"
)

func (s Store) disk() atomicfile.FS {
	if s.fsys == nil {
		return atomicfile.OS
	}
	return s.fsys
}

// Path is the file of a step's checkpoint.
func (s Store) Path(step int) string {
	return filepath.Join(s.Dir, fmt.Sprintf("%s%09d%s", prefix, step, suffix))
}

// Save writes the checkpoint of a step and, once that is durable, removes the
// oldest beyond Keep. An error says whether the file was committed (see
// atomicfile.Stream); no older checkpoint is touched then.
func (s Store) Save(step int, f *weights.File) error {
	if step < 0 {
		return errors.Errorf("checkpoint: step %d, want 0 or more", step)
	}
	if err := write(s.disk(), s.Path(step), f); err != nil {
		return err
	}
	return s.prune(step)
}

// write commits a file with the checksum of its elements.
func write(disk atomicfile.FS, path string, f *weights.File) error {
	signed := Sign(f)
	return atomicfile.StreamOn(disk, path, func(w io.Writer) error { return weights.Encode(w, signed) })
}

// prune removes the oldest checkpoints, never the one just written, and what a
// crash left half-written.
func (s Store) prune(newest int) error {
	steps, stray, err := s.list()
	if err != nil {
		return err
	}
	for _, name := range stray {
		// A leftover costs room only.
		_ = s.disk().Remove(filepath.Join(s.Dir, name))
	}
	keep := s.Keep
	if keep == 0 {
		keep = 3
	}
	if keep < 0 {
		return nil
	}
	removed := false
	for i, step := range steps {
		if i < len(steps)-keep && step != newest {
			if err := s.disk().Remove(s.Path(step)); err != nil {
				return errors.Wrapf(err, "checkpoint: removing that of step %d (the new one is safe)", step)
			}
			removed = true
		}
	}
	if removed {
		return errors.Wrap(s.disk().SyncFolder(s.Dir), "checkpoint: removing old ones (the new one is safe)")
	}
	return nil
}

// Steps lists the steps that have a checkpoint, damaged ones included, in order.
func (s Store) Steps() ([]int, error) {
	steps, _, err := s.list()
	return steps, err
}

func (s Store) list() (steps []int, stray []string, err error) {
	entries, err := s.disk().ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, errors.Wrap(err, "checkpoint")
	}
	for _, e := range entries {
		name := e.Name()
		if atomicfile.Temp(name) {
			stray = append(stray, name)
			continue
		}
		number := strings.TrimSuffix(strings.TrimPrefix(name, prefix), suffix)
		// Other spellings of a number are not ours, nor are folders.
		if step, err := strconv.Atoi(number); err == nil && step >= 0 && name == filepath.Base(s.Path(step)) && !e.IsDir() {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	return steps, stray, nil
}

// Damage is a checkpoint that could not be read.
type Damage struct {
	Path string
	Err  error
}

func (d Damage) String() string { return d.Path + ": " + d.Err.Error() }

// Loaded is a checkpoint as it was found.
type Loaded struct {
	*weights.File
	Step    int
	Path    string
	Damaged []Damage // newer ones that were passed over: tell the user
}

// ErrNone says that a store has no checkpoint that can be read.
var ErrNone = errors.New("no whole checkpoint")

// Newest reads the newest checkpoint that is whole: its format is right and its
// elements have the checksum that was written with them. It passes over damaged
// ones and reports them. Without any whole one the error is ErrNone, with the
// damaged ones named.
func (s Store) Newest() (*Loaded, error) {
	steps, err := s.Steps()
	if err != nil {
		return nil, err
	}
	out := &Loaded{}
	for _, step := range slices.Backward(steps) {
		path := s.Path(step)
		f, err := read(s.disk(), path)
		if err == nil {
			out.File, out.Step, out.Path = f, step, path
			return out, nil
		}
		out.Damaged = append(out.Damaged, Damage{path, err})
	}
	message := s.Dir
	for _, d := range out.Damaged {
		message += "; " + d.String()
	}
	return out, errors.WithMessage(ErrNone, message)
}

// Read reads and checks one checkpoint file.
func Read(path string) (*weights.File, error) { return read(atomicfile.OS, path) }

func read(disk atomicfile.FS, path string) (*weights.File, error) {
	content, err := disk.ReadFile(path)
	if err != nil {
		return nil, errors.Wrap(err, "checkpoint")
	}
	f, err := weights.Decode(content)
	if err != nil {
		return nil, err
	}
	return f, verify(f)
}

// Write commits one checkpoint file, such as that of the best epoch.
func Write(path string, f *weights.File) error { return write(atomicfile.OS, path, f) }
