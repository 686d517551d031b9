package blocks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
)

// setting is a block with an activation or dropout, the field that holds it, and
// what that was published with.
type setting struct {
	block     blocks.Block
	field     string
	published any // activations.Activation or float64
}

var settings = []setting{
	{blocks.Act{}, "Func", activations.ReLU{}},
	{blocks.AuxHead{Classes: 3, Channels: 4, Features: 8}, "Act", activations.ReLU{}},
	{blocks.Bottleneck{Out: 8}, "Act", activations.ReLU{}},
	{blocks.ConvNorm{Out: 4, Kernel: 3}, "Act", activations.ReLU{}},
	{blocks.DenseBlock{Growth: 2, Layers: 2}, "Act", activations.ReLU{}},
	{blocks.DepthwiseSeparable{Out: 4}, "Act", activations.ReLU{}},
	{blocks.Inception{Out1: 2, Reduce3: 2, Out3: 2, Reduce5: 2, Out5: 2, OutPool: 2}, "Act", activations.ReLU{}},
	{blocks.InvertedResidual{Out: 4}, "Act", activations.ReLU6{}},
	{blocks.Residual{Out: 4}, "Act", activations.ReLU{}},
	{blocks.SqueezeExcite{Reduction: 1}, "Act", activations.ReLU{}},
	{blocks.SqueezeExcite{Reduction: 1}, "Gate", activations.Sigmoid{}},
	{blocks.Transition{}, "Act", activations.ReLU{}},
	{blocks.UpsampleConv{Out: 4}, "Act", activations.LeakyReLU{Slope: 0.2}},

	{blocks.AuxHead{Classes: 3}, "Dropout", 0.7},
	{blocks.DenseBlock{Growth: 2, Layers: 2}, "Dropout", -1.0},
	{blocks.Dropout{}, "P", 0.5},
}

// with is the block with the field set.
func (c setting) with(value any) blocks.Block {
	b := reflect.New(reflect.TypeOf(c.block)).Elem()
	b.Set(reflect.ValueOf(c.block))
	b.FieldByName(c.field).Set(reflect.ValueOf(value))
	return b.Interface().(blocks.Block)
}

// operators are the operations of the block in training, unfused.
func operators(t *testing.T, b blocks.Block) []string {
	cfg := graph.TrainingConfig(2, 4, 8, 8)
	cfg.NoFusion = true
	return strings.Fields(operations(t, classifier(b), cfg))
}

func count(list []string, name string) (n int) {
	for _, s := range list {
		if s == name {
			n++
		}
	}
	return n
}

// One rule for all: no activation given means the published one, Identity means
// none; no dropout given means the published one, below 0 means none.
func TestOneRuleForDefaults(t *testing.T) {
	for _, c := range settings {
		name := strings.TrimPrefix(reflect.TypeOf(c.block).String(), "blocks.") + "." + c.field
		t.Run(name, func(t *testing.T) {
			zero, published := operators(t, c.block), operators(t, c.with(c.published))
			if z, p := strings.Join(zero, " "), strings.Join(published, " "); z != p {
				t.Errorf("by default it computes\n%s, as published\n%s", z, p)
			}
			if p, ok := c.published.(float64); ok {
				if on := count(zero, "dropout") > 0; on != (p > 0) {
					t.Errorf("published with dropout %g, computes %v", p, zero)
				}
				if ops := operators(t, c.with(0.3)); count(ops, "dropout") == 0 {
					t.Errorf("dropout 0.3 computes %v", ops)
				}
				if ops := operators(t, c.with(-0.1)); count(ops, "dropout") > 0 {
					t.Errorf("dropout below 0 computes %v", ops)
				}
				return
			}
			op, _, _ := strings.Cut(c.published.(activations.Activation).String(), ":")
			before, after := count(zero, op), count(operators(t, c.with(activations.Identity{})), op)
			if before == 0 || after != 0 {
				t.Errorf("computes %d times %s by default, %d times with Identity", before, op, after)
			}
		})
	}
}

// The rule's test leaves out no block.
func TestOneRuleCoversAllBlocks(t *testing.T) {
	known := map[string]bool{}
	for _, c := range settings {
		known[reflect.TypeOf(c.block).Name()+"."+c.field] = true
	}
	for name, fields := range structs(t) {
		for field, typ := range fields {
			about := typ == "activations.Activation" || field == "Dropout" || name == "Dropout"
			if about && !known[name+"."+field] {
				t.Errorf("%s.%s %s is not in the list of settings", name, field, typ)
			}
		}
	}
}

// structs lists the fields of the package's exported structures with their
// types.
func structs(t *testing.T) map[string]map[string]string {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			s, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			fields := map[string]string{}
			for _, f := range s.Fields.List {
				for _, n := range f.Names {
					fields[n.Name] = typeText(f.Type)
				}
			}
			all[spec.Name.Name] = fields
			return true
		})
	}
	return all
}

// typeText is a type as the source writes it.
func typeText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeText(e.X) + "." + e.Sel.Name
	case *ast.ArrayType:
		return "[...]" + typeText(e.Elt)
	}
	return "?"
}
