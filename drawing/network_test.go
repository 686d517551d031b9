package drawing

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
)

// unit is a residual unit whose shortcut has a convolution and a norm of its own.
var unit = blocks.Sequence{
	blocks.As("unit", blocks.Residual{Out: 6, Stride: 2, Act: activations.ReLU{}}),
	blocks.As("pool", blocks.GlobalAvgPool2D{}),
	blocks.As("fc", blocks.Linear{Out: 3}),
}

// A drawing shows the structure: fusion must not swallow the norms, the sum and
// the activations, nor lead the shortcut into a convolution.
func TestSameDrawingFusedAndUnfused(t *testing.T) {
	for _, mode := range []graph.Config{graph.InferenceConfig(2, 4, 8, 8), graph.TrainingConfig(2, 4, 8, 8)} {
		var dots []string
		for _, apart := range []bool{false, true} {
			cfg := mode
			cfg.NoFusion = apart
			p, err := graph.Build(unit, graph.NewParams(1), cfg)
			if err != nil {
				t.Fatal(err)
			}
			d, err := Program(p, Options{Depth: 9})
			if err != nil {
				t.Fatal(err)
			}
			dots = append(dots, d.DOT())
			p.Close()
		}
		if dots[0] != dots[1] {
			t.Errorf("fused:\n%s\nunfused:\n%s", dots[0], dots[1])
		}
		if got, want := edges(dots[0]), "input>conv1 conv1>bn1 bn1>act1 act1>conv2 conv2>bn2 input>0 0>1 bn2>add 1>add add>act2 act2>pool pool>fc"; !sameWords(got, want) {
			t.Errorf("training %v: drawn is %s, want %s", mode.Training, got, want)
		}
	}
}

// edges writes the drawing's edges by the names in their boxes.
func edges(dot string) string {
	names := map[string]string{}
	for _, m := range regexp.MustCompile(`(n\d+) \[label=(?:<<b>([^<]+)|"([^"]+)")`).FindAllStringSubmatch(dot, -1) {
		names[m[1]] = m[2] + m[3]
	}
	var out []string
	for _, m := range regexp.MustCompile(`(n\d+) -> (n\d+)`).FindAllStringSubmatch(dot, -1) {
		out = append(out, names[m[1]]+">"+names[m[2]])
	}
	return strings.Join(out, " ")
}

func sameWords(a, b string) bool {
	count := map[string]int{}
	for _, w := range strings.Fields(a) {
		count[w]++
	}
	for _, w := range strings.Fields(b) {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestNetworkAndOperations(t *testing.T) {
	a, err := architectures.Lookup("lenet5")
	if err != nil {
		t.Fatal(err)
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := graph.TrainingConfig(a.Input.WithBatch(2)...)
	d, err := Network(net, cfg, Options{Title: `the "small" one, C:\new`})
	if err != nil {
		t.Fatal(err)
	}
	svg, err := d.Render(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"conv1", "fc3", "one, C:\\new", "6x28x28", `font-family="Arial,Helvetica,sans-serif"`} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("drawing lacks %q", want)
		}
	}
	p, err := graph.Build(net, graph.NewParams(1), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	dot := Operations(p, Options{}).DOT()
	for _, want := range []string{`"conv2d\nstride=1x1 `, `"conv2d_weight_grad\n`, `conv2.weight\n(16, 6, 5, 5)"`, `\nfc3\n`} {
		if !strings.Contains(dot, want) {
			t.Errorf("drawing of operations lacks %q", want)
		}
	}
}

func TestRenderHeedsItsContext(t *testing.T) {
	var b strings.Builder
	b.WriteString("digraph g {\n")
	for i := range 3000 {
		for _, j := range []int{1, 7, 31} {
			b.WriteString(strings.NewReplacer("A", string(rune('a'+i%26)), "B", string(rune('a'+(i*j)%26))).Replace("A -> B;\n"))
		}
	}
	b.WriteString("}\n")
	ctx, stop := context.WithTimeout(context.Background(), time.Millisecond)
	defer stop()
	if _, err := (Drawing{b.String()}).Render(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of the context", err)
	}
	var none context.Context
	if _, err := (Drawing{"digraph g { a -> b }"}).Render(none); err == nil {
		t.Error("no context is no error")
	}
	if _, err := (Drawing{"digraph g { a -> "}).Render(context.Background()); err == nil {
		t.Error("half a drawing is no error")
	}
	if _, err := (Drawing{}).Render(context.Background()); err == nil {
		t.Error("no drawing is no error")
	}
	if _, err := Program(nil, Options{}); err == nil {
		t.Error("no program is no error")
	}
	if _, err := Network(nil, graph.InferenceConfig(1, 2), Options{}); err == nil {
		t.Error("no network is no error")
	}
	if svg, want := Operations(nil, Options{}).SVG(), Expression(Options{}, nil).SVG(); svg != want {
		t.Errorf("nothing is drawn as %s, no node as %s", svg, want)
	}
	if svg := (Drawing{"nonsense"}).SVG(); !strings.Contains(svg, "<svg") {
		t.Errorf("a drawing that fails shows itself as %q", svg)
	}
}
