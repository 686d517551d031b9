package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `package sample

import "io"

const Big = 1 << 70
const Half = 0.5
const Name = "sample"
const Typed uint8 = 7

var Level int

type hidden struct{}

type Shape []int

type Pair[T any] struct{ A, B T }
type IntPair = Pair[int]

type Number interface{ ~int | ~float64 }

type Sink interface {
	io.Writer
	Flush(force bool, names ...string)
	Close() error
}

type Sealed interface{ seal() }
type Leaky interface{ Leak() hidden }

func Make(dims ...int) Shape { return dims }
func Map[T any](x T) T       { return x }
func private()               {}
`

func checked(t *testing.T, path, src string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "sample.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := conf.Check(path, fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func TestBindingFile(t *testing.T) {
	src, err := bindingFile(checked(t, "example.org/sample", sample))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(src)), " ")
	for _, want := range []string{
		`imports.Packages["example.org/sample"] = imports.Package{ Name: "sample",`,
		`"Make": reflect.ValueOf(p0.Make)`,
		`"Typed": reflect.ValueOf(p0.Typed)`,
		`"Level": reflect.ValueOf(&p0.Level).Elem()`,
		`"Shape": reflect.TypeOf((*p0.Shape)(nil)).Elem()`,
		`"IntPair": reflect.TypeOf((*p0.IntPair)(nil)).Elem()`,
		`"Big": "int:1180591620717411303424"`,
		`"Half": "float:1/2"`,
		`"Name": "string:sample"`,
		`"Sink": reflect.TypeOf((*proxy_example_org_sample_Sink)(nil)).Elem()`,
		`type proxy_example_org_sample_Sink struct { Object any Close_ func(self any) error` +
			` Flush_ func(self any, a0 bool, a1 ...string) Write_ func(self any, a0 []byte) (int, error) }`,
		`{ p.Flush_(p.Object, a0, a1...) }`,
		`"Sealed": reflect.TypeOf((*p0.Sealed)(nil)).Elem()`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, src)
		}
	}
	for _, not := range []string{`"Map"`, `"Pair"`, `"Number"`, `"hidden"`, `private`, `_Sealed`, `_Leaky`} {
		if strings.Contains(got, not) {
			t.Errorf("unwanted %s in:\n%s", not, src)
		}
	}
}

func TestEmptyPackageIsSkipped(t *testing.T) {
	src, err := bindingFile(checked(t, "example.org/empty", "package empty\nfunc private() {}\n"))
	if err != nil || src != nil {
		t.Fatalf("got %q, %v; want nothing", src, err)
	}
}

func TestMentioned(t *testing.T) {
	got := mentioned(checked(t, "example.org/m", `package m
import ("io"; "time"; "go/token"; "net/url"; "math/big")
type T struct { At time.Time; hidden url.URL }
func (T) Read() (io.Reader, error) { return nil, nil }
func (T) quiet(*big.Int) {}
var _ = token.ADD
`))
	for path, want := range map[string]bool{"time": true, "io": true, "net/url": false, "math/big": false, "go/token": false} {
		if got[path] != want {
			t.Errorf("%s: mentioned is %v, want %v", path, got[path], want)
		}
	}
}

func TestImportable(t *testing.T) {
	for path, want := range map[string]bool{
		"example.org/a": true, "example.org/internal/a": false, "example.org/internals": true,
		"a/vendor/b": false, "unsafe": false, "math/rand/v2": true,
	} {
		if got := importable(path); got != want {
			t.Errorf("importable(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestVisible(t *testing.T) {
	for path, want := range map[string]bool{
		"github.com/stheno-ml/stheno/internal/kernel": true, "github.com/stheno-ml/stheno/graph": true,
		"github.com/stheno-ml/stheno/datasets/internal/idx": false, "gorgonia.org/internal/a": false,
		"internal/abi": false, "example.org/internal": false,
	} {
		if got := visible(path); got != want {
			t.Errorf("visible(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestReadList(t *testing.T) {
	name := filepath.Join(t.TempDir(), "list")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("# heading\n\n a/b # why\nc/...\n")
	got, err := readList(name)
	if err != nil || strings.Join(got, " ") != "a/b c/..." {
		t.Fatalf("got %q, %v", got, err)
	}
	write("# nothing\n")
	if _, err := readList(name); err == nil || !strings.Contains(err.Error(), "names no package") {
		t.Fatalf("empty list: got %v", err)
	}
}
