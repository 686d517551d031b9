package runs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
)

// FindingsFile holds what a look into the trained network found.
const FindingsFile = "findings.json"

// MostExamining is how long the look into a network takes at most. What it has not come to by then
// is left out.
const MostExamining = 2 * time.Minute

// Findings are what a look into the trained network found, for the report. Pictures are PNGs.
type Findings struct {
	Drawing   string `json:"drawing,omitempty"`    // of the network, as SVG
	DrawingKO string `json:"drawing_ko,omitempty"` // the same in Korean

	// Filters are those of the first convolution, if it reads grey or colour images.
	Filters      [][]byte `json:"filters,omitempty"`
	FiltersLayer string   `json:"filters_layer,omitempty"`

	// Mistakes are the images whose label the network holds least probable, the worst first, among
	// the first Tested ones; MapLayer is the layer that their Grad-CAM is taken at.
	Mistakes []Mistake `json:"mistakes,omitempty"`
	Tested   int       `json:"tested,omitempty"`
	MapLayer string    `json:"map_layer,omitempty"`

	// Times are what the layers take of a training step on Batch images, the most first, and
	// Operations the same by kind of operation.
	Times      []Time  `json:"times,omitempty"`
	Operations []Time  `json:"operations,omitempty"`
	Batch      int     `json:"batch,omitempty"`
	StepTime   float64 `json:"step_seconds,omitempty"`

	// Missing says what could not be found out, and why.
	Missing []string `json:"missing,omitempty"`
}

// Mistake is an image that the network took for something else.
type Mistake struct {
	Image            int `json:"image"` // its index in the test data
	Label, Predicted string
	Probability      float64 // of what it was taken for
	Picture          []byte
	Map              []byte // where the evidence for Predicted is, over the picture; nil: none
}

// Time is what a layer or a kind of operation takes.
type Time struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Share   float64 `json:"share"` // 0 to 1, of all operations
}

func (f *Findings) write(path string) error {
	text, err := json.Marshal(f)
	if err != nil {
		return errors.Wrap(err, FindingsFile)
	}
	return atomicfile.Write(filepath.Join(path, FindingsFile), append(text, '\n'))
}

func readFindings(path string) (*Findings, error) {
	text, err := os.ReadFile(filepath.Join(path, FindingsFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "run")
	}
	f := &Findings{}
	return f, errors.Wrapf(json.Unmarshal(text, f), "run %s: %s", path, FindingsFile)
}
