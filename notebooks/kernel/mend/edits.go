package main

import (
	"embed"
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

	// What package cell adds to the way a cell runs. Positions name the cell.
	{"kernel.go", "ir := interp.New()", "ir := cell.NewInterpreter()"},
	{"kernel.go",
		"compiler.Line = 0\n",
		"compiler.Line = 0\n\tcompiler.Filepath = fmt.Sprintf(\"In[%d]\", ExecCounter)\n"},
	{"kernel.go",
		"nodes := compiler.ParseBytes([]byte(code))\n\tsrcAst := ast2.AnyToAst(nodes, \"doEval\")",
		"nodes, err := cell.Parse(ir, code)\n\tif err != nil {\n\t\treturn nil, nil, err\n\t}\n" +
			"\tsrcAst := ast2.AnyToAst(nodes, \"doEval\")"},
	{"kernel.go",
		"results, types := ir.RunExpr(compiledSrc)",
		"cell.Begin(ir, nodes)\n\tdefer cell.End()\n\tresults, types := ir.RunExpr(compiledSrc)"},
	{"kernel.go",
		"var ok bool\n\t\t\tif err, ok = r.(error); !ok {\n\t\t\t\terr = errors.New(fmt.Sprint(r))\n\t\t\t}",
		"err = cell.Failure(ir, r)"},
	{"kernel.go", "\t\"errors\"\n", ""},
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

	// A figure goes out as SVG and as PNG.
	{"display.go",
		"return fillDefaults(data, arg, \"\", nil, \"\", nil)",
		"data = fillDefaults(data, arg, \"\", nil, \"\", nil)\n" +
			"\tdata.Data, data.Metadata = cell.Pixels(data.Data, data.Metadata, arg)\n\treturn data"},

	// Completion and the tooltip of Shift+Tab.
	{"complete.go",
		"prefix, matches, _ := ir.CompleteWords(code, cursorPos)",
		"start, end, matches := cell.Complete(ir, code, cursorPos)"},
	{"complete.go", "partialWord := interp.TailIdentifier(prefix)\n", ""},
	{"complete.go", "float64(len(prefix) - len(partialWord))", "start"},
	{"complete.go", "float64(cursorPos)\n", "end\n"},
	{"complete.go",
		"interp \"github.com/cosmos72/gomacro/fast\"",
		"interp \"github.com/cosmos72/gomacro/fast\"\n\t\"" + ours + "/cell\""},
	{"kernel.go",
		"case \"shutdown_request\":",
		"case \"inspect_request\":\n\t\tquestion := receipt.Msg.Content.(map[string]interface{})\n" +
			"\t\tif err := receipt.Reply(\"inspect_reply\", cell.Inspect(ir, question)); err != nil {\n" +
			"\t\t\tlog.Fatal(err)\n\t\t}\n\tcase \"shutdown_request\":"},

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

	// The statement that panics is known by its position.
	{"fast/global.go", "CmdOpt       base.CmdOpt\n", "CmdOpt       base.CmdOpt\n\tpanicPos     []token.Pos\n"},
	{"fast/code.go",
		"\t\tenv.DebugPos = pos\n",
		"\t\tenv.DebugPos = pos\n\t\tfinished := false\n\t\tdefer func() {\n\t\t\tif !finished {\n" +
			"\t\t\t\trun.panicAt(env)\n\t\t\t}\n\t\t}()\n"},
	{"fast/code.go", "\tfinish:\n", "\tfinish:\n\t\tfinished = true\n"},
	{"fast/code.go",
		"panicking, panicking2 := true, false\n",
		"panicking, panicking2 := true, false\n\tdefer func() {\n\t\tif panicking || panicking2 {\n\t\t\trun.panicAt(env)\n\t\t}\n\t}()\n"},
	{"fast/code.go",
		"panicking = maybeRepanic(run)\n",
		"panicking = maybeRepanic(run)\n\t\t\trun.panicPos = nil\n"},

	// f(x.(T)), f(m[k]) and f(<-c) pass one value on, not the two that these
	// expressions can have on the right of an assignment.
	{"fast/call.go",
		"arg := c.Expr(node.Args[0], nil)\n\t\tif arg.NumOut() == 0",
		"arg := c.onlyArg(node.Args[0])\n\t\tif arg.NumOut() == 0"},

	// for i := range 10.
	{"fast/range.go",
		"\tvar nbinds [2]int\n\tflag := true",
		"\tif c.rangeInt(node, labels) {\n\t\treturn\n\t}\n\tvar nbinds [2]int\n\tflag := true"},

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

// additions are files of our own in the interpreter's packages, where they reach
// what is not exported.
//
//go:embed added
var additions embed.FS

var interpreterAdditions = map[string]string{
	"added/fast_notebook.go.txt":  "fast/stheno_notebook.go",
	"added/fast_range_int.go.txt": "fast/stheno_range_int.go",
}

// add writes the additions below dir.
func add(dir string, files map[string]string) error {
	for from, to := range files {
		data, err := additions.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(to)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
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
