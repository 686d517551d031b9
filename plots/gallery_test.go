package plots

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func elu(x float64) float64 {
	if x > 0 {
		return x
	}
	return math.Expm1(x)
}

func relu(x float64) float64 { return max(0, x) }

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// decay is a plausible loss curve with noise.
func decay(n int, from, to, noise float64, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	out := make([]float64, n)
	for i := range out {
		out[i] = to + (from-to)*math.Exp(-4*float64(i)/float64(n)) + noise*rng.NormFloat64()
	}
	return out
}

func normals(n int, sd float64, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := make([]float64, n)
	for i := range out {
		out[i] = sd * rng.NormFloat64()
	}
	return out
}

// pictures returns n images: even ones grey, odd ones in colour, with a diagonal stroke.
func pictures(n, w, h int) []image.Image {
	out := make([]image.Image, n)
	for i := range out {
		if i%2 == 0 {
			img := image.NewGray(image.Rect(0, 0, w, h))
			for x := range min(w, h) {
				img.SetGray(x, x, color.Gray{Y: uint8(255 - 3*i)})
			}
			out[i] = img
			continue
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.SetRGBA(x, y, color.RGBA{uint8(8 * x), uint8(8 * y), uint8(20 * i), 255})
			}
		}
		out[i] = img
	}
	return out
}

func upTo(n, classes int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i % classes
	}
	return out
}

var cifar = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

func confusionOf(n, per int, seed uint64) [][]int {
	rng := rand.New(rand.NewPCG(seed, 2))
	m := make([][]int, n)
	for i := range m {
		m[i] = make([]int, n)
		for range per {
			j := i
			if rng.IntN(7) == 0 {
				j = rng.IntN(n)
			}
			m[i][j]++
		}
	}
	return m
}

func layers(n int) (names []string, plain, residual []float64) {
	for i := range n {
		names = append(names, "layer"+string(rune('1'+i*3/n))+"."+string(rune('0'+i%7))+".conv1.weight")
		plain = append(plain, math.Exp(-0.5*float64(n-i)))
		residual = append(residual, 0.3+0.1*math.Sin(float64(i)))
	}
	return names, plain, residual
}

// search is a plausible search for a learning rate: the loss stays, falls and explodes.
func search(n int) (rates, losses, mean []float64) {
	rng := rand.New(rand.NewPCG(3, 0))
	for i := range n {
		x := float64(i)/float64(n-1)*8 - 7
		l := 2.3 - 1.9/(1+math.Exp(-3*(x+2))) + math.Exp(4*(x-0.3))
		rates, mean = append(rates, math.Pow(10, x)), append(mean, l)
		losses = append(losses, l+0.08*rng.NormFloat64())
	}
	return rates, losses, mean
}

