package drawing

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
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
			d, err := Program(p, Options{Depth: All})
			if err != nil {
				t.Fatal(err)
			}
			dots = append(dots, d.DOT())
			sound(t, "unit", drawn(t, d, nil))
			p.Close()
		}
		if dots[0] != dots[1] {
			t.Errorf("fused:\n%s\nunfused:\n%s", dots[0], dots[1])
		}
		want := []string{"input>conv1", "conv1>bn1", "bn1>act1", "act1>conv2", "conv2>bn2", "input>downsample.0", "downsample.0>downsample.1", "bn2>+", "downsample.1>+", "+>act2", "act2>pool", "pool>fc"}
		if mode.Training {
			want = append(want, "fc>softmax, loss")
		}
		got := edges(dots[0])
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("training %v: drawn is\n%q, want\n%q", mode.Training, got, want)
		}
	}
}

// edges writes the drawing's edges by the layers' names.
func edges(dot string) []string {
	names := map[string]string{}
	for _, m := range regexp.MustCompile(`(n\d+) \[label="([^"]+)"`).FindAllStringSubmatch(dot, -1) {
		first, second, _ := strings.Cut(m[2], `\n`)
		if name, _, ok := strings.Cut(second, " · "); ok {
			first = name
		}
		names[m[1]] = first
	}
	var out []string
	for _, m := range regexp.MustCompile(`(n\d+) -> (n\d+)`).FindAllStringSubmatch(dot, -1) {
		out = append(out, names[m[1]]+">"+names[m[2]])
	}
	return out
}

