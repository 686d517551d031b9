// Sizes here are beyond 32 bits.

//go:build !(386 || arm || mips || mipsle)

package blocks_test

import (
	"context"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size/sizetest"
	"pgregory.net/rapid"
)

// confined is the address space of the processes in which sizes are tried out.
const confined = 3 << 29

// buildable are blocks that build on 4 channels of 8x8, whose settings the tests
// below replace. A test holds that none is missing.
func buildable() []blocks.Block {
	return []blocks.Block{
		blocks.Act{},
		blocks.AdaptiveAvgPool2D{Out: 2},
		blocks.AuxHead{Classes: 3, Channels: 4, Features: 8},
		blocks.AvgPool2D{Kernel: 2},
		blocks.BatchNorm{},
		blocks.Bottleneck{Out: 8},
		blocks.Conv2D{Out: 4, Kernel: 3},
		blocks.ConvNorm{Out: 4, Kernel: 3},
		blocks.ConvTranspose2D{Out: 4, Kernel: 3},
		blocks.DenseBlock{Growth: 2, Layers: 2},
		blocks.DepthwiseSeparable{Out: 4},
		blocks.Dropout{},
		blocks.Flatten{},
		blocks.GlobalAvgPool2D{},
		blocks.Identity{},
		blocks.Inception{Out1: 1, Reduce3: 1, Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1},
		blocks.InvertedResidual{Out: 4},
		blocks.Linear{Out: 3},
		blocks.LocalResponseNorm{},
		blocks.MaxPool2D{Kernel: 2},
		blocks.MaxoutConv{Out: 4, Kernel: 3},
		blocks.MaxoutLinear{Out: 4},
		blocks.As("name", blocks.Identity{}),
		blocks.Residual{Out: 4},
		blocks.Scale{Factor: 2},
		blocks.SqueezeExcite{Reduction: 2},
		blocks.StochasticDepth{P: 0.5},
		blocks.Transition{},
		blocks.UpsampleConv{Out: 4},
	}
}

func TestBuildableCoversAllBlocks(t *testing.T) {
	known := map[string]bool{"Names": true} // which is no block
	for _, b := range buildable() {
		known[reflect.TypeOf(b).Name()] = true
	}
	for name := range structs(t) {
		if !known[name] {
			t.Errorf("%s is not in the list of buildable blocks", name)
		}
	}
}

// pow is a power of two, also where an int has 32 bits and overflows.
func pow(n int) int { return 1 << n }

// extremes are numbers at which sizes overflow or ask for too much, and some that
// are usual. Between them lies what is merely slow.
var extremes = []int{
	math.MinInt, math.MinInt + 1, -pow(62), -pow(32), -2, -1, 0, 1, 2, 3, 5,
	50, pow(31) - 1, pow(31), pow(32), pow(40), pow(53) + 1, pow(61) - 1, pow(62), math.MaxInt/2 + 1, math.MaxInt - 1, math.MaxInt,
}

var extremeFloats = []float64{math.NaN(), math.Inf(1), math.Inf(-1), -math.MaxFloat64, -1, 0, math.SmallestNonzeroFloat64, 0.5, 1, 1e300}

// Every block with any numbers in its fields builds and runs, or returns an
// error, in a process that dies when it asks for too much.
func TestExtremeSizes(t *testing.T) {
	if !sizetest.Confine(t, confined) {
		return
	}
	all := buildable()
	rapid.Check(t, func(t *rapid.T) {
		b := reflect.New(reflect.TypeOf(rapid.SampledFrom(all).Draw(t, "block"))).Elem()
		for _, of := range all {
			if reflect.TypeOf(of) == b.Type() {
				b.Set(reflect.ValueOf(of))
			}
		}
		for range rapid.IntRange(1, 3).Draw(t, "fields") {
			draw(t, b)
		}
		cfg := graph.InferenceConfig(2, 4, 8, 8)
		if rapid.Bool().Draw(t, "training") {
			cfg = graph.TrainingConfig(2, 4, 8, 8)
		}
		cfg.NoFusion = rapid.Bool().Draw(t, "unfused")
		tryOut(t, b.Interface().(blocks.Block), cfg)
	})
}