// gallery makes one figure of each kind, and those that are awkward to draw.
func gallery(t testing.TB) map[string]*Figure {
	t.Helper()
	out := map[string]*Figure{}
	add := func(name string) func(*Figure, error) {
		return func(f *Figure, err error) {
			t.Helper()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			out[name] = f
		}
	}
	nan := math.NaN()
	add("curve")(Curve("Learning rate by step", "step", "learning rate",
		Series{Name: "cosine", Y: decay(200, 0.1, 0.001, 0, 1)}, Series{Name: "step", Y: append(decay(100, 0.1, 0.1, 0, 1), decay(100, 0.01, 0.01, 0, 1)...)}))
	add("curve_many")(Curve("Nine lines", "step", "loss",
		Series{Name: "sgd", Y: decay(40, 2.3, 0.3, 0.02, 1)}, Series{Name: "momentum", Y: decay(40, 2.3, 0.2, 0.02, 2)},
		Series{Name: "nesterov", Y: decay(40, 2.2, 0.25, 0.02, 3)}, Series{Name: "adam", Y: decay(40, 2.1, 0.1, 0.02, 4)},
		Series{Name: "adamw", Y: decay(40, 2.4, 0.5, 0.02, 5)}, Series{Name: "rmsprop", Y: decay(40, 2.5, 0.6, 0.02, 6)},
		Series{Name: "adagrad", Y: decay(40, 2.6, 0.7, 0.02, 7)}, Series{Name: "a second one in blue", Y: decay(40, 2.7, 0.8, 0.02, 8)},
		Series{Name: "a second one in vermillion", Y: decay(40, 2.8, 0.9, 0.02, 9)}))
	add("curve_long_with_gaps")(Curve("100,000 steps, one of them infinite", "step", "loss",
		Series{Y: append(append(decay(50000, 2.3, 1, 0.1, 1), math.Inf(1), nan), decay(50000, 0.9, 0.4, 0.1, 2)...)}))
	add("curve_one_point")(Curve("One point", "x", "y", Series{Name: "p", X: []float64{3}, Y: []float64{7}}))
	add("log_curve")(LogCurve("Error of Winograd", "channels", "relative error",
		Series{Name: "F(2,3)", X: []float64{8, 16, 32, 64, 128}, Y: []float64{2e-7, 3e-7, 3e-7, 4e-7, 5e-7}},
		Series{Name: "F(4,3)", X: []float64{8, 16, 32, 64, 128}, Y: []float64{2e-6, 0, 5e-6, 8e-6, 2e-5}}))
	rates, losses, mean := search(100)
	add("learning_rates")(LearningRates("Learning rates of LeNet-5 on MNIST", rates, losses, mean, Mark{"steepest: 0.01", 0.01}, Mark{"lowest / 10: 0.05", 0.05}))
	add("learning_rates_rising")(LearningRates("Nothing is learned", rates[:3], []float64{1, nan, 3}, nil))
	add("learning_rates_one")(LearningRates("One rate", rates[:1], losses[:1], mean[:1]))
	add("function")(Function("ELU", -4, 4, elu, nil))
	add("functions")(Functions("Activations", -4, 4, Func{Name: "sigmoid", F: sigmoid}, Func{Name: "tanh", F: math.Tanh},
		Func{Name: "ReLU", F: relu}, Func{Name: "ELU", F: elu}))
	run := Run{TrainLoss: decay(12, 2.1, 0.05, 0, 1), TestLoss: decay(12, 1.8, 0.12, 0.02, 2), TrainAccuracy: decay(12, 0.5, 0.99, 0, 3), TestAccuracy: decay(12, 0.6, 0.975, 0.005, 4)}
	add("history")(History("LeNet-5 on MNIST", run))
	add("history_runs")(History("Deeper is not better without skip connections",
		Run{Name: "plain-20", TrainLoss: decay(60, 2, 0.4, 0.02, 1), TestLoss: decay(60, 2, 0.5, 0.03, 2), TrainAccuracy: decay(60, 0.3, 0.9, 0.01, 3), TestAccuracy: decay(60, 0.3, 0.87, 0.01, 4)},
		Run{Name: "plain-56", TrainLoss: decay(60, 2.2, 0.6, 0.02, 5), TestLoss: decay(60, 2.2, 0.7, 0.03, 6), TrainAccuracy: decay(60, 0.2, 0.82, 0.01, 7), TestAccuracy: decay(60, 0.2, 0.8, 0.01, 8)},
		Run{Name: "ResNet-56", TrainLoss: decay(60, 1.9, 0.1, 0.02, 9), TestLoss: decay(60, 1.9, 0.3, 0.03, 10), TrainAccuracy: decay(60, 0.3, 0.98, 0.005, 11), TestAccuracy: decay(60, 0.3, 0.93, 0.01, 12)}))
	add("history_one_epoch")(History("One epoch, loss only", Run{TrainLoss: []float64{0.3}, TestLoss: []float64{nan}}))
	add("history_one_epoch_runs")(History("One epoch of two runs", Run{Name: "plain-20", TrainLoss: []float64{1.3}, TestLoss: []float64{1.1}, TestAccuracy: []float64{0.6}},
		Run{Name: "ResNet-20", TrainLoss: []float64{0.9}, TestLoss: []float64{0.8}, TestAccuracy: []float64{0.7}}))
	add("history_one_epoch_both")(History("LeNet-5 nach 1 epoch", Run{TrainLoss: []float64{0.3}, TestLoss: []float64{0.2}, TrainAccuracy: []float64{0.91}, TestAccuracy: []float64{0.955}}))
	add("korean")(Curve("기울기 소실: 층이 깊을수록 작아진다 (깊이 ≥ 20)", "층", "기울기의 노름", Series{Name: "시그모이드", Y: decay(20, 2, 0.1, 0, 1)}, Series{Name: "ReLU (He 초기화)", Y: decay(20, 2, 1, 0, 2)}))
	add("images")(Images(pictures(12, 28, 28), ImagesConfig{Title: "Twelve images", Labels: upTo(12, 10), Predictions: upTo(12, 11)}))
	add("images_classes")(Images(pictures(20, 32, 32), ImagesConfig{Labels: upTo(20, 10), Predictions: upTo(20, 9), Classes: cifar, Columns: 5}))
	add("images_filters")(Images(pictures(64, 7, 5), ImagesConfig{Title: "Filters of conv1", Columns: 16}))
	add("image_single")(Images(pictures(1, 200, 100), ImagesConfig{Title: "A title that is longer than its image", Captions: []string{"caption"}}))
	add("confusion_digits")(Confusion(confusionOf(10, 200, 1), nil))
	add("confusion_names")(Confusion(confusionOf(10, 1000, 2), cifar))
	add("confusion_large")(Confusion(confusionOf(100, 50, 3), nil))
	add("confusion_two")(Confusion([][]int{{12, 3}, {0, 0}}, []string{"yes", "no"}))
	var bins []ReliabilityBin
	for i := range 15 {
		b := ReliabilityBin{Low: float64(i) / 15, High: float64(i+1) / 15, Images: i * 10 % 140, Confidence: (float64(i) + 0.5) / 15}
		b.Accuracy = max(0, min(1, b.Confidence*b.Confidence*1.02+0.03))
		bins = append(bins, b)
	}
	bins[5].Accuracy = 0.6
	add("reliability")(Reliability("Calibration of ResNet-20 on CIFAR-10", bins))
	add("histogram")(Histogram("Weights of conv1", "weight", 0, Series{Y: normals(5000, 0.05, 1)}))
	add("histogram_several")(Histogram("Activations", "value", 60, Series{Name: "layer 1", Y: normals(20000, 1, 1)},
		Series{Name: "layer 10", Y: normals(2000, 0.3, 2)}, Series{Name: "layer 20", Y: normals(200, 0.1, 3)}))
	add("histogram_constant")(Histogram("All equal", "value", 0, Series{Y: []float64{3, 3, 3, nan}}))
	names, plain, residual := layers(20)
	add("gradient_flow")(GradientFlow("Gradients reach the first layers by skip connections", names,
		Series{Name: "plain-20, sigmoid", Y: plain}, Series{Name: "ResNet-20, ReLU", Y: residual}))
	names, plain, _ = layers(110)
	plain[4], plain[7] = 0, nan
	add("gradient_flow_deep")(GradientFlow("110 layers", names, Series{Y: plain}))
	add("gradient_flow_few")(GradientFlow("Two layers", []string{"conv1", "fc"}, Series{Name: "norm", Y: []float64{0.5, 0.6}}))
	return out
}

