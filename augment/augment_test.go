package augment

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stheno-ml/stheno/imaging"
)

// every step, with settings other than the default where there are some.
func every() []Step {
	steps := []Step{
		RandomResizedCrop{Height: 20, Width: 24}, ColorJitter{0.4, 0.4, 0.4, 0.1}, Rotation{Degrees: 30, Bilinear: true, Fill: [3]uint8{1, 2, 3}},
		Affine{Degrees: 10, Translate: [2]float64{0.1, 0.2}, Scale: [2]float64{0.8, 1.2}, Shear: [2]float64{10, 5}}, GaussianBlur{Kernel: 5},
		Flip{}, Flip{Probability: 1}, RandAugment{Magnitude: 15}, TrivialAugment{}, AutoAugment{},
	}
	for _, o := range Operations() {
		magnitude := map[string]float64{"posterize": 4, "solarize": 100, "translate_x": 3, "translate_y": -2, "rotate": 20}[o]
		if strings.HasPrefix(o, "shear") {
			magnitude = 0.2
		}
		steps = append(steps, Operation{Op: o, Magnitude: magnitude})
	}
	return steps
}

func TestChainInJSON(t *testing.T) {
	chain := Chain(every())
	text, err := json.Marshal(chain)
	if err != nil {
		t.Fatal(err)
	}
	var back Chain
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if !reflect.DeepEqual(back, chain) {
		t.Errorf("%s\nbecomes %v, want %v", text, back, chain)
	}
	short := Chain{RandomResizedCrop{}, TrivialAugment{}, RandAugment{Magnitude: 12, Fill: [3]uint8{9}}}
	if text, err = json.Marshal(short); err != nil {
		t.Fatal(err)
	}
	if want := `["random_resized_crop","trivial_augment",{"name":"rand_augment","magnitude":12,"fill":[9,0,0]}]`; string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
}

func TestChainRefusesUnknownWords(t *testing.T) {
	for text, want := range map[string]string{
		`["trivial_agument"]`:                 `did you mean "trivial_augment"?`,
		`[{"name": "rotation", "degres": 3}]`: `unknown setting "degres"; did you mean "degrees"?`,
		`[{"degrees": 3}]`:                    `step 0: has no "name"`,
		`[7]`:                                 "want a name, or an object",
		`{}`:                                  "want a list of steps",
		`["flip", "random_resized_crop"]`:     "step 1 (random_resized_crop): it cuts out of the picture as it is in the file, want it first",
		`[{"name": "rand_augment", "magnitude": 31}]`:               "magnitude is 31, want 0 to 30",
		`[{"name": "rand_augment", "operations": -1}]`:              "operations is -1",
		`[{"name": "rotation", "degrees": 181}]`:                    "degrees is 181",
		`[{"name": "color_jitter", "hue": 0.6}]`:                    "hue is 0.6, want 0 to 0.5",
		`[{"name": "gaussian_blur", "kernel": 4}]`:                  "kernel is 4 wide, want an odd number",
		`[{"name": "operation", "op": "posterise"}]`:                `did you mean "posterize"`,
		`[{"name": "operation", "op": "rotate", "magnitude": 1e9}]`: "magnitude of rotate is 1e+09",
		`[{"name": "random_resized_crop", "scale": [0.5, 0.1]}]`:    "scale is 0.5 to 0.1",
		`[{"name": "random_resized_crop", "width": 5}]`:             "size is 0x5",
		`[{"name": "affine", "shear": [90, 0]}]`:                    "shear is 90 and 0 degrees",
		`[{"name": "flip", "probability": "often"}]`:                "flip",
	} {
		var c Chain
		if err := json.Unmarshal([]byte(text), &c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if err := (Chain{nil}).Check(); err == nil {
		t.Error("a nil step passes")
	}
}

// What happens follows from the generator alone, whatever the picture's memory held before; and a
// picture that is used again allocates nothing.
func TestStepsRepeatWithoutAllocation(t *testing.T) {
	for _, s := range every() {
		for _, channels := range []int{1, 3} {
			fresh := patterned(channels, 32, 40).Pixels
			used := patterned(channels, 50, 60)
			r := NewRand(1, 2, 3)
			again := func() {
				if err := used.Reset(imaging.Shape{Channels: channels, Height: 32, Width: 40}); err != nil {
					t.Fatal(err)
				}
				copy(used.Pixels, fresh)
				r = NewRand(1, 2, 3)
				if err := s.Apply(used, &r); err != nil {
					t.Fatalf("%s: %v", s.Name(), err)
				}
			}
			again()
			first := slices.Clone(used.Pixels)
			if n := testing.AllocsPerRun(10, again); n > 0 {
				t.Errorf("%s: %v allocations", s.Name(), n)
			}
			if !slices.Equal(first, used.Pixels) {
				t.Errorf("%s: another picture at the second time", s.Name())
			}
			if err := used.whole(); err != nil {
				t.Errorf("%s: %v", s.Name(), err)
			}
		}
	}
}

func TestWithoutMagnitudeNothingChanges(t *testing.T) {
	for _, o := range []Operation{
		{Op: "identity"}, {Op: "shear_x"}, {Op: "shear_y"}, {Op: "translate_x"}, {Op: "translate_y"}, {Op: "rotate"}, {Op: "brightness"},
		{Op: "color"}, {Op: "contrast"}, {Op: "sharpness"}, {Op: "posterize", Magnitude: 8}, {Op: "solarize", Magnitude: 256}, {Op: "rotate", Magnitude: -360},
	} {
		for _, o.Bilinear = range []bool{false, true} {
			p := patterned(3, 31, 40)
			if err := o.Apply(p, &Rand{}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.Pixels, patterned(3, 31, 40).Pixels) {
				t.Errorf("%+v changes the picture", o)
			}
		}
	}
	for _, s := range []Step{Affine{}, Affine{Bilinear: true}, ColorJitter{}} {
		p, r := patterned(3, 31, 40), NewRand(1, 1, 1)
		if err := s.Apply(p, &r); err != nil || !slices.Equal(p.Pixels, patterned(3, 31, 40).Pixels) {
			t.Errorf("%s without settings changes the picture (%v)", s.Name(), err)
		}
	}
}

func TestFourQuarterTurnsAreNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "side")
		p := patterned(3, n, n)
		turn := rapid.SampledFrom([]float64{90, -90, 270, 450}).Draw(t, "turn")
		for i := range 4 {
			p.rotate(turn, false, [3]uint8{})
			if i == 0 && n > 1 && slices.Equal(p.Pixels, patterned(3, n, n).Pixels) {
				t.Fatal("a turn changes nothing")
			}
		}
		if !slices.Equal(p.Pixels, patterned(3, n, n).Pixels) {
			t.Fatal("four turns change the picture")
		}
	})
}