// draw sets one of the block's numbers or its activation.
func draw(t *rapid.T, b reflect.Value) {
	if b.NumField() == 0 {
		return
	}
	i := rapid.IntRange(0, b.NumField()-1).Draw(t, "field")
	name := b.Type().Field(i).Name
	switch f := b.Field(i); f.Interface().(type) {
	case int:
		f.SetInt(int64(rapid.SampledFrom(extremes).Draw(t, name)))
	case [2]int:
		f.Index(0).SetInt(int64(rapid.SampledFrom(extremes).Draw(t, name)))
		f.Index(1).SetInt(int64(rapid.SampledFrom(extremes).Draw(t, name)))
	case float64:
		f.SetFloat(rapid.SampledFrom(extremeFloats).Draw(t, name))
	case bool:
		f.SetBool(rapid.Bool().Draw(t, name))
	case blocks.Shortcut:
		f.SetUint(uint64(rapid.IntRange(0, 255).Draw(t, name)))
	case activations.Activation:
		f.Set(reflect.ValueOf(activations.Maxout{Pieces: rapid.SampledFrom(extremes).Draw(t, name)}))
	}
}

// tryOut builds a block and, if that succeeds, runs it once. It fails where
// memory was taken that an error then gave back.
func tryOut(t rapid.TB, b blocks.Block, cfg graph.Config) error {
	t.Helper()
	if cfg.Training {
		b = classifier(b)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	prog, err := graph.Build(b, graph.NewParams(1), cfg)
	runtime.ReadMemStats(&after)
	if err != nil {
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%v: %d MiB were allocated before the error %v", b, used>>20, err)
		}
		for _, slip := range []string{"runtime error", "panic", "makeslice", "nil pointer"} {
			if strings.Contains(err.Error(), slip) {
				t.Errorf("%v: %v", b, err)
			}
		}
		return err
	}
	defer prog.Close()
	x := make([]float32, 2*4*8*8)
	if cfg.Training {
		_, err = prog.Step(context.Background(), x, graph.Labels(make([]int, 2)))
	} else {
		_, err = prog.Run(context.Background(), x)
	}
	if err != nil {
		t.Errorf("%v builds, and fails when it runs: %v", b, err)
	}
	return nil
}

// The worst ones, each an error that names the place.
func TestSizesBeyondTheMachine(t *testing.T) {
	if !sizetest.Confine(t, confined) {
		return
	}
	act := blocks.Act{}
	for _, c := range []struct {
		block blocks.Block
		want  []string // parts of the error
	}{
		{blocks.Linear{Out: pow(62)}, []string{"weight", "4611686018427387904", "256"}},
		{blocks.Linear{Out: math.MaxInt}, []string{"weight", "9223372036854775807"}},
		{blocks.Conv2D{Out: 1, Kernel: 3, Padding: 1 << 20}, []string{"conv2d", "2097158", "this machine has"}},
		{blocks.Conv2D{Out: 1, Kernel: 3, Padding: pow(31)}, []string{"conv2d", "4294967302"}},
		{blocks.Conv2D{Out: 1, Kernel: 3, Padding: math.MaxInt}, []string{"conv2d", "padding", "9223372036854775807"}},
		{blocks.Conv2D{Out: 1, Kernel: pow(40)}, []string{"conv2d", "kernel 1099511627776x1099511627776", "8x8", "does not fit"}},
		{blocks.Conv2D{Out: 1, Kernel: pow(40) + 1, Padding: blocks.Same}, []string{"weight", "1099511627777"}},
		{blocks.Conv2D{Out: 1, Kernel: math.MaxInt, Padding: blocks.Same, Dilation: 5}, []string{"conv2d", "padding Same", "9223372036854775806"}},
		{blocks.Conv2D{Out: pow(50), Kernel: 1}, []string{"1125899906842624"}},
		{blocks.ConvTranspose2D{Out: 1, Kernel: 2, Stride: pow(40)}, []string{"conv_transpose2d", "7696581394434"}},
		{blocks.ConvTranspose2D{Out: 1, Kernel: 2, Dilation: math.MaxInt, OutputPadding: math.MaxInt - 1}, []string{"conv_transpose2d"}},
		{blocks.MaxPool2D{Kernel: pow(40)}, []string{"max_pool2d", "kernel 1099511627776x1099511627776", "does not fit"}},
		{blocks.AvgPool2D{Kernel: math.MaxInt, Padding: math.MaxInt / 2}, []string{"avg_pool2d"}},
		{blocks.AdaptiveAvgPool2D{Out: pow(40)}, []string{"adaptive_avg_pool2d", "1099511627776"}},
		{blocks.UpsampleConv{Out: 1, Scale: pow(40)}, []string{"conv: conv_transpose2d", "8796093022208"}},
		{blocks.UpsampleConv{Out: 1, Scale: math.MaxInt}, []string{"conv: conv_transpose2d", "9223372036854775807"}},
		{blocks.Repeat(pow(40), act), []string{"repeat: 1099511627776 copies, want 0 to 65536"}},
		{blocks.Repeat(-1, act), []string{"repeat: -1 copies, want 0 to 65536"}},
		{blocks.As("deep", blocks.Repeat(math.MaxInt, act)), []string{"deep: repeat: 9223372036854775807 copies"}},
		{blocks.DenseBlock{Growth: 1, Layers: pow(40)}, []string{"dense block", "Layers = 1099511627776"}},
		{blocks.DenseBlock{Growth: pow(40), Layers: 2}, []string{"denselayer1.conv1", "4398046511104"}},
		{blocks.DenseBlock{Growth: math.MaxInt, Layers: 2}, []string{"denselayer1.conv1", "9223372036854775807"}},
		{blocks.AuxHead{Classes: pow(50), Pool: blocks.Identity{}}, []string{"fc2", "1125899906842624"}},
		{blocks.AuxHead{Classes: 2, Features: pow(60), Pool: blocks.Identity{}}, []string{"fc1", "1152921504606846976"}},
		{blocks.MaxoutLinear{Out: 2, Pieces: pow(50)}, []string{"weight", "2251799813685248"}},
		{blocks.MaxoutConv{Out: 2, Pieces: pow(62), Kernel: 1}, []string{"9223372036854775807"}},
		{blocks.ConvNorm{Out: 2, Kernel: 1, Act: activations.Maxout{Pieces: pow(62)}}, []string{"conv", "9223372036854775807"}},
		{blocks.Residual{Out: pow(40)}, []string{"1099511627776"}},
		{blocks.Residual{Out: math.MaxInt, Shortcut: blocks.IdentityPadding, Act: activations.Maxout{Pieces: math.MaxInt}}, []string{"9223372036854775807"}},
		{blocks.Bottleneck{Out: 4, Width: pow(40)}, []string{"conv1", "1099511627776"}},
		{blocks.Transition{Out: pow(40)}, []string{"conv", "1099511627776"}},
		{blocks.Inception{Out1: 1, Reduce3: pow(40), Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1}, []string{"branch2_reduce", "1099511627776"}},
		{blocks.Inception{Out1: 1, Reduce3: 1, Out3: 1, Reduce5: 1, Out5: 1, OutPool: 1, Kernel5: pow(40) + 1}, []string{"branch3", "1099511627777"}},
		{blocks.DepthwiseSeparable{Out: 1, Kernel: pow(40) + 1}, []string{"depthwise.conv", "1099511627777"}},
		{blocks.SqueezeExcite{Act: activations.Maxout{Pieces: pow(50)}}, []string{"fc1", "1125899906842624"}},
	} {
		cfg := graph.TrainingConfig(2, 4, 8, 8)
		err := tryOut(t, c.block, cfg)
		if err == nil {
			t.Errorf("%v builds", c.block)
			continue
		}
		text := err.Error()
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%T: error is\n%s\nwant in it: %s", c.block, text, w)
			}
		}
	}
}

