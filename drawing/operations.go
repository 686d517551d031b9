package drawing

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/spoken"
)

// Operations draws every operation that a run of the program executes, layers
// joined where the program joins them. Of inference a box tells what papers would
// call it, what is joined to it, its algorithm and layout, and its layer with the
// shape (N, C, H, W) of its result; what only lays images out anew is thin, and
// what is computed in a concatenation's memory says so. Parameters and prepared
// weights are left out unless Options.Weights asks for them. Of training there is
// more: parameters as ovals, the loss, and dashed the derivative.
//
// Of the options Title, Horizontal, Korean and Weights count.
func Operations(p *graph.Program, o Options) Drawing {
	m := &modeler{s: p.Tape(), tongue: tongueOf(o), root: &scope{layer: -1, times: 1}}
	pic := &picture{root: m.root, title: spoken.Say(o.Title), tongue: m.tongue, geo: geometry{horizontal: o.Horizontal}, legend: true}
	for _, op := range m.s.Operations {
		if op.Backward {
			m.tape()
			pic.layered = true
			return Drawing{pic}
		}
	}
	pic.layered = m.compiled(o.Weights)
	return Drawing{pic}
}

// tape makes a box of every operation and every variable.
func (m *modeler) tape() {
	for i, op := range m.s.Operations {
		b := &box{title: op.Name, size: fmt.Sprint(op.Shape), kind: kindOf(op), times: 1, layer: -1}
		b.hover = []string{op.Name, or(op.Attributes, op.Name), fmt.Sprint(op.Shape)}
		if m.belongs(b, op); b.path != "" && !op.Variable() {
			b.note = b.path
			b.hover[0] = b.path
		}
		if op.Variable() || len(op.Inputs) == 0 {
			b.form, b.kind = ovalForm, dataKind
			b.title = strings.TrimPrefix(b.title, "const ")
		}
		b.lines = settings(op)
		m.root.items = append(m.root.items, &item{box: b})
		for _, in := range op.Inputs {
			m.root.edge(in, i)
		}
	}
}

// belongs gives the box the path of the operation's layer.
func (m *modeler) belongs(b *box, op graph.Operation) {
	if op.Layer >= 0 {
		b.path = m.s.Layers[op.Layer].Path
		b.paths = []string{b.path}
	}
}

// usual are settings that say nothing.
var usual = map[string]bool{
	"stride=1x1": true, "padding=0x0": true, "dilation=1x1": true, "groups=1": true, "ceil=false": true, "exclude_pad=false": true,
	"act=none": true, "transposed=false": true, "smoothing=0": true, "factor=1": true,
}

// settings writes an operation's settings, some to a line: its boxes would be as
// wide as a page otherwise.
func settings(op graph.Operation) []string {
	_, text, _ := strings.Cut(op.Attributes, "{")
	var lines []string
	for _, word := range strings.Fields(strings.TrimSuffix(text, "}")) {
		if usual[word] {
			continue
		}
		word = strings.Replace(word, "=", " ", 1)
		if k, v, ok := strings.Cut(word, " "); ok {
			word = k + " " + square(v)
		}
		if last := len(lines) - 1; last < 0 || len(lines[last])+len(word) > 26 {
			lines = append(lines, word)
		} else {
			lines[last] += ", " + word
		}
	}
	return lines
}
