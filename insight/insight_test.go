package insight_test

import (
	"image"
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/insight"
)

var shape = imaging.Shape{Channels: 3, Height: 12, Width: 12}

// small has two convolutions, of which the second halves the image.
var small = blocks.Sequence{
	blocks.As("conv1", blocks.ConvNorm{Out: 6, Kernel: 3, Padding: 1, Act: activations.ELU{Alpha: 1}, Names: blocks.Names{}}),
	blocks.As("conv2", blocks.ConvNorm{Out: 8, Kernel: 3, Stride: 2, Padding: 1, Act: activations.ELU{Alpha: 1}}),
	blocks.As("pool", blocks.GlobalAvgPool2D{}),
	blocks.As("fc", blocks.Linear{Out: 10}),
}

func network(t testing.TB) (insight.Network, *datasets.Dataset) {
	t.Helper()
	data, _, err := datasets.Lookup("synthetic", "")
	if err != nil {
		t.Fatal(err)
	}
	if data, err = data.Resize(12, 12); err != nil {
		t.Fatal(err)
	}
	n := insight.Network{Net: small, Params: graph.NewParams(1), Input: shape, Batch: 4}
	if _, _, err := n.Outputs(t.Context(), "", make([]float32, 3*12*12)); err != nil { // makes the parameters
		t.Fatal(err)
	}
	return n, data
}

func read(t testing.TB, data datasets.Source, indices ...int) ([]float32, []int) {
	t.Helper()
	images, labels, err := insight.Read(data, indices...)
	if err != nil {
		t.Fatal(err)
	}
	return images, labels
}

// output is the network's for one class of one image.
func output(t testing.TB, n insight.Network, image []float32, class int) float64 {
	t.Helper()
	_, v, err := n.Outputs(t.Context(), "", image)
	if err != nil {
		t.Fatal(err)
	}
	return float64(v[class])
}

// The gradient's map is the largest of a pixel's finite differences.
func TestGradientAgainstDifferences(t *testing.T) {
	n, data := network(t)
	images, labels := read(t, data, 0, 1, 2, 3, 4) // more than a batch
	maps, err := n.Gradient(t.Context(), images, labels)
	if err != nil {
		t.Fatal(err)
	}
	one := len(images) / len(labels)
	x := images[4*one:]
	for _, at := range []int{0, 17, 77, 143} {
		want := 0.0
		for c := range 3 {
			moved, h := append([]float32(nil), x...), float32(0.05)
			moved[c*144+at] += h
			up := output(t, n, moved, labels[4])
			moved[c*144+at] -= 2 * h
			want = max(want, math.Abs(up-output(t, n, moved, labels[4]))/(2*0.05))
		}
		if got := float64(maps[4].Values[at]); math.Abs(got-want) > 1e-3*(1+want) && math.Abs(got-want) > 0.05*want {
			t.Errorf("pixel %d: %v, by differences %v", at, got, want)
		}
	}
}

// Integrated gradients add up to what the output gained over the baseline.
func TestIntegratedGradientsAreComplete(t *testing.T) {
	n, data := network(t)
	images, labels := read(t, data, 5, 6)
	maps, err := n.IntegratedGradients(t.Context(), images, labels, nil, 64)
	if err != nil {
		t.Fatal(err)
	}
	one := len(images) / 2
	for i, m := range maps {
		sum := 0.0
		for _, v := range m.Values {
			sum += float64(v)
		}
		want := output(t, n, images[i*one:(i+1)*one], labels[i]) - output(t, n, make([]float32, one), labels[i])
		if math.Abs(sum-want) > 0.02*math.Abs(want)+1e-3 {
			t.Errorf("image %d: the map adds up to %v, the output gained %v", i, sum, want)
		}
	}
}

// Where the classifier reads the channels' means, as here, Grad-CAM's weights are
// the classifier's: the map is max(0, sum of w[class,k] A[k]) over the area.
func TestGradCAMOfAveragePooling(t *testing.T) {
	n, data := network(t)
	images, labels := read(t, data, 7)
	maps, err := n.GradCAM(t.Context(), "conv2", images, labels)
	if err != nil {
		t.Fatal(err)
	}
	features, err := n.FeatureMaps(t.Context(), "conv2", images)
	if err != nil {
		t.Fatal(err)
	}
	if maps[0].Height != 6 || maps[0].Width != 6 || len(features) != 8 {
		t.Fatalf("a map of %d x %d and %d feature maps, want 6 x 6 and 8", maps[0].Height, maps[0].Width, len(features))
	}
	w := n.Params.Get("fc.weight").Value.Float32s()
	for i, got := range maps[0].Values {
		want := 0.0
		for k, f := range features {
			want += float64(w[labels[0]*8+k]) * float64(f.Values[i]) / 36
		}
		if want = max(0, want); math.Abs(float64(got)-want) > 1e-5 {
			t.Errorf("element %d: %v, want %v", i, got, want)
		}
	}
	if _, err := n.GradCAM(t.Context(), "fc", images, labels); err == nil {
		t.Error("Grad-CAM of a layer without maps was made")
	}
}

