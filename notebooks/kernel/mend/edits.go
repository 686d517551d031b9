package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

// edit replaces one passage of a file. The passage must occur exactly once, so
// that another version of the file is noticed instead of half changed.
type edit struct {
	file     string
	old, new string
}

const ours = "github.com/stheno-ml/stheno/notebooks/kernel"

var kernelEdits = []edit{
	// The proxy has to match the interface JSONer, whose method returns a map.
	{"x_package.go",
		"JSON_  func(interface{}) string",
		"JSON_  func(interface{}) map[string]interface{}"},
	{"x_package.go",
		"func (P *proxy_JSONer) JSON() string",
		"func (P *proxy_JSONer) JSON() map[string]interface{}"},

	// Our bindings in place of the folder where gophernotes keeps its own.
	{"kernel.go",
		"// compile and link files generated in imports/\n\t_ \"github.com/gopherdata/gophernotes/imports\"",
		"_ \"" + ours + "/bindings\"\n\t\"" + ours + "/cell\""},

	// What package cell adds to the way a cell runs.
	{"kernel.go", "ir := interp.New()", "ir := cell.NewInterpreter()"},
	{"kernel.go",
		"srcAst := ast2.AnyToAst(nodes, \"doEval\")",
		"if err := cell.Prepare(ir, nodes); err != nil {\n\t\treturn nil, nil, err\n\t}\n" +
			"\tsrcAst := ast2.AnyToAst(nodes, \"doEval\")"},
	{"kernel.go", "return values, types, nil", "return cell.Results(nodes, values, types)"},

	// What front ends colour Go code by.
	{"kernel.go",
		"FileExtension: \".go\",\n",
		"FileExtension: \".go\",\n\t\t\t\tMIMEType: \"text/x-go\",\n\t\t\t\tPygmentsLexer: \"go\",\n\t\t\t\tCodeMirrorMode: \"go\",\n"},

	// A picture has a text beside it, which is not the dump of a structure.
	{"display.go", "if data.Data[MIMETypeText] == \"\" {", "if data.Data[MIMETypeText] == nil {"},
	{"display.go", "s = fmt.Sprint(arg)", "s = cell.PlainText(arg)"},
	{"display.go",
		"basereflect \"github.com/cosmos72/gomacro/base/reflect\"",
		"basereflect \"github.com/cosmos72/gomacro/base/reflect\"\n\t\"" + ours + "/cell\""},

	// The end of a notebook is no event for the terminal.
	{"kernel.go", "log.Println(\"Shutting down in response to shutdown_request\")\n", ""},

	// A failed cell says why: some clients print the traceback only.
	{"kernel.go",
		"content[\"traceback\"] = nil",
		"content[\"traceback\"] = []string{executionErr.Error()}"},
}

var interpreterEdits = []edit{
	// Types come from reflection. The other source, export data read by calling
	// the go command, costs time, depends on the folder the notebook lies in and
	// knows nothing of today's generics.
	{"fast/interpreter.go",
		"universe := xr.NewUniverse()",
		"universe := xr.NewUniverse()\n\tuniverse.Importer = &xr.Importer{}"},

	// A named type seen through reflection is complete in that respect. Taken for
	// incomplete, types made of it while its methods were still being read stayed
	// placeholders, and a function with a parameter ...*gorgonia.Node failed or
	// not by the random order in which a package's types were read.
	{"xreflect/named.go",
		"opt = OptIncomplete",
		"if rtype == rTypeOfForward {\n\t\t\topt = OptIncomplete\n\t\t}"},

	// Growing the list of a type's methods forgot those it had: a type that embeds
	// another lost its own.
	{"xreflect/method.go", "copy(t.methodvalue, slice)", "copy(slice, t.methodvalue)"},

	// A package's names are read in the same order in every run.
	{"fast/import.go",
		"import (\n\t\"go/ast\"\n\t\"go/token\"\n\tr \"reflect\"\n",
		"import (\n\t\"go/ast\"\n\t\"go/token\"\n\t\"maps\"\n\tr \"reflect\"\n\t\"slices\"\n"},
	{"fast/import.go",
		"for name, rtype := range pkgref.Types {",
		"for _, name := range slices.Sorted(maps.Keys(pkgref.Types)) {\n\t\trtype := pkgref.Types[name]"},
	{"fast/import.go",
		"for name, val := range pkgref.Binds {",
		"for _, name := range slices.Sorted(maps.Keys(pkgref.Binds)) {\n\t\tval := pkgref.Binds[name]"},

	// var n json.Number = "3" handed on a reflect.Value as if it were the string.
	{"base/untyped/lit.go",
		"ret = v.Convert(t.ReflectType())",
		"ret = v.Convert(t.ReflectType()).Interface()"},
}

// apply makes the edits in the files under dir.
func apply(dir string, edits []edit) error {
	for _, e := range edits {
		name := filepath.Join(dir, filepath.FromSlash(e.file))
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if n := strings.Count(string(data), e.old); n != 1 {
			return errors.Errorf("%s: %q occurs %d times, wanted once", e.file, e.old, n)
		}
		data = []byte(strings.Replace(string(data), e.old, e.new, 1))
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
