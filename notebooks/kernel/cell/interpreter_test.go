//go:build mended

package cell

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/cosmos72/gomacro/ast2"
	gomacro "github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/imports"
)

// The interpreter starts on a current Go only after mend has changed its sources,
// so these tests run in the folder that install.sh assembles.

// A mistake in one cell must not reach the next.
func TestPrepareDropsHalfCompiledCode(t *testing.T) {
	ir := NewInterpreter()
	eval := func(src string) (v any, failure any) {
		defer func() { failure = recover() }()
		if _, err := Parse(ir, src); err != nil {
			return nil, err
		}
		got, _ := ir.RunExpr1(ir.Compile(src))
		return got.Interface(), nil
	}
	if _, failure := eval("for i, j := range 3 { print(i, j) }"); failure == nil {
		t.Fatal("two variables over an integer compiled")
	}
	if got, failure := eval("5 + 2"); failure != nil || got != 7 {
		t.Fatalf("got %v, %v; want 7", got, failure)
	}
}

// tree refers to itself, directly and through its methods.
type tree struct{ Children trees }
type trees []*tree

func (t *tree) Add(more ...*tree) trees { t.Children = append(t.Children, more...); return t.Children }
func (t trees) First() *tree            { return t[0] }

// Cells can declare functions and methods over compiled types that refer to
// themselves, and hand them to compiled code.
func TestSelfReferringTypes(t *testing.T) {
	imports.Packages["example.org/forest"] = imports.Package{
		Name: "forest",
		Binds: map[string]reflect.Value{
			"Call": reflect.ValueOf(func(f func(...*tree) int, n int) int { return f(make([]*tree, n)...) }),
		},
		Types: map[string]reflect.Type{"Tree": reflect.TypeFor[tree](), "Trees": reflect.TypeFor[trees]()},
	}
	for range 20 {
		ir := NewInterpreter()
		ir.Eval(`import "example.org/forest"`)
		ir.Eval(`func count(t ...*forest.Tree) int { return len(t) }`)
		ir.Eval(`func groups(t ...forest.Trees) int { return len(t) }`)
		if got, _ := ir.RunExpr1(ir.Compile(`forest.Call(count, 3)`)); got.Interface() != 3 {
			t.Fatalf("count: got %v, want 3", got)
		}
		if got, _ := ir.RunExpr1(ir.Compile(`groups(forest.Trees{}, nil)`)); got.Interface() != 2 {
			t.Fatalf("groups: got %v, want 2", got)
		}
	}
}

// capitals has more methods than a type that embeds it declares.
type capitals struct{}

func (capitals) A() int { return 1 }
func (capitals) B() int { return 2 }
func (capitals) C() int { return 3 }
func (capitals) D() int { return 4 }
func (capitals) E() int { return 5 }
func (capitals) F() int { return 6 }

type letters interface {
	A() int
	F() int
	Name() string
}

type lettersProxy struct {
	Object any
	A_     func(any) int
	F_     func(any) int
	Name_  func(any) string
}

func (p *lettersProxy) A() int       { return p.A_(p.Object) }
func (p *lettersProxy) F() int       { return p.F_(p.Object) }
func (p *lettersProxy) Name() string { return p.Name_(p.Object) }

// A type from a cell may embed a compiled one, override a method, and go where a
// compiled function wants an interface, all in the cell that declares it.
func TestEmbeddedCompiledType(t *testing.T) {
	imports.Packages["example.org/letters"] = imports.Package{
		Name:    "letters",
		Binds:   map[string]reflect.Value{"Sum": reflect.ValueOf(func(l letters) int { return l.A() + l.F() + len(l.Name()) })},
		Types:   map[string]reflect.Type{"Base": reflect.TypeFor[capitals](), "Letters": reflect.TypeFor[letters]()},
		Proxies: map[string]reflect.Type{"Letters": reflect.TypeFor[lettersProxy]()},
	}
	ir := NewInterpreter()
	ir.Eval(`import "example.org/letters"`)
	got, _ := ir.Eval(`
type mine struct{ letters.Base }
func (m mine) Name() string { return "four" }
func (m mine) A() int { return 100 }
letters.Sum(mine{})`)
	if got[0].Interface() != 110 {
		t.Fatalf("got %v, want 110", got[0])
	}
}

// evaluate runs a cell as the kernel does.
func evaluate(ir *fast.Interp, number int, code string) (value any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = Failure(ir, r)
		}
	}()
	ir.Comp.Options &^= gomacro.OptTrapPanic
	ir.Comp.Line, ir.Comp.Filepath = 0, fmt.Sprintf("In[%d]", number)
	nodes, err := Parse(ir, code)
	if err != nil {
		return nil, err
	}
	compiled := ir.CompileAst(ast2.AnyToAst(nodes, "cell"))
	Begin(ir, nodes)
	defer End()
	values, _ := ir.RunExpr(compiled)
	if len(values) > 0 && values[0].IsValid() {
		value = values[0].Interface()
	}
	return value, nil
}