func TestEqualizeSpreadsLevels(t *testing.T) {
	p := patterned(1, 120, 136) // 64 levels, 255 times each
	for i := range p.Pixels {   // dark, and all levels of 0 to 63 equally often
		p.Pixels[i] = uint8(i % 64)
	}
	p.equalize()
	for v := range 64 {
		if got, want := float64(p.Pixels[v]), float64(v)*255/63; math.Abs(got-want) > 3 {
			t.Errorf("level %d becomes %g, want about %g", v, got, want)
		}
	}
}

func TestBlurIsAConvolution(t *testing.T) {
	p, size, sigma := patterned(3, 9, 7), 5, 1.3
	h, w := 9, 7
	kernel, sum := make([]float64, size*size), 0.
	for i := range kernel {
		y, x := float64(i/size-size/2), float64(i%size-size/2)
		kernel[i] = math.Exp(-(x*x + y*y) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	from := slices.Clone(p.Pixels)
	p.blur(size, sigma)
	for i, got := range p.Pixels {
		c, y, x := i/(h*w), i/w%h, i%w
		var want float64
		for k, v := range kernel {
			want += v / sum * float64(from[(c*h+reflected(y+k/size-2, h))*w+reflected(x+k%size-2, w)])
		}
		if math.Abs(float64(got)-want) > 0.51 {
			t.Fatalf("pixel %d is %d, want %g", i, got, want)
		}
	}
}

func TestCropsStayInsideAndInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(1, 500).Draw(t, "h"), rapid.IntRange(1, 500).Draw(t, "w")
		r := NewRand(rapid.Uint64().Draw(t, "seed"), 0, 0)
		c := RandomResizedCrop{Scale: [2]float64{rapid.Float64Range(0.01, 0.5).Draw(t, "low"), 1}}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		win := c.Window(h, w, &r)
		if win.Top < 0 || win.Left < 0 || win.Height < 1 || win.Width < 1 || win.Top+win.Height > h || win.Left+win.Width > w {
			t.Fatalf("%+v of %dx%d", win, h, w)
		}
		e := Erasing{Probability: 1}
		if win, ok := e.Window(h, w, &r); ok && (win.Top < 0 || win.Left < 0 || win.Top+win.Height > h || win.Left+win.Width > w) {
			t.Fatalf("erased %+v of %dx%d", win, h, w)
		}
	})
	// Of a usual photograph nearly all draws fit, and the area is uniform.
	var share, ratio float64
	const n = 20000
	r := NewRand(5, 0, 0)
	for range n {
		win := RandomResizedCrop{Scale: [2]float64{0.1, 0.5}}.Window(375, 500, &r)
		share += float64(win.Height*win.Width) / (375 * 500) / n
		ratio += math.Log(float64(win.Width)/float64(win.Height)) / n
	}
	if math.Abs(share-0.3) > 0.005 || math.Abs(ratio) > 0.01 {
		t.Errorf("mean share %g, mean logarithm of the ratio %g, want 0.3 and 0", share, ratio)
	}
}