// What is legal and large in a setting alone builds and runs.
func TestFarWindowsRun(t *testing.T) {
	if !sizetest.Confine(t, confined) {
		return
	}
	far := pow(40)
	for _, b := range []blocks.Block{
		blocks.Conv2D{Out: 4, Kernel: 3, Dilation: far, Padding: blocks.Same},
		blocks.Conv2D{Out: 4, Kernel: 3, Dilation: far, Padding: blocks.Same, Groups: 4},
		blocks.Conv2D{Out: 4, Kernel: 1, Stride: math.MaxInt},
		blocks.Conv2D{Out: 4, Kernel: 2, Stride: far, Padding: far},
		blocks.ConvTranspose2D{Out: 4, Kernel: 3, Dilation: far, Padding: far},
		blocks.MaxPool2D{Kernel: far, Stride: 1, Padding: far / 2},
		blocks.AvgPool2D{Kernel: far, Stride: 1, Padding: far / 2},
		blocks.AvgPool2D{Kernel: far, Stride: 1, Padding: far / 2, ExcludePad: true},
		blocks.MaxPool2D{Kernel: 1, Stride: math.MaxInt, CeilMode: true},
		blocks.LocalResponseNorm{Size: math.MaxInt},
		blocks.Residual{Out: 4, Stride: math.MaxInt},
		blocks.Residual{Out: 8, Stride: math.MaxInt, Shortcut: blocks.IdentityPadding},
		blocks.SqueezeExcite{Reduction: math.MaxInt},
	} {
		for _, cfg := range []graph.Config{graph.InferenceConfig(2, 4, 8, 8), graph.TrainingConfig(2, 4, 8, 8)} {
			if err := tryOut(t, b, cfg); err != nil {
				t.Errorf("%v: %v", b, err)
			}
		}
	}
}