func TestFailuresNameTheLine(t *testing.T) {
	ir := NewInterpreter()
	if _, err := evaluate(ir, 1, "func third(a []int) int {\n\tif len(a) > 0 {\n\t\tfor i := 0; i < 1; i++ {\n\t\t\treturn a[3]\n\t\t}\n\t}\n\treturn 0\n}"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ code, want string }{
		{"x := 1\n\npanic(\"no more\")", "In[2]:3: no more"},
		{"x := 1\nif x > 0 {\n\tx++\n\tfor range 2 {\n\t\tpanic(\"inside\")\n\t}\n}", "In[2]:5: inside"},
		{"x := 2\nthird([]int{1})", "In[2]:2 (in In[1]:4): reflect: slice index out of range"},
		{"x := 2\ny := third([]int{1})\nx = y", "In[2]:2 (in In[1]:4): reflect: slice index out of range"},
		{"f := func() {\n\tdefer func() { recover() }()\n\tpanic(1)\n}\nf()\npanic(\"later\")", "In[2]:6: later"},
		{"\n\nnowhere + 1", "In[2]:3:1: undefined identifier: nowhere"},
		{"func f() int {\n\tfor i := 0; i < 3; i++ {\n\t}\n}", "In[2]:4:1: missing return"},
	} {
		_, err := evaluate(ir, 2, c.code)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.code, err, c.want)
		}
	}
	if got, err := evaluate(ir, 3, "third(nil)"); err != nil || got != 0 {
		t.Errorf("afterwards: %v, %v", got, err)
	}
}

func TestRangeOverIntegers(t *testing.T) {
	ir := NewInterpreter()
	for code, want := range map[string]any{
		"s := 0\nfor i := range 5 {\n\ts += i\n}\ns":                  10,
		"s := 0\nfor range 5 { s++ }\ns":                              5,
		"n, s := 4, 0\nfor i := range n { n = 9; i *= 2; s += i }\ns": 12,
		"s := 0\nouter: for i := range 5 { for j := range 5 { if j == 1 { continue outer }; if i == 3 { break outer }; s += 1 } }\ns": 3,
		"k := int8(0)\nfor k = range int8(4) { }\nk":                                                                 int8(3),
		"f := []func() int{}\nfor i := range 3 { f = append(f, func() int { return i }) }\nf[0]() + f[1]() + f[2]()": 3,
		"s := 0\nfor i := range []int{7, 7} { s += i }\ns":                                                           1,
	} {
		if got, err := evaluate(ir, 1, code); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", code, got, err, want)
		}
	}
	if _, err := evaluate(ir, 1, "for i, j := range 3 { _ = i + j }"); err == nil || !strings.Contains(err.Error(), "one variable") {
		t.Errorf("two variables: %v", err)
	}
}

// An expression that has a second value on the right of an assignment has one as
// an argument.
func TestOnlyArgument(t *testing.T) {
	ir := NewInterpreter()
	for code, want := range map[string]any{
		"var x any = 5\nfunc twice(n int) int { return 2 * n }\ntwice(x.(int))":                          10,
		"m := map[string]int{\"a\": 3}\ntwice(m[\"a\"])":                                                 6,
		"c := make(chan int, 1)\nc <- 4\ntwice((<-c))":                                                   8,
		"func pair() (int, int) { return 7, 2 }\nfunc less(a, b int) int { return a - b }\nless(pair())": 5,
	} {
		if code[0] != 'v' {
			code = "func twice(n int) int { return 2 * n }\n" + code
		}
		if got, err := evaluate(ir, 1, code); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", code, got, err, want)
		}
	}
}

func TestInterrupt(t *testing.T) {
	ir := NewInterpreter()
	press := func(after time.Duration, times int) {
		time.Sleep(after)
		for range times {
			interrupt(ir, os.Interrupt)
		}
	}
	press(0, 1) // between cells: nothing happens
	if got, err := evaluate(ir, 1, "import \"time\"\n7"); err != nil || got != 7 {
		t.Fatalf("after an idle interrupt: %v, %v", got, err)
	}
	go press(200*time.Millisecond, 1)
	got, err := evaluate(ir, 2, "kept := 0\nselect {\ncase <-ctx.Done():\n\tkept = 42\ncase <-time.After(20 * time.Second):\n}\nkept")
	if err != nil || got != 42 {
		t.Fatalf("a cell with a context: %v, %v; want 42", got, err)
	}
	go press(200*time.Millisecond, 1)
	if _, err = evaluate(ir, 3, "for {\n\tkept++\n}"); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Fatalf("a cell without a context: %v", err)
	}
	go press(200*time.Millisecond, 2)
	if _, err = evaluate(ir, 4, "for {\n\t_ = ctx\n}"); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Fatalf("a second press: %v", err)
	}
	if got, err := evaluate(ir, 5, "ctx.Err() == nil"); err != nil || got != true {
		t.Fatalf("the next cell's context: %v, %v", got, err)
	}
	if got, err := evaluate(ir, 6, "ctx := 5\nctx"); err != nil || got != 5 {
		t.Fatalf("a ctx of one's own: %v, %v", got, err)
	}
	if got, err := evaluate(ir, 7, "ctx"); err != nil || got != 5 {
		t.Fatalf("a ctx of one's own in the next cell: %v, %v", got, err)
	}
}