// Every figure is well-formed SVG without NaN coordinates, and a PNG that is not blank. With
// STHENO_GALLERY=DIR the pictures are kept there, to be looked at.
func TestGallery(t *testing.T) {
	dir := os.Getenv("STHENO_GALLERY")
	for name, f := range gallery(t) {
		t.Run(name, func(t *testing.T) {
			svg := f.SVG()
			d := xml.NewDecoder(strings.NewReader(svg))
			for {
				_, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("SVG: %v", err)
				}
			}
			if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
				t.Error("SVG has coordinates that are not numbers")
			}
			if f.title != "" && !strings.Contains(svg, ">"+f.title+"<") {
				t.Errorf("SVG lacks the title %q", f.title)
			}
			for _, p := range f.panels {
				if a, ok := p.(axes); ok {
					for _, e := range a.ends {
						if !strings.Contains(svg, ">"+e.name+"<") {
							t.Errorf("SVG lacks %q at its line's end", e.name)
						}
					}
				}
			}
			for _, k := range f.legend {
				if !strings.Contains(svg, ">"+k.name+"<") {
					t.Errorf("SVG lacks the legend's %q", k.name)
				}
			}
			if len(svg) > 2<<20 {
				t.Errorf("SVG has %d bytes", len(svg))
			}
			b, err := f.PNG()
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatalf("PNG: %v", err)
			}
			if dark := share(img); dark < 0.002 || dark > 0.97 {
				t.Errorf("%.2f %% of the pixels are not white", 100*dark)
			}
			if dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644); err != nil {
					t.Error(err)
				}
				if err := f.Save(filepath.Join(dir, name+".svg")); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// share returns the share of pixels that are not white.
func share(img image.Image) float64 {
	b := img.Bounds()
	n := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, bl, _ := img.At(x, y).RGBA(); r&g&bl != 0xffff {
				n++
			}
		}
	}
	return float64(n) / float64(b.Dx()*b.Dy())
}
