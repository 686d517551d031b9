package activations

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/ops"
)

// family is what Lookup knows of the activations that share a name. parse gets
// what follows the name, "" for nothing.
type family struct {
	name    string
	aliases []string
	parse   func(settings string) (Activation, error)
}

var families = []family{
	plain(Identity{}, "linear"),
	plain(Step{}, "heaviside"),
	plain(Sigmoid{}, "logistic"),
	plain(Tanh{}),
	plain(ReLU{}),
	numbered("leaky_relu", "slope", func(v float64) Activation { return LeakyReLU{v} }),
	{name: "prelu", parse: parsePReLU},
	numbered("elu", "alpha", func(v float64) Activation { return ELU{v} }),
	plain(SELU{}),
	numbered("celu", "alpha", func(v float64) Activation { return CELU{v} }),
	plain(GELU{}),
	plain(GELUTanh{}),
	plain(SiLU{}, "swish"),
	plain(Mish{}),
	plain(Softplus{}),
	plain(Softsign{}),
	plain(HardSigmoid{}),
	plain(HardSwish{}),
	plain(HardTanh{}),
	plain(ReLU6{}),
	plain(LogSigmoid{}),
	{name: "maxout", parse: parseMaxout},
}

// plain is the family of one activation without settings.
func plain(a Activation, aliases ...string) family {
	return family{a.String(), aliases, func(settings string) (Activation, error) {
		if settings != "" {
			return nil, errors.Errorf("%v: has no settings, got %q", a, settings)
		}
		return a, nil
	}}
}

// numbered is a family with one number for a setting.
func numbered(name, setting string, with func(float64) Activation) family {
	return family{name: name, parse: func(settings string) (Activation, error) {
		if settings == "" {
			return with(0), nil
		}
		v, err := parseNumber(settings)
		if err != nil {
			return nil, errors.Errorf("%s: %s is %q, want a number", name, setting, settings)
		}
		if v == 0 { // which would mean the default
			return nil, errors.Errorf("%s: %s is 0: that is relu", name, setting)
		}
		a := with(v)
		f, _ := a.Fused()
		if err := ops.CheckAct(f); err != nil {
			return nil, err
		}
		return a, nil
	}}
}

func parseNumber(s string) (float64, error) { return strconv.ParseFloat(strings.TrimSpace(s), 64) }

// Lookup returns the activation of a name, with its settings behind a colon:
// "relu", "leaky_relu:0.1", "elu:0.5", "prelu:channelwise", "maxout:3". Without
// settings it is the zero value of its type. Case, hyphens and
// underscores don't matter, and a number may follow an underscore instead of
// the colon: "LeakyReLU_0.1". For every activation of this package
// but a Pointwise, Lookup(a.String()) is a.
//
// An unknown name is an error that suggests the nearest known one; a setting
// that the activation can't have is an error too.
func Lookup(name string) (Activation, error) {
	base, settings, colon := strings.Cut(name, ":")
	f, ok := find(base)
	if !ok && !colon {
		if i := strings.LastIndexByte(name, '_'); i > 0 {
			if _, err := parseNumber(name[i+1:]); err == nil {
				base, settings = name[:i], name[i+1:]
				f, ok = find(base)
			}
		}
	}
	if !ok {
		return nil, lookup.Unknown("activation", name, Names())
	}
	if settings = strings.TrimSpace(settings); colon && settings == "" {
		return nil, errors.Errorf("%s: no setting after the colon in %q", f.name, name)
	}
	return f.parse(settings)
}

// Names lists the names that Lookup knows, without aliases, in alphabetical
// order.
func Names() []string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.name
	}
	slices.Sort(names)
	return names
}

func find(name string) (family, bool) {
	key := lookup.Fold(name)
	for _, f := range families {
		if lookup.Fold(f.name) == key || slices.Contains(f.aliases, key) {
			return f, true
		}
	}
	return family{}, false
}
