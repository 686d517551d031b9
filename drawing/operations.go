package drawing

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/spoken"
)

// Operations draws every operation that a run of the program executes, layers
// joined where the program joins them: those of the network by what they do,
// with the path of their layer, then the loss and, dashed, the derivative;
// variables are white. Settings that are the usual ones are left out. Of the
// options Title, Horizontal and Korean count.
func Operations(p *graph.Program, o Options) Drawing {
	t := p.Tape()
	s := &scope{layer: -1, times: 1}
	for i, op := range t.Operations {
		b := &box{title: op.Name, size: fmt.Sprint(op.Shape), kind: kindOf(op), times: 1, layer: -1}
		b.hover = []string{op.Name, or(op.Attributes, op.Name), fmt.Sprint(op.Shape)}
		if op.Layer >= 0 {
			b.path = t.Layers[op.Layer].Path
			b.paths = []string{b.path}
			if !op.Variable() {
				b.note = b.path
				b.hover[0] = b.path
			}
		}
		if op.Variable() || len(op.Inputs) == 0 {
			b.form, b.kind = ovalForm, dataKind
			b.title = strings.TrimPrefix(b.title, "const ")
		}
		b.lines = settings(op)
		s.items = append(s.items, &item{box: b})
		for _, in := range op.Inputs {
			s.edge(in, i)
		}
	}
	return Drawing{&picture{root: s, title: spoken.Say(o.Title), tongue: tongueOf(o), geo: geometry{horizontal: o.Horizontal}, layered: true, legend: true}}
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