// settings is a struct of a compiled package.
type settings struct {
	Epochs int
	Batch  int
	hidden int
}

// Describe is a method.
func (s settings) Describe() string { return fmt.Sprint(s.hidden) }

func TestCompleteAndInspect(t *testing.T) {
	imports.Packages["example.org/training"] = imports.Package{
		Name:  "training",
		Binds: map[string]reflect.Value{"Fit": reflect.ValueOf(func(settings) *settings { return nil })},
		Types: map[string]reflect.Type{"Settings": reflect.TypeFor[settings]()},
	}
	own := reflect.TypeFor[settings]()
	document(t, Documentation{
		"example.org/training": {"": {Doc: "Package training trains."}, "Fit": {Decl: "func Fit(Settings) *Settings", Doc: "Fit fits."}},
		own.PkgPath():          {"settings.Epochs": {Decl: "Epochs int", Doc: "0 means 10"}, "settings.Describe": {Decl: "func (s settings) Describe() string", Doc: "Describe is a method."}},
	})
	ir := NewInterpreter()
	if _, err := evaluate(ir, 1, "import \"example.org/training\"\ns := training.Settings{}\nq := &s\no := &struct{ Inner *training.Settings }{q}\ntype pair struct { Left, Right int }\n// 한글"); err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{
		"s.":                                "Batch Describe Epochs",
		"q.E":                               "Epochs",
		"o.Inner.":                          "Batch Describe Epochs",
		"o.Inner.Describe.":                 "",
		"nobody.":                           "",
		"// 한글\nx := s.Ba":                  "Batch",
		"training.F":                        "Fit",
		"training.Settings{":                "Epochs Batch",
		"training.Settings{Epochs: 3, Ba":   "Batch",
		"training.Fit(training.Settings{Ba": "Batch",
		"pair{Le":                           "Left",
		"training.Settings{Epochs: Ba":      "",
		"f().E":                             "",
	} {
		start, end, got := Complete(ir, code, utf8.RuneCountInString(code))
		if strings.Join(got, " ") != want {
			t.Errorf("%q: completed by %q, want %q", code, got, want)
		}
		word := fast.TailIdentifier(code)
		if n := utf8.RuneCountInString(code); end != n || start != n-len(word) {
			t.Errorf("%q: replaces %d..%d of %d", code, start, end, n)
		}
	}
	for _, c := range []struct {
		code   string // the cursor is at |
		decl   string
		detail string
	}{
		{"training.Fi|t(s)", "func Fit(Settings) *Settings", "Fit fits."},
		{"training.Fit(|", "func Fit(Settings) *Settings", "Fit fits."},
		{"training.Fit(s, |", "func Fit(Settings) *Settings", "Fit fits."},
		{"trai|ning.Fit", "package training", "trains"},
		{"s.Epo|chs", "Epochs int", "0 means 10"},
		{"q.Epo|chs", "Epochs int", "0 means 10"},
		{"o.Inner.Epo|chs", "Epochs int", "0 means 10"},
		{"q.Describe|()", "func (s settings) Describe() string", "is a method"},
		{"training.Settings{Epochs|: 3}", "Epochs int", "0 means 10"},
		{"x := pai|r{}", "type pair", ""},
		{"s|", "s ", "settings"},
	} {
		before, _, _ := strings.Cut(c.code, "|")
		answer := Inspect(ir, map[string]any{"code": strings.ReplaceAll(c.code, "|", ""), "cursor_pos": float64(len(before))})
		data, _ := answer["data"].(map[string]any)
		text, _ := data["text/plain"].(string)
		if answer["found"] != true || !strings.Contains(text, c.decl) || !strings.Contains(text, c.detail) {
			t.Errorf("%q: %v, want %q and %q", c.code, answer, c.decl, c.detail)
		}
	}
	for _, code := range []string{"", "nobody.Knows", "7 + ", "\"text\""} {
		if answer := Inspect(ir, map[string]any{"code": code, "cursor_pos": float64(len(code))}); answer["found"] != false || answer["status"] != "ok" {
			t.Errorf("%q: %v", code, answer)
		}
	}
}