func network(t *testing.T, name string, training bool, o Options) string {
	t.Helper()
	a, err := architectures.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	net, err := a.New(architectures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := graph.InferenceConfig(a.Input.WithBatch(1)...)
	if training {
		cfg = graph.TrainingConfig(a.Input.WithBatch(2)...)
	}
	d, err := Network(net, cfg, o)
	return drawn(t, d, err)
}

// Every network, drawn both ways: no line strikes a title or a box, all text is
// inside of its box and centred, no two lines cross.
func TestDrawingsAreSound(t *testing.T) {
	for _, name := range []string{"lenet5", "alexnet", "vgg16", "googlenet", "googlenet_paper", "resnet18", "resnet50", "cifar_resnet56", "cifar_plain20", "resnext50_32x4d", "mobilenet_v2"} {
		options := []Options{{Title: name}, {Title: name, Horizontal: true}, {Depth: 1}}
		if name == "googlenet" || name == "resnet18" {
			options = append(options, Options{Depth: All}, Options{Unrolled: true, Horizontal: true})
		}
		for _, o := range options {
			s := sound(t, name, network(t, name, true, o))
			if n := s.crossings(); n > 0 {
				t.Errorf("%s, %+v: %d lines cross", name, o, n)
			}
		}
	}
}

// By default a network is about forty boxes and fits on a screen, at no less than
// half its size.
func TestDrawingsFitOnAScreen(t *testing.T) {
	for name, most := range map[string]int{"resnet18": 40, "resnet50": 48, "resnet152": 48, "googlenet": 48, "cifar_resnet56": 30, "alexnet": 20, "lenet5": 16} {
		s := readBack(t, network(t, name, true, Options{}))
		if n := len(s.boxes); n > most {
			t.Errorf("%s has %d boxes, want at most %d", name, n, most)
		}
		if s.width > 2*1440 || s.height > 2*900 {
			t.Errorf("%s is %.0f x %.0f points, want at most twice a screen's 1440 x 900", name, s.width, s.height)
		}
	}
}

// A box is never called "0" or "1": it says what it is, or where it stands.
func TestNoBoxIsCalledByItsNumber(t *testing.T) {
	for _, name := range []string{"googlenet", "resnet18", "alexnet", "vgg16", "cifar_resnet20"} {
		for _, o := range []Options{{}, {Depth: 1}, {Depth: All}} {
			s := readBack(t, network(t, name, true, o))
			for _, g := range append(s.boxes, s.frames...) {
				for _, word := range strings.Split(g.words(), "|") {
					if first, _, _ := strings.Cut(word, " · "); strings.Trim(first, "0123456789") == "" {
						t.Errorf("%s: a box is called %q", name, g.words())
					}
				}
			}
		}
	}
	net := blocks.Sequence{blocks.ConvNorm{Out: 4, Kernel: 3}, blocks.Sequence{blocks.Linear{Out: 2}, blocks.Dropout{}}}
	d, err := Network(net, graph.TrainingConfig(1, 3, 8, 8), Options{})
	svg := drawn(t, d, err)
	for _, want := range []string{"3x3 conv, 4", "linear, 2", "dropout 0.5"} {
		if !strings.Contains(svg, ">"+want+"<") {
			t.Errorf("no box %q", want)
		}
	}
}

// find is the box whose text has that word.
func (s seen) find(t *testing.T, word string) seenGroup {
	t.Helper()
	for _, b := range append(s.boxes, s.frames...) {
		if slices.Contains(strings.Split(b.words(), "|"), word) || strings.Contains("|"+b.words(), "|"+word+" · ") {
			return b
		}
	}
	t.Fatalf("no box %q", word)
	return seenGroup{}
}

// The branches of a module stand in one row in their order, the trunk is one line.
func TestInceptionAsThePaperDrawsIt(t *testing.T) {
	s := readBack(t, network(t, "googlenet", true, Options{}))
	var row []rect
	for _, name := range []string{"branch1", "branch2.0", "branch3.0", "branch4.0"} {
		row = append(row, s.find(t, name).rect)
	}
	for i := 1; i < len(row); i++ {
		if row[i].y != row[0].y || row[i].x < row[i-1].right() {
			t.Errorf("branch %d stands at %v, the one before at %v", i+1, row[i], row[i-1])
		}
	}
	trunk := s.find(t, "input").rect.middle().x
	for _, name := range []string{"conv1", "maxpool1", "conv2", "conv3", "maxpool2", "concat"} {
		if x := s.find(t, name).rect.middle().x; math.Abs(x-trunk) > 0.2 {
			t.Errorf("%s stands at %g, the trunk at %g", name, x, trunk)
		}
	}
	heads := 0
	for _, b := range s.boxes {
		if b.words() == "softmax, loss x 0.3" {
			heads++
		}
	}
	if heads != 2 {
		t.Errorf("%d auxiliary heads end in their loss, want 2", heads)
	}
	s.find(t, "softmax, loss")
}

// A residual unit has its layers on the trunk and its shortcut on their right.
func TestResidualUnitAsThePaperDrawsIt(t *testing.T) {
	d, err := Network(unit, graph.InferenceConfig(1, 4, 8, 8), Options{})
	s := sound(t, "unit", drawn(t, d, err))
	conv, down, sum := s.find(t, "conv1").rect, s.find(t, "downsample").rect, s.find(t, "+ relu").rect
	if x := conv.middle().x; math.Abs(x-sum.middle().x) > 0.2 || down.x < conv.right() {
		t.Errorf("conv1 at %v, downsample at %v, sum at %v", conv, down, sum)
	}
	if got := s.find(t, "conv1").words(); got != "3x3 conv, 6, /2|conv1 · 6x4x4|batch norm|relu" && got != "batch norm|relu|3x3 conv, 6, /2|conv1 · 6x4x4" {
		t.Errorf("conv1 says %q", got)
	}
	hover := s.find(t, "conv1").hover
	for _, want := range []string{"unit.conv1: Conv2D 3x3, 6, stride 2, padding 1, no bias", "in 4x8x8, out 6x4x4", "216 parameters", "3,456 multiply-adds an image", "padding 1x1", "unit.bn1: BatchNorm", "unit.act1: relu"} {
		if !strings.Contains(hover, want) {
			t.Errorf("pointing at conv1 shows %q, want %q in it", hover, want)
		}
	}
	if b := s.find(t, "conv1"); b.path != "unit.conv1" || b.paths != "unit.conv1 unit.bn1 unit.act1" || b.class != "box conv" {
		t.Errorf("conv1 is %q with %q, class %q", b.path, b.paths, b.class)
	}
}

func TestRepeatsAreFolded(t *testing.T) {
	s := readBack(t, network(t, "resnet50", false, Options{}))
	if f := s.find(t, "layer3.1 x 5"); f.path != "layer3.1" || f.paths != "layer3.1 layer3.2 layer3.3 layer3.4 layer3.5" {
		t.Errorf("the frame stands for %q and %q", f.path, f.paths)
	}
	if n := len(readBack(t, network(t, "resnet50", false, Options{Unrolled: true, Depth: 3})).frames); n != 4+16 {
		t.Errorf("unrolled there are %d frames, want 20", n)
	}
}

// inceptionNorm has a name like a module and a norm.
type inceptionNorm struct{}

func (inceptionNorm) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	y, err := s.Build("pool_norm", blocks.Conv2D{Out: 4, Kernel: 1}, x)
	if err != nil {
		return nil, err
	}
	return s.Build("conv_like", blocks.Conv2D{Out: 4, Kernel: 1}, y)
}
func (inceptionNorm) String() string { return "InceptionNorm" }

// Colours go by what operations are, not by what blocks are called.
func TestColoursGoByOperation(t *testing.T) {
	net := blocks.Sequence{
		blocks.As("module", inceptionNorm{}),
		blocks.As("conv_norm", blocks.BatchNorm{}),
		blocks.As("softmax_pool", blocks.Act{Func: &activations.Pointwise{Name: "norm_conv", Func: math.Tanh, Derivative: math.Cos}}),
		blocks.As("aux", graph.BlockFunc(func(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) { return ops.Flatten(x) })),
		blocks.As("norm", blocks.Linear{Out: 3}),
	}
	d, err := Network(net, graph.TrainingConfig(2, 4, 8, 8), Options{Depth: 1, Unrolled: true})
	s := readBack(t, drawn(t, d, err))
	for word, class := range map[string]string{"module": "box block", "linear, 3": "box linear", "softmax, loss": "box loss"} {
		if b := s.find(t, word); b.class != class {
			t.Errorf("%s has class %q, want %q", b.words(), b.class, class)
		}
	}
	for path, class := range map[string]string{"conv_norm": "box norm", "aux": "box shape"} {
		i := slices.IndexFunc(s.boxes, func(b seenGroup) bool { return b.path == path })
		if i < 0 || s.boxes[i].class != class {
			t.Errorf("%s is not of class %q in %+v", path, class, s.boxes)
		}
	}
}
