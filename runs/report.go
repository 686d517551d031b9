package runs

import (
	"bytes"
	"fmt"
	"html/template"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/table"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// ReportFile is the page that tells of a run.
const ReportFile = "report.html"

// WriteReport makes a run's report.html from what else is in its folder: result,
// curves, how each class fared, settings, the history. The page needs nothing but
// itself.
func WriteReport(path string) error {
	s, err := Read(path)
	if err != nil {
		return err
	}
	page, err := s.Report()
	if err != nil {
		return errors.WithMessagef(err, "run %s: report", path)
	}
	return atomicfile.Write(filepath.Join(path, ReportFile), page)
}

// Report is the page that WriteReport writes.
func (s Summary) Report() ([]byte, error) {
	p := page{Name: s.Name(), Folder: quoted(s.Path), Finished: s.Finished, Result: s.result(), Facts: s.facts()}
	if len(s.History) > 0 {
		run := Curves(s.Name(), s.History)
		run.Name = ""
		figure, err := plots.History("", run)
		if err != nil {
			return nil, err
		}
		p.Curves = inline(figure)
		if figure, err = s.rates(); err != nil {
			return nil, err
		}
		p.Rates = inline(figure)
		p.History = template.HTML(s.History.HTML())
	}
	if t := s.Test; t != nil {
		c := trainer.Confusion{Classes: t.Classes, Count: t.Confusion}
		scores := table.Table{Head: []string{"class", "images", "recall", "precision", "F1", "most often taken for"}}
		for i, k := range c.PerClass() {
			scores.Rows = append(scores.Rows, []string{k.Class, fmt.Sprint(k.Images), percent(k.Recall), percent(k.Precision), percent(k.F1), t.mistaken(i)})
		}
		p.Classes = template.HTML(scores.HTML())
		if len(t.Classes) <= 40 {
			figure, err := plots.Confusion(t.Confusion, t.Classes)
			if err != nil {
				return nil, err
			}
			p.Confusion = inline(figure)
		}
	}
	settings := table.Table{Head: []string{"setting", "value"}}
	for _, name := range settingNames([]Summary{s}) {
		settings.Rows = append(settings.Rows, []string{name, s.setting(name)})
	}
	p.Settings = template.HTML(settings.HTML())
	var b bytes.Buffer
	if err := reportPage.Execute(&b, p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// result is one sentence.
func (s Summary) result() string {
	last, best := s.History.Last(), s.History.Best()
	switch {
	case last.Epoch == 0:
		return "No epoch is finished yet."
	case !best.Evaluated:
		return fmt.Sprintf("Training loss %.4f after %d epochs. The network was not tested.", last.TrainLoss, last.Epoch)
	case !best.HasAccuracy():
		return fmt.Sprintf("Test loss %.4f after %d epochs; the best was %.4f, after %d.", last.TestLoss, last.Epoch, best.TestLoss, best.Epoch)
	}
	text := fmt.Sprintf("Test accuracy %s after %d epochs", percent(last.TestAccuracy), last.Epoch)
	if !last.Evaluated {
		text = fmt.Sprintf("%d epochs", last.Epoch)
	}
	if best.Epoch != last.Epoch {
		text += fmt.Sprintf("; the best was %s, after %d", percent(best.TestAccuracy), best.Epoch)
	}
	return text + "."
}

// facts are short lines below the result.
func (s Summary) facts() []string {
	var facts []string
	if !s.Finished {
		facts = append(facts, "The run has not come to its end.")
	}
	wait := 0.0
	for _, e := range s.History {
		wait += e.DataWait
	}
	if seconds := s.Seconds(); seconds > 0 {
		facts = append(facts, fmt.Sprintf("%.1f s of training, %.0f images/s; it waited for images %.2f %% of the time.", seconds, s.ImagesPerSecond(), 100*wait/seconds))
	}
	if t := s.Test; t != nil && len(t.Classes) > 5 {
		facts = append(facts, fmt.Sprintf("%d test images; the label is among the five most probable for %s of them.", t.Images, percent(t.TopFive)))
	}
	if s.Parameters > 0 {
		facts = append(facts, fmt.Sprintf("%d parameters.", s.Parameters))
	}
	if s.Weights != "" {
		facts = append(facts, "Weights' SHA-256: "+s.Weights)
	}
	return facts
}

// rates draws the learning rate at the end of each epoch.
func (s Summary) rates() (*plots.Figure, error) {
	line := plots.Series{}
	for _, e := range s.History {
		line.X, line.Y = append(line.X, float64(e.Epoch)), append(line.Y, e.LR)
	}
	return plots.Curve("", "epoch", "learning rate", line)
}

// quoted is a path that a shell takes as one word.
func quoted(path string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-", r)
	}
	if path != "" && !strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// mistaken says what images of a class are wrongly taken for most often.
func (t *Test) mistaken(label int) string {
	most, at := 0, -1
	for k, n := range t.Confusion[label] {
		if k != label && n > most {
			most, at = n, k
		}
	}
	if at < 0 {
		return ""
	}
	return fmt.Sprintf("%s (%d)", t.Classes[at], most)
}

// inline is a figure as a part of a page.
func inline(f *plots.Figure) template.HTML {
	svg := f.SVG()
	if i := strings.Index(svg, "<svg"); i > 0 {
		svg = svg[i:] // without the XML declaration
	}
	return template.HTML(svg)
}

type page struct {
	Name, Result     string
	Facts            []string
	Folder           string // as a shell takes it
	Finished         bool
	Curves, Rates    template.HTML
	Confusion        template.HTML
	Classes, History template.HTML
	Settings         template.HTML
}

// style is that of all pages.
const style = `body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 960px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin-bottom: 0.2em; overflow-wrap: anywhere; }
h2 { font-size: 1.15em; margin-top: 2em; border-bottom: 1px solid #ddd; }
.result { font-size: 1.25em; margin: 0.3em 0; }
.facts { color: #555; margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9em; font-variant-numeric: tabular-nums; }
th, td { padding: 0.15em 0.7em; border-bottom: 1px solid #eee; white-space: nowrap; }
td:last-child { white-space: normal; overflow-wrap: anywhere; }
.rates svg { max-width: 26em; }
svg { max-width: 100%; height: auto; }
pre { background: #f6f6f6; padding: 0.7em; overflow-x: auto; }
`

var reportPage = template.Must(template.New("report").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Name}}</title>
<style>
` + style + `</style>
</head>
<body>
<h1>{{.Name}}</h1>
<p class="result">{{.Result}}</p>
{{range .Facts}}<p class="facts">{{.}}</p>
{{end}}{{if .Curves}}<h2>Loss and accuracy</h2>
<div class="scroll" role="region" tabindex="0" aria-label="scrollable">{{.Curves}}</div>
<h2>Learning rate at each epoch's end</h2>
<div class="scroll rates" role="region" tabindex="0" aria-label="learning rate">{{.Rates}}</div>
{{end}}{{if .Classes}}<h2>Classes</h2>
<div class="scroll" role="region" tabindex="0" aria-label="scrollable">{{.Classes}}</div>
{{end}}{{if .Confusion}}<h2>What was taken for what</h2>
<div class="scroll" role="region" tabindex="0" aria-label="scrollable">{{.Confusion}}</div>
{{end}}{{if .History}}<h2>Epochs</h2>
<div class="scroll" role="region" tabindex="0" aria-label="scrollable">{{.History}}</div>
{{end}}<h2>Settings</h2>
<div class="scroll" role="region" tabindex="0" aria-label="scrollable">{{.Settings}}</div>
<h2>Going on</h2>
<pre>demo predict --run {{.Folder}} picture.png
demo eval --run {{.Folder}}
{{if .Finished}}demo reproduce {{.Folder}}
{{else}}demo train --resume {{.Folder}}
{{end}}demo compare {{.Folder}} OTHER</pre>
<p class="facts">{{.Folder}} is this page's folder, as seen from where the run was made.</p>
</body>
</html>
`))
