package activations

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLookup(t *testing.T) {
	for name, want := range map[string]Activation{
		"relu":                  ReLU{},
		"ReLU":                  ReLU{},
		"relu_6":                ReLU6{},
		"leaky_relu":            LeakyReLU{},
		"leaky_relu:0.1":        LeakyReLU{0.1},
		"leaky_relu_0.2":        LeakyReLU{0.2},
		"LeakyReLU: 1e-3":       LeakyReLU{0.001},
		"leaky_relu:-0.5":       LeakyReLU{-0.5},
		"elu_0.5":               ELU{0.5},
		"celu:1.5":              CELU{1.5},
		"swish":                 SiLU{},
		"hardswish":             HardSwish{},
		"hard_swish":            HardSwish{},
		"hardsigmoid":           HardSigmoid{},
		"hard-tanh":             HardTanh{},
		"logsigmoid":            LogSigmoid{},
		"gelu_tanh":             GELUTanh{},
		"linear":                Identity{},
		"heaviside":             Step{},
		"prelu":                 PReLU{},
		"prelu:0.1":             PReLU{Start: 0.1},
		"prelu_0.1":             PReLU{Start: 0.1},
		"prelu:channelwise":     PReLU{Channelwise: true},
		"prelu:channelwise,0.1": PReLU{Channelwise: true, Start: 0.1},
		"maxout":                Maxout{},
		"maxout:5":              Maxout{5},
		"maxout_3":              Maxout{3},
	} {
		got, err := Lookup(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestLookupErrors(t *testing.T) {
	for name, want := range map[string]string{
		"rleu":               `unknown activation "rleu"; did you mean "relu"? Known are celu, elu,`,
		"leakyrellu:0.1":     `unknown activation "leakyrellu:0.1"; did you mean "leaky_relu"?`,
		"hardsigmod":         `unknown activation "hardsigmod"; did you mean "hard_sigmoid"?`,
		"softmin_0.5":        `unknown activation "softmin_0.5"; did you mean "softsign"?`,
		"":                   `unknown activation ""; known are`,
		"relu:":              `relu: no setting after the colon in "relu:"`,
		"relu:0.1":           `relu: has no settings, got "0.1"`,
		"leaky_relu:x":       `leaky_relu: slope is "x", want a number`,
		"leaky_relu:nan":     `leaky_relu: slope is NaN, want a finite number`,
		"elu:-1":             `elu: alpha is -1, want 0 or more`,
		"celu:0":             `celu: alpha is 0: that is relu`,
		"celu:-1":            `celu: alpha is -1, want more than 0`,
		"maxout:0":           `maxout: "0" pieces, want a whole number of at least 1`,
		"maxout:2.5":         `maxout: "2.5" pieces, want a whole number of at least 1`,
		"prelu:0":            `prelu: setting "0", want channelwise or the slope's start`,
		"prelu:channel,0.25": `prelu: setting "channel", want channelwise`,
	} {
		a, err := Lookup(name)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v and error %v, want %s", name, a, err, want)
		}
	}
}

func TestStringIsParsedBack(t *testing.T) {
	for _, a := range everyActivation(t) {
		if got, err := Lookup(a.String()); err != nil || got != a {
			t.Errorf("%v: got %v, %v", a, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(1e-9, 1e9).Draw(t, "setting")
		k := rapid.IntRange(1, 99).Draw(t, "pieces")
		for _, a := range []Activation{LeakyReLU{v}, LeakyReLU{-v}, ELU{v}, CELU{v}, PReLU{Start: -v}, Maxout{k}} {
			if got, err := Lookup(a.String()); err != nil || got != a {
				t.Fatalf("%v: got %v, %v", a, got, err)
			}
		}
	})
}

func TestNames(t *testing.T) {
	names := Names()
	if len(names) != 22 || !slices.IsSorted(names) {
		t.Errorf("got %d names: %v", len(names), names)
	}
}

// TestPrinting: a configuration that holds an activation shows its name.
func TestPrinting(t *testing.T) {
	type block struct {
		Out int
		Act Activation
	}
	if got := fmt.Sprintf("%+v", block{16, LeakyReLU{0.1}}); got != "{Out:16 Act:leaky_relu:0.1}" {
		t.Errorf("got %s", got)
	}
	if (block{16, ELU{1}}) != (block{16, ELU{1}}) {
		t.Error("equal configurations are not equal")
	}
}

// FuzzLookup: whatever a file or a person names, it is an error or an activation
// that says what it is, without a panic.
func FuzzLookup(f *testing.F) {
	for _, name := range []string{"relu", "leaky_relu:0.1", "ELU_1", "maxout:1000000000000", "maxout:-1", "prelu:1e999", "hard-swish", ":", "_", "elu: ", "softplus:nan"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		a, err := Lookup(name)
		if (a == nil) == (err == nil) {
			t.Fatalf("%q: %v, %v", name, a, err)
		}
		if err == nil && fmt.Sprint(a) == "" {
			t.Fatalf("%q: nothing to say", name)
		}
	})
}