func TestOcclusion(t *testing.T) {
	n, data := network(t)
	images, labels := read(t, data, 8)
	m, err := n.Occlusion(t.Context(), images, labels[0], insight.OcclusionConfig{Size: 12})
	if err != nil {
		t.Fatal(err)
	}
	p, err := n.Probabilities(t.Context(), append(append([]float32(nil), images...), make([]float32, len(images))...))
	if err != nil {
		t.Fatal(err)
	}
	want := p[0][labels[0]] - p[1][labels[0]] // all of it is covered
	for i, v := range m.Values {
		if math.Abs(float64(v)-want) > 1e-6 {
			t.Fatalf("pixel %d: %v, want %v everywhere", i, v, want)
		}
	}
	if m, err = n.Occlusion(t.Context(), images, labels[0], insight.OcclusionConfig{Size: 5, Stride: 3}); err != nil || len(m.Values) != 144 {
		t.Errorf("%d values, %v", len(m.Values), err)
	}
	if _, err := n.Occlusion(t.Context(), images, 10, insight.OcclusionConfig{}); err == nil {
		t.Error("class 10 of 10 was taken")
	}
}

func TestWorstMistakes(t *testing.T) {
	n, data := network(t)
	worst, err := n.WorstMistakes(t.Context(), data.Take(100), 7)
	if err != nil {
		t.Fatal(err)
	}
	if len(worst) != 7 {
		t.Fatalf("%d mistakes of a network that learned nothing, want 7", len(worst))
	}
	labels := data.Labels()
	for i, m := range worst {
		if m.Label != labels[m.Image] || m.Predicted == m.Label || i > 0 && m.Loss > worst[i-1].Loss {
			t.Errorf("mistake %d: %+v", i, m)
		}
	}
}

// The strongest patch of a channel of the first layer is where its map is largest,
// and its box is the kernel there.
func TestStrongestPatches(t *testing.T) {
	n, data := network(t)
	lists, err := n.StrongestPatches(t.Context(), "conv1", data, insight.PatchConfig{Channels: []int{4, 1}, Count: 3, Images: 40})
	if err != nil {
		t.Fatal(err)
	}
	if len(lists) != 2 || len(lists[0]) != 3 {
		t.Fatalf("%d lists, want 2 of 3", len(lists))
	}
	for k, channel := range []int{4, 1} {
		for i, p := range lists[k] {
			images, labels := read(t, data, p.Image)
			maps, err := n.FeatureMaps(t.Context(), "conv1", images)
			if err != nil {
				t.Fatal(err)
			}
			most := float32(math.Inf(-1))
			for _, v := range maps[channel].Values {
				most = max(most, v)
			}
			if got := maps[channel].At(p.Row, p.Column); math.Abs(float64(got-most)) > 1e-5 || math.Abs(float64(p.Value-most)) > 1e-5 || p.Label != labels[0] {
				t.Errorf("channel %d, patch %d: %+v, the map's largest is %v", channel, i, p, most)
			}
			kernel := image.Rect(p.Column-1, p.Row-1, p.Column+2, p.Row+2)
			if p.Box.Empty() || !p.Box.In(kernel) {
				t.Errorf("channel %d, patch %d looks at %v, its kernel is at %v", channel, i, p.Box, kernel)
			}
		}
	}
}

