package main

import (
	"encoding/json"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/pictures"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/runs"
)

// runsFolder is where runs go that are given no folder.
const runsFolder = "runs"

// prediction is what 'demo predict' says of one picture.
type prediction struct {
	Image       string      `json:"image"`
	Predictions []labelled  `json:"predictions"`
	picture     image.Image // small, for the contact sheet
}

type labelled struct {
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

func newPredict() *cobra.Command {
	var run, file, sheet string
	var top int
	var asJSON bool
	c := &cobra.Command{
		Use:   "predict IMAGE...",
		Short: "Classify pictures with a trained network",
		Long: `Predict says what a trained network sees in pictures (JPEG, PNG, GIF or WebP),
the most probable classes first. They are prepared as in training: turned upright,
made grey or colour, scaled.

Without --run and --weights it takes the newest run below runs/, which
'demo train' makes.`,
		Example: `  demo predict digit.png
  demo predict --run runs/flowers --top 3 *.jpg -o sheet.png
  demo predict --weights digits.safetensors --json digit.png`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			if top < 1 {
				return errors.Errorf("--top is %d, want at least 1", top)
			}
			network, err := openClassifier(run, file)
			if err != nil {
				return err
			}
			defer network.Close()
			var done []prediction
			broken := 0
			for _, path := range paths {
				img, err := pictures.Open(path)
				if err != nil {
					if c.Context().Err() != nil {
						return c.Context().Err()
					}
					broken++
					fmt.Fprintln(c.ErrOrStderr(), "demo:", err)
					continue
				}
				results, err := network.Images(c.Context(), img)
				if err != nil {
					return errors.WithMessage(err, path)
				}
				p := prediction{Image: path}
				if sheet != "" { // thousands of whole pictures would fill the memory
					if p.picture, err = pictures.Fit(img, thumbnail, thumbnail); err != nil {
						return errors.WithMessage(err, path)
					}
				}
				for _, r := range results[0].Top(top) {
					p.Predictions = append(p.Predictions, labelled{r.Label, r.Probability})
				}
				if err := p.print(c, asJSON); err != nil {
					return err
				}
				done = append(done, p)
			}
			if sheet != "" && len(done) > 0 {
				if err := contactSheet(sheet, done); err != nil {
					return err
				}
				if !asJSON {
					fmt.Fprintln(c.OutOrStdout(), "wrote", sheet)
				}
			}
			if broken > 0 {
				return errors.Errorf("%s of %d could not be read", count(broken, "picture"), len(paths))
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&run, "run", "", "folder of a run (default the newest below "+runsFolder+")")
	f.StringVar(&file, "weights", "", "file of a trained network, instead of a run")
	f.IntVar(&top, "top", 5, "classes to name for each picture")
	f.BoolVar(&asJSON, "json", false, "print one JSON object a picture")
	f.StringVarP(&sheet, "output", "o", "", "also draw the pictures with their predictions into a file: .png, .svg or .pdf")
	return c
}

// thumbnail is the side of a picture on the contact sheet, in pixels.
const thumbnail = 96

// plain quotes a name that would do something to a terminal, or take a line more.
func plain(name string) string {
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

func (p prediction) print(c *cobra.Command, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(p)
	}
	fmt.Fprintln(c.OutOrStdout(), plain(p.Image))
	for _, l := range p.Predictions {
		if _, err := fmt.Fprintf(c.OutOrStdout(), "  %6.2f %%  %s\n", 100*l.Probability, plain(l.Label)); err != nil {
			return err
		}
	}
	return nil
}

// openClassifier opens a file of weights, a run's, or the newest run's.
func openClassifier(run, file string) (*classify.Classifier, error) {
	if run != "" && file != "" {
		return nil, errors.New("--run and --weights exclude each other")
	}
	if file != "" {
		return classify.Open(file)
	}
	if run == "" {
		var err error
		if run, err = newestRun(runsFolder); err != nil {
			return nil, err
		}
	}
	path, err := weightsOf(run)
	if err != nil {
		return nil, err
	}
	return classify.Open(path)
}

// weightsOf is the file of a run's best weights, or of its last ones where it was
// not tested.
func weightsOf(run string) (string, error) {
	for _, name := range []string{runs.BestFile, runs.WeightsFile} {
		path := filepath.Join(run, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.Errorf("%s has no trained network yet: neither %s nor %s", run, runs.BestFile, runs.WeightsFile)
}

// newestRun is the run below a folder whose weights were written last.
func newestRun(parent string) (string, error) {
	entries, err := os.ReadDir(parent)
	if err != nil && !os.IsNotExist(err) {
		return "", errors.Wrap(err, "runs")
	}
	type run struct {
		path string
		time int64
	}
	var list []run
	for _, e := range entries {
		path := filepath.Join(parent, e.Name())
		file, err := weightsOf(path)
		if err != nil {
			continue
		}
		if info, err := os.Stat(file); err == nil {
			list = append(list, run{path, info.ModTime().UnixNano()})
		}
	}
	if len(list) == 0 {
		return "", errors.Errorf("there is no trained network below %s: run 'demo train' first, or name --run or --weights", parent)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].time > list[j].time })
	return list[0].path, nil
}

// contactSheet draws the pictures with the first prediction below each.
func contactSheet(path string, done []prediction) error {
	images := make([]image.Image, len(done))
	cfg := plots.ImagesConfig{}
	for i, p := range done {
		images[i] = p.picture
		cfg.Captions = append(cfg.Captions, fmt.Sprintf("%s: %.0f %%", p.Predictions[0].Label, 100*p.Predictions[0].Probability))
	}
	figure, err := plots.Images(images, cfg)
	if err != nil {
		return err
	}
	return figure.Save(path)
}