func TestErasing(t *testing.T) {
	s := imaging.Shape{Channels: 2, Height: 20, Width: 30}
	erased, times := 0, 0
	const n = 4000
	for i := range n {
		image := make([]float32, 2*20*30)
		for k := range image {
			image[k] = 1
		}
		r := NewRand(3, 1, i)
		Erasing{Probability: 0.25}.Apply(image, s, &r)
		zero := 0
		for k := range 600 {
			if image[k] == 0 {
				zero++
			}
			if image[k] != image[600+k] {
				t.Fatal("channels differ")
			}
		}
		if erased += zero; zero > 0 {
			times++
		}
	}
	if share := float64(times) / n; math.Abs(share-0.25) > 0.03 {
		t.Errorf("%g of the images lost something, want 0.25", share)
	}
	if area := float64(erased) / float64(times) / 600; math.Abs(area-0.175) > 0.02 {
		t.Errorf("of those %g are gone on the mean, want 0.175", area)
	}
	image, r := make([]float32, 1200), NewRand(1, 1, 1)
	Erasing{Probability: 1, Noise: true}.Apply(image, s, &r)
	if slices.Max(image) <= 0 || slices.Min(image) >= 0 {
		t.Error("noise has one sign")
	}
}

// The 14 operations come equally often, RandAugment's magnitudes are the paper's.
func TestPoliciesDraw(t *testing.T) {
	for _, c := range []struct {
		space     space
		operation operation
		bin, bins int
		want      float64
	}{
		{paper, shearX, 30, 31, 0.3}, {paper, translateX, 30, 31, 150. / 331 * 32}, {paper, rotate, 15, 31, 15}, {paper, color, 9, 31, 0.27},
		{paper, posterize, 0, 31, 8}, {paper, posterize, 30, 31, 4}, {paper, posterize, 9, 31, 7}, {paper, solarize, 0, 31, 255}, {paper, solarize, 30, 31, 0},
		{paper, posterize, 7, 10, 5}, {wide, posterize, 30, 31, 2}, {wide, shearY, 30, 31, 0.99}, {wide, translateY, 30, 31, 32}, {wide, rotate, 30, 31, 135},
	} {
		if got, _ := c.space.magnitude(c.operation, c.bin, c.bins, 24, 32); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s at %d of %d: %g, want %g", operationNames[c.operation], c.bin, c.bins, got, c.want)
		}
	}
	counts := map[int]int{}
	r := NewRand(1, 0, 0)
	for range 14000 {
		counts[r.Below(drawn)]++
	}
	if len(counts) != 14 {
		t.Fatalf("%d operations, want 14", len(counts))
	}
	for o, n := range counts {
		if n < 850 || n > 1150 {
			t.Errorf("%s came %d times of 14000", operationNames[o], n)
		}
	}
}

func TestCover(t *testing.T) {
	for _, c := range []struct{ h, w, side, height, width, newH, newW int }{
		{375, 500, 256, 224, 224, 256, 341}, {500, 375, 256, 224, 224, 341, 256}, {375, 500, 0, 224, 224, 224, 298}, {10, 10, 0, 20, 30, 30, 30},
	} {
		newH, newW, err := Proportion(c.h, c.w, c.side, c.height, c.width)
		if err != nil || newH != c.newH || newW != c.newW {
			t.Errorf("%+v: %dx%d, %v", c, newH, newW, err)
		}
		p := patterned(3, c.h, c.w)
		if err := p.Cover(c.side, c.height, c.width); err != nil || p.Shape.Height != c.height || p.Shape.Width != c.width {
			t.Errorf("%+v: %v, %v", c, p.Shape, err)
		}
	}
	if _, _, err := Proportion(100, 100, 50, 60, 60); err == nil {
		t.Error("a side below the size passes")
	}
	for _, p := range []*Picture{{}, {Shape: imaging.Shape{Channels: 3, Height: 2, Width: 2}}, {Shape: imaging.Shape{Channels: 2, Height: 1, Width: 1}, Pixels: []uint8{1, 2}}} {
		if err := p.Resize(4, 4); err == nil {
			t.Errorf("a picture of %v with %d pixels passes", p.Shape, len(p.Pixels))
		}
		if err := (Chain{Flip{}}).Apply(p, &Rand{}); err == nil {
			t.Errorf("a chain takes a picture of %v with %d pixels", p.Shape, len(p.Pixels))
		}
	}
}

func BenchmarkSteps(b *testing.B) {
	for _, size := range []imaging.Shape{{Channels: 3, Height: 32, Width: 32}, {Channels: 3, Height: 375, Width: 500}} {
		for _, s := range every() {
			if c, ok := s.(RandomResizedCrop); ok {
				c.Height, c.Width = min(224, size.Height), min(224, size.Height)
				s = c
			}
			name := s.Name()
			if o, ok := s.(Operation); ok {
				name = o.Op
			}
			b.Run(fmt.Sprintf("%s/%v", name, size), func(b *testing.B) {
				from, p := patterned(size.Channels, size.Height, size.Width).Pixels, &Picture{}
				b.ReportAllocs()
				for i := range b.N {
					if err := p.Reset(size); err != nil {
						b.Fatal(err)
					}
					copy(p.Pixels, from)
					r := NewRand(1, 1, i)
					if err := s.Apply(p, &r); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