// A layer of two 3x3 kernels, the second of stride 2, sees 5 x 5 pixels.
func TestReceptiveField(t *testing.T) {
	n, data := network(t)
	images, _ := read(t, data, 0, 1, 2, 3, 4, 5)
	m, err := n.ReceptiveField(t.Context(), "conv2", images, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range m.Values {
		inside := i/12 >= 4 && i/12 <= 8 && i%12 >= 4 && i%12 <= 8 // around 2*3
		if (v != 0) != inside {
			t.Errorf("pixel %d, %d has %v", i/12, i%12, v)
		}
	}
}

func TestDirections(t *testing.T) {
	n, _ := network(t)
	d, err := insight.RandomDirection(n.Params, 3)
	if err != nil {
		t.Fatal(err)
	}
	length := func(v []float32) (sum float64) {
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		return sum
	}
	w := n.Params.Get("conv2.conv.weight").Value.Float32s()
	row := 6 * 9
	for o := range 8 {
		if a, b := length(w[o*row:(o+1)*row]), length(d["conv2.conv.weight"][o*row:(o+1)*row]); math.Abs(a-b) > 1e-4*a {
			t.Errorf("filter %d: the weights' square length is %v, the direction's %v", o, a, b)
		}
	}
	for name := range d {
		if strings.Contains(name, "bn") || strings.Contains(name, "bias") {
			t.Errorf("%s moves", name)
		}
	}
	moved, err := n.Params.Clone()
	if err != nil {
		t.Fatal(err)
	}
	if err := insight.Move(moved, n.Params, []insight.Direction{d}, []float64{0.5}); err != nil {
		t.Fatal(err)
	}
	back, err := insight.Between(n.Params, moved)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range back["conv2.conv.weight"] {
		if want := 0.5 * d["conv2.conv.weight"][i]; math.Abs(float64(v-want)) > 1e-5 {
			t.Fatalf("element %d moved by %v, want %v", i, v, want)
		}
	}
}

func TestFilters(t *testing.T) {
	n, _ := network(t)
	filters, err := insight.Filters(n.Params, "conv1.conv.weight")
	if err != nil || len(filters) != 6 || filters[0].Bounds() != image.Rect(0, 0, 3, 3) {
		t.Fatalf("%d filters, %v", len(filters), err)
	}
	for _, name := range []string{"conv2.conv.weight", "fc.weight", "none"} {
		if _, err := insight.Filters(n.Params, name); err == nil {
			t.Errorf("%s became pictures", name)
		}
	}
}

func TestMaps(t *testing.T) {
	m := insight.Map{Height: 1, Width: 2, Values: []float32{0, 1}}
	r, err := m.Resize(1, 4)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{0, 0.25, 0.75, 1} {
		if r.Values[i] != want {
			t.Errorf("resized to %v", r.Values)
			break
		}
	}
	if c := m.Image().RGBAAt(1, 0); c.R < 200 {
		t.Errorf("the largest value is dark: %v", c)
	}
	if c := (insight.Map{Height: 1, Width: 3, Values: []float32{-1, 0, 1}}).Image().RGBAAt(1, 0); c.R < 240 || c.B < 240 {
		t.Errorf("zero is not white: %v", c)
	}
	if _, err := (insight.Map{Height: 2, Width: 2, Values: make([]float32, 4)}).Over(image.NewGray(image.Rect(0, 0, 8, 6))); err != nil {
		t.Error(err)
	}
	if _, err := (insight.Map{}).Resize(2, 2); err == nil {
		t.Error("a map without values was resized")
	}
	if _, err := m.Over(nil); err == nil {
		t.Error("no picture was covered")
	}
}

func TestImagesThatDoNotFit(t *testing.T) {
	n, data := network(t)
	images, labels := read(t, data, 0, 1)
	for name, call := range map[string]func() error{
		"too short":  func() error { _, err := n.Gradient(t.Context(), images[1:], labels); return err },
		"no images":  func() error { _, err := n.Gradient(t.Context(), nil, nil); return err },
		"classes":    func() error { _, err := n.GradCAM(t.Context(), "conv2", images, labels[:1]); return err },
		"class":      func() error { _, err := n.Gradient(t.Context(), images, []int{0, 10}); return err },
		"layer":      func() error { _, _, err := n.Outputs(t.Context(), "conv3", images); return err },
		"baseline":   func() error { _, err := n.IntegratedGradients(t.Context(), images, labels, images, 4); return err },
		"steps":      func() error { _, err := n.IntegratedGradients(t.Context(), images, labels, nil, -1); return err },
		"two images": func() error { _, err := n.FeatureMaps(t.Context(), "conv1", images); return err },
		"index":      func() error { _, _, err := insight.Read(data, data.Len()); return err },
		"no network": func() error {
			_, err := insight.Network{Input: shape}.Gradient(t.Context(), images, labels)
			return err
		},
		"other shape": func() error {
			_, err := insight.Network{Net: small, Params: graph.NewParams(1), Input: imaging.Shape{Channels: 1, Height: 2, Width: 2}}.WorstMistakes(t.Context(), data, 1)
			return err
		},
	} {
		if err := call(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
