package live

import (
	"context"
	"encoding/base64"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
)

// trained is a desk with a network that learned a little, so that running means
// and biases are not what they start with.
func trained(t *testing.T, net graph.Block) (*desk, trainer.Data) {
	t.Helper()
	data := smallData(t)
	run, err := trainer.Fit(context.Background(), net, data, smallConfig(2))
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDesk(net, run.Params, data.Test, Config{Samples: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	return d, data
}

func (d *desk) find(t *testing.T, path string) int {
	t.Helper()
	for i, l := range d.layers {
		if l.Path == path {
			return i
		}
	}
	t.Fatalf("there is no layer %s", path)
	return -1
}

// What is said of a kernel's arithmetic is what the network computed, in every
// convolution and at the edges too.
func TestKernelArithmeticIsTheNetworks(t *testing.T) {
	net := blocks.Sequence{
		blocks.As("stem", blocks.Conv2D{Out: 6, Kernel: 5, Padding: 1, Stride: 2}),
		blocks.As("act", blocks.Act{Func: activations.ELU{}}),
		blocks.As("grouped", blocks.Conv2D{Out: 6, Kernel: 3, Padding: 2, Groups: 3, Dilation: 2}),
		blocks.As("unit", blocks.Residual{Out: 8, Stride: 2}),
		blocks.As("pool", blocks.GlobalAvgPool2D{}),
		blocks.As("fc", blocks.Linear{Out: 4}),
	}
	d, _ := trained(t, net)
	convs, image := 0, 3
	for i, l := range d.layers {
		if !l.Leaf || role(l) != "conv" {
			continue
		}
		convs++
		for _, at := range [][3]int{{0, 0, 0}, {l.Out[1] - 1, l.Out[2] - 1, l.Out[3] - 1}, {l.Out[1] / 2, l.Out[2] / 2, 0}} {
			a, err := d.compute(context.Background(), place{asked: asked{Image: &image}, Layer: i, Unit: at[0], Y: at[1], X: at[2]})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(float64(a.Sum-a.Value)) > 1e-4*(1+math.Abs(float64(a.Value))) {
				t.Errorf("%s %v: the sum is %g, the network's value %g", l.Path, at, a.Sum, a.Value)
			}
			told := float64(a.Rest)
			for _, c := range a.Channels {
				told += float64(c.Sum)
			}
			if a.Bias != nil {
				told += float64(*a.Bias)
			}
			if math.Abs(told-float64(a.Sum)) > 1e-6*(1+math.Abs(told)) {
				t.Errorf("%s %v: the parts add up to %g, the sum is %g", l.Path, at, told, a.Sum)
			}
		}
	}
	if convs != 5 {
		t.Errorf("%d convolutions were looked at, want 5", convs)
	}
	for _, p := range []place{
		{asked: asked{Image: &image}, Layer: -1}, {asked: asked{Image: &image}, Layer: math.MaxInt},
		{asked: asked{Image: &image}, Layer: 1}, {asked: asked{Image: &image}, Unit: 6},
		{asked: asked{Image: &image}, Y: -1}, {asked: asked{Image: &image}, X: 1000}, {},
	} {
		if a, err := d.compute(context.Background(), p); err == nil {
			t.Errorf("%+v is computed: %+v", p, a)
		}
	}
}

func TestFollow(t *testing.T) {
	d, data := trained(t, smallNet())
	image := 2
	w, err := d.follow(context.Background(), asked{Image: &image})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Guesses) != 4 || w.Guesses[0].P < w.Guesses[1].P || w.Input.Channels != 3 || len(w.Input.Pixels) != 3*64 {
		t.Errorf("guesses %v, input %v", w.Guesses, w.Input)
	}
	sum := 0.0
	for _, g := range w.Guesses {
		sum += float64(g.P)
	}
	if math.Abs(sum-1) > 1e-6 {
		t.Errorf("probabilities add up to %g", sum)
	}
	for _, m := range w.Layers {
		if l := d.meta.Layers[m.Layer]; !l.Leaf || len(m.Pixels) != m.Channels*m.Height*m.Width || m.All != l.Out[0] {
			t.Errorf("%s: maps %dx%dx%d of %d in %d bytes", l.Path, m.Channels, m.Height, m.Width, m.All, len(m.Pixels))
		}
	}
	if len(w.Layers) < 8 {
		t.Errorf("%d layers are shown", len(w.Layers))
	}
	area := data.Test.Shape().Height * data.Test.Shape().Width
	if _, err := d.follow(context.Background(), asked{Pixels: base64.StdEncoding.EncodeToString(make([]byte, area))}); err != nil {
		t.Errorf("a drawing: %v", err)
	}
	far := 8
	for _, a := range []asked{{}, {Image: &far}, {Image: &image, Pixels: "AAAA"}, {Pixels: "AAAA"}, {Pixels: "!"}, {Pixels: base64.StdEncoding.EncodeToString(make([]byte, area+1))}} {
		if _, err := d.follow(context.Background(), a); err == nil {
			t.Errorf("%+v is followed", a)
		}
	}
}

// What is taken out by parameters is what would be built without it.
func TestScalpelTakesOutWhatItSays(t *testing.T) {
	whole := func(unit blocks.Block) blocks.Sequence {
		return blocks.Sequence{
			blocks.As("stem", blocks.ConvNorm{Out: 4, Kernel: 3, Padding: 1, Act: activations.ReLU{}}),
			blocks.As("unit", unit),
			blocks.As("last", blocks.Residual{Out: 4, PreActivation: true}),
			blocks.As("pool", blocks.GlobalAvgPool2D{}),
			blocks.As("fc", blocks.Linear{Out: 4}),
		}
	}
	logits := func(net graph.Block, params *graph.Params, images []float32) []float32 {
		t.Helper()
		p, err := graph.Build(net, params, graph.InferenceConfig(len(images)/192, 3, 8, 8))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		out, err := p.Run(context.Background(), images)
		if err != nil {
			t.Fatal(err)
		}
		return append([]float32(nil), values(out)...)
	}
	for name, c := range map[string]struct {
		unit blocks.Block
		do   string
	}{
		"a residual unit":  {blocks.Residual{Out: 4}, "branch"},
		"a plain unit":     {blocks.Residual{Out: 4, Shortcut: blocks.NoShortcut}, "layer"},
		"a layer":          {blocks.ConvNorm{Out: 4, Kernel: 3, Padding: 1, Act: activations.ReLU{}}, "layer"},
		"one without norm": {blocks.Residual{Out: 4, Norm: blocks.Identity{}}, "branch"},
	} {
		d, _ := trained(t, whole(c.unit))
		i := d.find(t, "unit")
		if d.meta.Layers[i].Cut != c.do {
			t.Errorf("%s: %s can be cut by %q, want %q", name, d.layers[i].Kind, d.meta.Layers[i].Cut, c.do)
			continue
		}
		before := checksum(t, d.params)
		o, err := d.operate(context.Background(), []cut{{Layer: i, Do: c.do}})
		if err != nil {
			t.Fatal(err)
		}
		got := logits(whole(c.unit), d.table.params, d.images)
		want := logits(whole(blocks.Identity{}), d.params, d.images)
		for k := range want {
			if math.Abs(float64(got[k]-want[k])) > 1e-4 {
				t.Errorf("%s: output %d is %g without it, want %g", name, k, got[k], want[k])
				break
			}
		}
		if o.Images != 32 || o.Cuts[0].Path != "unit" {
			t.Errorf("%s: %+v", name, o)
		}
		if checksum(t, d.params) != before {
			t.Errorf("%s: the network itself was changed", name)
		}
		if o, err = d.operate(context.Background(), nil); err != nil || o.Now != o.Before {
			t.Errorf("%s: restored, the accuracy is %v, was %v: %v", name, o.Now, o.Before, err)
		}
	}
}

func TestScalpelSilencesAChannel(t *testing.T) {
	d, _ := trained(t, smallNet())
	conv := -1
	for i, l := range d.layers {
		if role(l) == "conv" && l.Leaf && conv < 0 {
			conv = i
		}
	}
	if _, err := d.operate(context.Background(), []cut{{Layer: conv, Do: "unit", Unit: 2}}); err != nil {
		t.Fatal(err)
	}
	cfg := graph.InferenceConfig(8, 3, 8, 8)
	cfg.Taps = true
	p, err := graph.Build(d.net, d.table.params, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Run(context.Background(), d.images); err != nil {
		t.Fatal(err)
	}
	tap, err := p.Tap(d.layers[conv+1].Path) // the norm
	if err != nil {
		t.Fatal(err)
	}
	if !silent(values(tap), 8, 4, 2, 64) || silent(values(tap), 8, 4, 1, 64) {
		t.Error("channel 2 alone should be 0 behind the norm")
	}
	for _, c := range []cut{{Layer: -1, Do: "unit"}, {Layer: math.MaxInt, Do: "unit"}, {Layer: conv, Do: "unit", Unit: 4}, {Layer: conv, Do: "unit", Unit: -1}, {Layer: conv, Do: "branch"}, {Layer: conv, Do: "all"}} {
		if _, err := d.operate(context.Background(), []cut{c}); err == nil {
			t.Errorf("%+v is done", c)
		}
	}
}

// A network in use is all there: drawn, coloured, and in reach of the scalpel.
func TestShow(t *testing.T) {
	data := smallData(t)
	run, err := trainer.Fit(context.Background(), smallNet(), data, smallConfig(2))
	if err != nil {
		t.Fatal(err)
	}
	before := checksum(t, run.Params)
	s, url := page(t, Config{Title: "small"})
	if err := s.Show(Trained{Net: run.Net, Params: run.Params, Data: data, History: run.History}); err != nil {
		t.Fatal(err)
	}
	updates := viewer(t, url)
	u := until(t, updates, "a frame", func(u update) bool { return u.Frame != nil && u.Hello != nil && u.Hello.Meta != nil })
	if u.State.State != Finished || len(u.Epochs) != 2 || u.Hello.Title != "small" {
		t.Errorf("state %+v, epochs %+v", u.State, u.Epochs)
	}
	for i, l := range u.Hello.Meta.Layers {
		if l.Params > 0 && !(u.Frame.Grad[i] > 0) {
			t.Errorf("%s has no gradient", l.Path)
		}
		if !(u.Frame.RMS[i] > 0) {
			t.Errorf("%s has no output", l.Path)
		}
	}
	for at, l := range u.Hello.Meta.Layers {
		if l.Cut != "branch" {
			continue
		}
		status, a := post(t, url+"scalpel", map[string]any{"do": "branch", "layer": at})
		if status != 200 || a["images"] != 32.0 {
			t.Errorf("scalpel: %d %v", status, a)
		}
	}
	until(t, updates, "what the scalpel did", func(u update) bool {
		return u.Hello != nil && u.Hello.Scalpel != nil && len(u.Hello.Scalpel.Cuts) == 2
	})
	if status, a := post(t, url+"look", map[string]any{"image": 1}); status != 200 {
		t.Errorf("look: %d %v", status, a)
	}
	if status, a := post(t, url+"kernel", map[string]any{"image": 1, "layer": 1, "unit": 0, "y": 2, "x": 3}); status != 200 {
		t.Errorf("kernel: %d %v", status, a)
	}
	if status, a := post(t, url+"filters", map[string]any{"layer": 1}); status != 200 || a["each"] != 3.0 || a["all"] != 4.0 {
		t.Errorf("filters: %d %v", status, a)
	}
	if status, _ := post(t, url+"filters", map[string]any{"layer": 0}); status != 422 {
		t.Errorf("filters of a block are answered with %d", status)
	}
	if status, _ := post(t, url+"kernel", map[string]any{"image": 99, "layer": 1}); status != 422 {
		t.Errorf("a kernel of no image is answered with %d", status)
	}
	for path, want := range map[string]int{"drawing.svg?depth=0&flow=across": 200, "drawing.svg?depth=2&flow=down": 200, "drawing.svg?depth=99&flow=down": 400, "drawing.svg": 400, "static/drawing.css": 200} {
		r, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != want {
			t.Errorf("%s: %d, want %d, %v", path, r.StatusCode, want, err)
		}
		if want == 200 && strings.HasPrefix(path, "drawing.svg") && (!strings.Contains(string(text), `data-path="unit1`) || strings.Contains(string(text), "style")) {
			t.Errorf("%s has no unit1, or a style that the policy forbids: %.300s", path, text)
		}
	}
	if checksum(t, run.Params) != before {
		t.Error("looking changed the network")
	}
}

func TestAlarms(t *testing.T) {
	d, _ := trained(t, blocks.Sequence{
		blocks.As("conv", blocks.Conv2D{Out: 4, Kernel: 3, Init: graph.Constant(0)}),
		blocks.As("relu", blocks.Act{Func: activations.ReLU{}}),
		blocks.As("squash", blocks.Act{Func: activations.Tanh{}}),
		blocks.As("pool", blocks.GlobalAvgPool2D{}), blocks.As("fc", blocks.Linear{Out: 4}),
	})
	fill(d.params, "conv.weight", -1, 0)
	fill(d.params, "conv.bias", -1, -1)
	fill(d.params, "conv.bias", 0, 9)
	f, saturated, err := d.outputs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range d.alarms(f, saturated, []float64{1e-9, 0, 0, 0, 1}, trainer.Progress{Mean: trainer.Epoch{Seconds: 10, DataWait: 5}}) {
		got = append(got, a.EN)
		if a.KO == "" || a.KO == a.EN {
			t.Errorf("%s: no Korean", a.Kind)
		}
	}
	want := []string{
		"75 % of relu is always 0, for all 8 samples: these units get no gradient from them.",
		"75 % of squash is always 0, for all 8 samples: these units get no gradient from them.",
		"The gradient vanishes: at conv it is 1,000,000,000 times smaller than at fc.",
		"Training waits for images 50 % of the time.",
	}
	if len(got) != len(want) {
		t.Fatalf("alarms %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("alarm %q, want %q", got[i], want[i])
		}
	}
}

func TestSeriesKeepsWhatItStandsFor(t *testing.T) {
	var c series
	n := 5 * mostPoints
	for i := 1; i <= n; i++ {
		c.add(i, float64(i), 0.5, 0.1)
	}
	if len(c.list) > mostPoints || len(c.list) < mostPoints/2 {
		t.Errorf("%d points", len(c.list))
	}
	sum, steps := 0.0, 0
	for _, p := range append(c.list, c.open) {
		sum += p.loss * float64(p.n)
		steps += p.n
	}
	if steps != n || math.Abs(sum-float64(n)*float64(n+1)/2) > 1 {
		t.Errorf("%d steps with a sum of %g", steps, sum)
	}
}

var _ source = (*datasets.Dataset)(nil)
