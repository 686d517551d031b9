package lab

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/plots"
)

// Result is what an experiment found.
type Result struct {
	Experiment string   `json:"experiment"`
	Title      Text     `json:"title"`
	Question   Text     `json:"question"`
	Papers     []Paper  `json:"papers"`
	Claims     []Claim  `json:"claims"`
	Tables     []Table  `json:"tables"` // without rows in the file: those are in NAME.csv
	Figures    []Figure `json:"figures"`
	// Charts are curves to zoom on the page; their numbers are in tables, too.
	Charts []page.Chart `json:"-"`
	// Method says what was run, with all sizes, so that somebody else could.
	Method []Text `json:"method"`

	// Command repeats the result.
	Command string   `json:"command"`
	Data    []string `json:"data,omitempty"` // what images there were
	Seeds   []uint64 `json:"seeds"`
	Full    bool     `json:"full,omitempty"`
	Seconds float64  `json:"seconds"`
	Machine Machine  `json:"machine"`
}

// Machine says where a result was made. Numbers differ in the last digits
// between instruction sets, and training makes more of that.
type Machine struct {
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	ISA     string `json:"isa"`
	Threads int    `json:"threads"`
	Go      string `json:"go"`
}

// Verdict says whether a claim stood up to the measurement.
type Verdict string

// The verdicts.
const (
	Holds  Verdict = "holds"
	Partly Verdict = "partly"
	Fails  Verdict = "fails"
)

// Text is the verdict as people say it.
func (v Verdict) Text() Text {
	switch v {
	case Holds:
		return Text{EN: "holds", KO: "맞다"}
	case Partly:
		return Text{EN: "holds in part", KO: "일부만 맞다"}
	}
	return Text{EN: "does not hold", KO: "맞지 않다"}
}

// verdict is Holds where the measurement says so, else the other one.
func verdict(holds bool, otherwise Verdict) Verdict {
	if holds {
		return Holds
	}
	return otherwise
}

// Claim is a sentence of the textbooks and what became of it: one row of
// docs/lessons.md.
type Claim struct {
	Textbook  Text    `json:"textbook"`
	Published Text    `json:"published"` // the paper's own numbers; empty: it has none
	Source    string  `json:"source"`    // "Glorot and Bengio 2010, figure 6"
	Measured  Text    `json:"measured"`  // made of the numbers in Table, with the spread over seeds
	Table     string  `json:"table"`     // whose CSV has the numbers
	Holds     Verdict `json:"holds"`
	Verdict   Text    `json:"verdict"` // why, in a sentence; Do takes it from Why, if there is one

	// Why has the sentence for each verdict that can be explained. For another one
	// Do writes that this run was otherwise: a sentence never stands beside numbers
	// that it does not explain.
	Why map[Verdict]Text `json:"-"`
}

// settle chooses the explanation of what was measured.
func (c *Claim) settle() {
	if c.Why == nil {
		return
	}
	var explained bool
	if c.Verdict, explained = c.Why[c.Holds]; !explained {
		c.Verdict = Text{EN: "It was otherwise in this run; what is measured stands beside.", KO: "이번 실행에서는 다르게 나왔다. 측정한 값은 옆에 있다."}
	}
}

// Table is a rectangle of numbers that becomes NAME.csv.
type Table struct {
	Name    string     `json:"name"`
	Caption Text       `json:"caption"`
	Head    []string   `json:"head"`
	HeadKO  []string   `json:"head_ko,omitempty"` // for pages; the file has Head
	Rows    [][]string `json:"-"`
}

// add appends a row. Numbers are written by cell, the rest as they print.
func (t *Table) add(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = cellOf(c)
	}
	t.Rows = append(t.Rows, row)
}

// CSV is the table as a file of comma-separated values, its head first.
func (t Table) CSV() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{t.Head}, t.Rows...)); err != nil {
		return nil, errors.Wrap(err, t.Name)
	}
	return b.Bytes(), nil
}

// Figure is a picture that becomes NAME.svg and NAME.png.
type Figure struct {
	Name    string        `json:"name"`
	Caption Text          `json:"caption"` // what is drawn: axes, lines, means
	Alt     Text          `json:"alt"`     // for those who can't see it: the kind of picture
	Shows   Text          `json:"shows"`   // what this run brought, made of its numbers; read after Alt
	Figure  *plots.Figure `json:"-"`
	KO      *plots.Figure `json:"-"` // with Korean words, for the page; nil: Figure in both languages
	// Chart stands on the page instead of Figure, under Title: curves to zoom.
	Chart *page.Chart `json:"-"`
	Title Text        `json:"-"`
}

