package drawing

import (
	"regexp"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
)

// drawnExpression is z = tanh(x*y) at (2, 0.25) with its gradients.
func drawnExpression(t *testing.T) string {
	t.Helper()
	g := gorgonia.NewGraph()
	x := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("x"))
	y := gorgonia.NewScalar(g, tensor.Float64, gorgonia.WithName("y"))
	z, err := activations.Tanh{}.Apply(gorgonia.Must(gorgonia.Mul(x, y)))
	if err != nil {
		t.Fatal(err)
	}
	gorgonia.WithName("z")(z)
	grads, err := graph.Gradients(z, x, y)
	if err != nil {
		t.Fatal(err)
	}
	vm := gorgonia.NewTapeMachine(g)
	defer vm.Close()
	if err := gorgonia.Let(x, 2.0); err != nil {
		t.Fatal(err)
	}
	if err := gorgonia.Let(y, 0.25); err != nil {
		t.Fatal(err)
	}
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	d := Expression(Options{Title: "product"}, append(gorgonia.Nodes{z}, grads...)...)
	if !strings.Contains(d.SVG(), "product") {
		t.Error("the picture has no title")
	}
	return d.DOT()
}

func TestExpression(t *testing.T) {
	dot := drawnExpression(t)
	for _, want := range []string{
		`label=<<b>x</b><br/><font point-size="10" color="#555555">2</font>>, shape=ellipse`,
		`<b>×</b><br/><font point-size="10" color="#555555">0.5</font>>, fillcolor="` + blue,
		`<b>z: tanh</b><br/><font point-size="10" color="#555555">0.46212</font>>, fillcolor="` + blue + `", penwidth=2.5`,
		`label=<<b>1</b>>, shape=plain`,
		// dz/dx = y(1 - tanh²), dz/dy = x(1 - tanh²)
		`<b>×</b><br/><font point-size="10" color="#555555">0.19661</font>>, fillcolor="` + red + `", penwidth=2.5`,
		`<b>×</b><br/><font point-size="10" color="#555555">1.5729</font>>, fillcolor="` + red + `", penwidth=2.5`,
	} {
		if !strings.Contains(dot, want) {
			t.Errorf("no %s in\n%s", want, dot)
		}
	}
	// Every edge joins nodes that are drawn, each once.
	boxes := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^  (n\d+) \[`).FindAllStringSubmatch(dot, -1) {
		boxes[m[1]]++
	}
	edges := regexp.MustCompile(`(n\d+) -> (n\d+)`).FindAllStringSubmatch(dot, -1)
	for _, e := range edges {
		if boxes[e[1]] != 1 || boxes[e[2]] != 1 {
			t.Errorf("edge %s between boxes drawn %d and %d times", e[0], boxes[e[1]], boxes[e[2]])
		}
	}
	if len(edges) < 8 {
		t.Errorf("%d edges, want at least 8", len(edges))
	}
}
