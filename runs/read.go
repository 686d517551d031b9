package runs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// TestFile holds what the last test of a run found, beyond the history.
const TestFile = "test.json"

// Test is the last test of a run: what became of the images of each class.
type Test struct {
	Images   int      `json:"images"`
	Loss     float64  `json:"loss"`
	Accuracy float64  `json:"accuracy"`
	TopFive  float64  `json:"top_five"`
	Classes  []string `json:"classes"`
	// Confusion[label][predicted] counts images.
	Confusion [][]int `json:"confusion"`
}

// writeTest keeps what a run found in its last test, if that has classes.
func (d *Dir) writeTest(e *trainer.Evaluation) error {
	if e == nil || e.Confusion == nil {
		return nil
	}
	names := d.cfg.Description.Classes
	if len(names) != len(e.Confusion.Count) {
		names = nil
		for _, c := range e.Confusion.PerClass() {
			names = append(names, c.Class)
		}
	}
	text, err := json.Marshal(Test{e.Images, e.Loss, e.Accuracy, e.TopFive, names, e.Confusion.Count})
	if err != nil {
		return errors.Wrap(err, TestFile)
	}
	return atomicfile.Write(filepath.Join(d.path, TestFile), append(text, '\n'))
}

// Summary is what a run's folder tells of it.
type Summary struct {
	Path     string
	Settings map[string]any // config.json
	History  trainer.History
	Test     *Test // nil: not tested, or no classes
	// Gradients and Findings are there of a run with Config.Examine.
	Gradients *Gradients
	Findings  *Findings
	// Finished tells whether the run came to its end, Weights the SHA-256 of
	// the weights that it then kept: checkpoint.ParamsChecksum of the parameters,
	// or of their averages where those are kept.
	Finished   bool
	Weights    string
	Parameters int // numbers that were learned; 0: not known
}

// parametersKey is where a file of weights says how many parameters there are,
// which its tensors don't: they are buffers as well.
const parametersKey = "parameters"

// Read reads a run's folder, finished or not. Nothing is changed, and another
// process may be at work on it.
func Read(path string) (Summary, error) {
	s := Summary{Path: path}
	if err := Settings(path, &s.Settings); err != nil {
		return s, err
	}
	text, err := os.ReadFile(filepath.Join(path, HistoryFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return s, errors.Wrap(err, "run")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	for line := 1; ; line++ {
		var e trainer.Epoch
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return s, errors.Wrapf(err, "run %s: %s, line %d", path, HistoryFile, line)
		}
		s.History = append(s.History, e)
	}
	if s.Test, err = readTest(path); err != nil {
		return s, err
	}
	if s.Gradients, err = readGradients(path); err != nil {
		return s, err
	}
	if s.Findings, err = readFindings(path); err != nil {
		return s, err
	}
	kept, err := checkpoint.Read(filepath.Join(path, WeightsFile))
	switch {
	case err == nil:
		// Without the results beside them, which no one's copy of the weights has.
		s.Finished, s.Weights = true, checkpoint.Checksum(&weights.File{Tensors: kept.Tensors})
		s.Parameters, _ = strconv.Atoi(kept.Metadata[parametersKey]) // 0 in older files
	case !errors.Is(err, os.ErrNotExist):
		return s, errors.WithMessagef(err, "run %s", path)
	}
	return s, nil
}

func readTest(path string) (*Test, error) {
	text, err := os.ReadFile(filepath.Join(path, TestFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "run")
	}
	t := &Test{}
	if err := json.Unmarshal(text, t); err != nil {
		return nil, errors.Wrapf(err, "run %s: %s", path, TestFile)
	}
	for _, row := range t.Confusion {
		if len(row) != len(t.Confusion) || len(t.Classes) != len(t.Confusion) {
			return nil, errors.Errorf("run %s: %s: %d classes with a confusion matrix of %d rows, one of %d", path, TestFile, len(t.Classes), len(t.Confusion), len(row))
		}
	}
	return t, nil
}

// Name is the folder's own name.
func (s Summary) Name() string { return filepath.Base(filepath.Clean(s.Path)) }

// Seconds is the time of training in all, without tests.
func (s Summary) Seconds() float64 {
	sum := 0.0
	for _, e := range s.History {
		sum += e.Seconds
	}
	return sum
}

// ImagesPerSecond is the mean speed of training, without tests; 0: not known.
func (s Summary) ImagesPerSecond() float64 {
	images := 0
	for _, e := range s.History {
		images += e.Images
	}
	if seconds := s.Seconds(); seconds > 0 {
		return float64(images) / seconds
	}
	return 0
}

// setting is a setting as text, empty for none.
func (s Summary) setting(key string) string {
	switch v := s.Settings[key].(type) {
	case nil:
		return ""
	case string:
		return v
	case float64, bool:
		return fmt.Sprint(v)
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(text)
	}
}

// settingNames lists all settings of these runs, sorted.
func settingNames(runs []Summary) []string {
	var names []string
	for _, r := range runs {
		for name := range r.Settings {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
