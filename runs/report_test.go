package runs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/checkpoint"
	"github.com/stheno-ml/stheno/internal/table"
	"github.com/stheno-ml/stheno/trainer"
)

// made trains the small problem into a folder.
func made(t *testing.T, path string, change func(*trainer.Config, *Config)) Summary {
	t.Helper()
	net, data, cfg, keep := problem(t)
	change(&cfg, &keep)
	d, err := Create(path, keep)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	cfg.Hooks = append(cfg.Hooks, d.Hook())
	if _, err := trainer.Fit(t.Context(), net, data, cfg); err != nil {
		t.Fatal(err)
	}
	s, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReport: the page has the run's figures, and text of others' as text.
func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "<b>run")
	trained := ""
	s := made(t, path, func(cfg *trainer.Config, keep *Config) {
		cfg.Hooks = []trainer.Hook{{Name: "checksum", OnEnd: func(r *trainer.Run) (err error) {
			trained, err = checkpoint.ParamsChecksum(r.Params)
			return err
		}}}
		keep.Examine = true
		keep.Settings = map[string]any{"arch": "lenet5", "data_dir": "<script>alert(1)</script>"}
		keep.Description.Classes[3] = "<i>three"
	})
	if !s.Finished || len(s.History) != 3 || s.Test == nil || len(s.Test.Confusion) != 10 || s.Test.Accuracy != s.History.Last().TestAccuracy {
		t.Errorf("read %+v", s)
	}
	if s.Weights != trained || s.Parameters == 0 {
		t.Errorf("%d parameters, weights %s, want those of training, %s", s.Parameters, s.Weights, trained)
	}
	text, err := os.ReadFile(filepath.Join(path, ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, want := range []string{table.Percent(s.History.Last().TestAccuracy), s.Weights, "&lt;i&gt;three", "&lt;script&gt;", "lenet5", "<svg", "&lt;b&gt;run",
		"learning rate", fmt.Sprintf("<dd>%d</dd>", s.Parameters), "demo reproduce &#39;", "uPlot", "학습 곡선", `id="gradients"`, `id="network"`, `id="time"`, "The trained filters of <code>conv1</code>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<i>", "<b>", "<?xml", "<script src", "<script>alert", `src="http`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	f, g := s.Findings, s.Gradients
	if f == nil || len(f.Missing) > 0 || f.Drawing == "" || !strings.Contains(f.DrawingKO, "합성곱") || len(f.Filters) != 6 || len(f.Times) == 0 || len(f.Operations) == 0 || f.Tested != 40 {
		t.Errorf("findings %+v", f)
	}
	if wrong := float64(len(f.Mistakes)); wrong > 0 && f.MapLayer == "" {
		t.Error("mistakes without Grad-CAM")
	}
	if g == nil || len(g.At) != 4 || g.At[0].Step != 1 || g.At[0].Epoch != 0 || g.At[3].Epoch != 3 || len(g.Layers) != 5 {
		t.Errorf("gradients %+v", g)
	}
}

// TestExaminingLeavesTheRunAsItIs: weights and history are the same bit for bit.
func TestExaminingLeavesTheRunAsItIs(t *testing.T) {
	dir := t.TempDir()
	a := made(t, filepath.Join(dir, "a"), func(*trainer.Config, *Config) {})
	b := made(t, filepath.Join(dir, "b"), func(_ *trainer.Config, keep *Config) { keep.Examine = true })
	if d := Differences(a, b, 0); len(d) != 0 {
		t.Errorf("a run that is looked into differs: %v", d)
	}
	if a.Findings != nil || b.Findings == nil {
		t.Errorf("findings %v and %v, want none and some", a.Findings, b.Findings)
	}
	// What it noted goes on where a run goes on.
	f := readFlow(b.Path, b.Gradients.At[1].Step)
	if len(f.At) != 2 {
		t.Errorf("%d of the gradients are from before the step, want 2", len(f.At))
	}
}

// TestCompareAndDifferences: equal runs are the same but for their times, others
// differ in what was set otherwise.
func TestCompareAndDifferences(t *testing.T) {
	dir := t.TempDir()
	same := func(*trainer.Config, *Config) {}
	a, b := made(t, filepath.Join(dir, "a"), same), made(t, filepath.Join(dir, "b"), same)
	if d := Differences(a, b, 0); len(d) != 0 {
		t.Errorf("equal runs differ: %v", d)
	}
	if c := Compare(a, b); len(c.Differ) != 0 {
		t.Errorf("equal settings differ: %v", c.Differ)
	}
	other := made(t, filepath.Join(dir, "c"), func(cfg *trainer.Config, keep *Config) {
		cfg.Seed = 5
		keep.Settings = map[string]any{"arch": "lenet5", "seed": 5}
	})
	if d := Differences(a, other, 0); len(d) != 1 || !strings.HasPrefix(d[0], "epoch 1: training loss") {
		t.Errorf("of another seed: %v", d)
	}
	if d := Differences(a, other, 1); len(d) != 1 || !strings.HasPrefix(d[0], "epoch 1: training loss") {
		t.Errorf("of one epoch: %v", d)
	}
	c := Compare(a, other)
	text := c.String()
	for _, want := range []string{"a ", "c ", "seed", "5", table.Percent(a.History.Best().TestAccuracy), a.Weights[:12]} {
		if !strings.Contains(text, want) {
			t.Errorf("the comparison lacks %q:\n%s", want, text)
		}
	}
	if page, err := c.Page(); err != nil || !strings.Contains(string(page), "<svg") || !strings.Contains(string(page), "Settings that differ") || strings.Contains(string(page), `src="http`) {
		t.Errorf("the page of the comparison: %v\n%s", err, page)
	}
	if figure, err := Plot("a", a.History); err != nil || !strings.Contains(figure.SVG(), ">epoch<") {
		t.Errorf("the history's figure: %v", err)
	}
	if figure, err := c.Figure(); err != nil || !strings.Contains(figure.SVG(), "<svg") {
		t.Error(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("a folder without a run: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a", HistoryFile), []byte("{}\n{oops"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(filepath.Join(dir, "a")); err == nil || !strings.Contains(err.Error(), "history.jsonl, line 2") {
		t.Errorf("a damaged history: %v", err)
	}
}

func TestQuoted(t *testing.T) {
	for path, want := range map[string]string{
		"runs/a-1.b": "runs/a-1.b", "": "''", "my run": "'my run'", "it's": `'it'\''s'`, "$(x)": "'$(x)'"} {
		if got := quoted(path); got != want {
			t.Errorf("%q is quoted as %s, want %s", path, got, want)
		}
	}
}

// The report's table of epochs is the history's own, with a reader's words at its head.
func TestReportSaysWhatAnEpochLacks(t *testing.T) {
	s := Summary{History: trainer.History{{Epoch: 1, TrainLoss: 2, Parts: []trainer.PartLoss{{Name: "main"}}}, {Epoch: 2, Partial: true, Steps: 7, Evaluated: true, TestLoss: 1, TrainLoss: 1, Parts: []trainer.PartLoss{{Name: "main"}}}}}
	table := s.epochs()
	if got := table.Rows[1][0]; got != "2 (7 steps)" {
		t.Errorf("the unfinished epoch is %q", got)
	}
	if table.Head[1].KO != "학습 손실" || table.Head[2].EN != "main" || len(table.Head) != len(table.Rows[0]) {
		t.Errorf("head %+v", table.Head)
	}
}