// fileName is what tables and figures may be called.
var fileName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// check refuses a result that can't be written or whose claims point nowhere.
func (r *Result) check() error {
	tables := map[string]bool{}
	for _, t := range r.Tables {
		if !fileName.MatchString(t.Name) || tables[t.Name] {
			return errors.Errorf("lab %s: table name %q, want each of a-z, 0-9 and _, once", r.Experiment, t.Name)
		}
		tables[t.Name] = true
		for i, row := range t.Rows {
			if len(row) != len(t.Head) {
				return errors.Errorf("lab %s: row %d of table %s has %d cells, its head has %d", r.Experiment, i, t.Name, len(row), len(t.Head))
			}
		}
		if t.HeadKO != nil && len(t.HeadKO) != len(t.Head) {
			return errors.Errorf("lab %s: table %s has %d heads in Korean, %d in English", r.Experiment, t.Name, len(t.HeadKO), len(t.Head))
		}
	}
	figures := map[string]bool{}
	for _, f := range r.Figures {
		if !fileName.MatchString(f.Name) || figures[f.Name] || f.Figure == nil {
			return errors.Errorf("lab %s: figure %q, want names of a-z, 0-9 and _, once, and something drawn", r.Experiment, f.Name)
		}
		figures[f.Name] = true
	}
	for _, c := range r.Claims {
		if !tables[c.Table] {
			return errors.Errorf("lab %s: the claim %q has its numbers in table %q, which is not there", r.Experiment, c.Textbook.EN, c.Table)
		}
		if c.Holds != Holds && c.Holds != Partly && c.Holds != Fails {
			return errors.Errorf("lab %s: verdict %q on the claim %q", r.Experiment, c.Holds, c.Textbook.EN)
		}
	}
	return nil
}

// Table returns the table of that name, or nil.
func (r *Result) table(name string) *Table {
	for i := range r.Tables {
		if r.Tables[i].Name == name {
			return &r.Tables[i]
		}
	}
	return nil
}

// Write puts the result into a folder, which it makes where needed: result.json,
// a .csv file for each table, .svg and .png files for each figure, and index.html.
func (r *Result) Write(dir string) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := atomicfile.MakeFolder(dir); err != nil {
		return err
	}
	for _, t := range r.Tables {
		content, err := t.CSV()
		if err != nil {
			return err
		}
		if err := atomicfile.Write(filepath.Join(dir, t.Name+".csv"), content); err != nil {
			return err
		}
	}
	for _, f := range r.Figures {
		for _, ending := range []string{".svg", ".png"} {
			if err := f.Figure.Save(filepath.Join(dir, f.Name+ending)); err != nil {
				return err
			}
		}
	}
	if err := r.Page().Write(filepath.Join(dir, "index.html")); err != nil {
		return err
	}
	// Last, so that a folder with a result.json is a whole one.
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return errors.Wrap(err, "lab")
	}
	return atomicfile.Write(filepath.Join(dir, "result.json"), b.Bytes())
}

// Read returns the result that a folder holds, with its tables' rows and
// without its figures.
func Read(dir string) (*Result, error) {
	content, err := os.ReadFile(filepath.Join(dir, "result.json"))
	if err != nil {
		return nil, errors.Wrap(err, "lab")
	}
	r := &Result{}
	if err := json.Unmarshal(content, r); err != nil {
		return nil, errors.Wrap(err, filepath.Join(dir, "result.json"))
	}
	for i := range r.Tables {
		t := &r.Tables[i]
		if !fileName.MatchString(t.Name) {
			return nil, errors.Errorf("%s: table name %q", filepath.Join(dir, "result.json"), t.Name)
		}
		content, err := os.ReadFile(filepath.Join(dir, t.Name+".csv"))
		if err != nil {
			return nil, errors.Wrap(err, "lab")
		}
		rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
		if err != nil || len(rows) == 0 {
			return nil, errors.Errorf("%s.csv is no table: %v", filepath.Join(dir, t.Name), err)
		}
		t.Rows = rows[1:]
	}
	return r, nil
}

// numbers reads a column of a table, of those rows that begin with these cells.
func (r *Result) numbers(name, column string, first ...string) ([]float64, error) {
	t := r.table(name)
	if t == nil {
		return nil, errors.Errorf("no table %q", name)
	}
	at := slices.Index(t.Head, column)
	if at < 0 || len(first) > len(t.Head) {
		return nil, errors.Errorf("table %s: no column %q or %d cells to begin with", name, column, len(first))
	}
	var values []float64
	for _, row := range t.Rows {
		if !slices.Equal(row[:len(first)], first) {
			continue
		}
		v, err := strconv.ParseFloat(row[at], 64)
		if err != nil {
			return nil, errors.Wrapf(err, "table %s, column %s", name, column)
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return nil, errors.Errorf("table %s: no rows of %q", name, first)
	}
	return values, nil
}
