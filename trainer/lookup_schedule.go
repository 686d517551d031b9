package trainer

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// scheduleForms are the names LookupSchedule reads; each submatch is a number.
var scheduleForms = []struct {
	form    string
	pattern *regexp.Regexp
	build   func(a []float64) Schedule
}{
	{"constant", form(`constant`), func([]float64) Schedule { return ConstantRate{} }},
	{"step_EVERY_GAMMA", form(`step_#_#`), func(a []float64) Schedule { return StepDecay{Every: int(a[0]), Gamma: exact(a[1])} }},
	{"exponential_GAMMA", form(`exponential_#`), func(a []float64) Schedule { return Exponential{Gamma: a[0]} }},
	{"cosine_T_minMIN", form(`cosine_T?#_min#`), func(a []float64) Schedule { return Cosine{Length: int(a[0]), Min: a[1]} }},
	{"cosine_T", form(`cosine_T?#`), func(a []float64) Schedule { return Cosine{Length: int(a[0])} }},
	{"linear_warmup_START_to_END_over_STEPS", form(`linear_warmup_#_to_#_over_#`), func(a []float64) Schedule {
		return LinearWarmup{Start: exact(a[0]), End: exact(a[1]), Length: int(a[2])}
	}},
	{"onecycle_maxMAX_totalTOTAL_cos", form(`onecycle_max#_total#(?:_cos)?`), func(a []float64) Schedule { return OneCycle{Max: a[0], Length: int(a[1])} }},
	{"onecycle_maxMAX_totalTOTAL_linear", form(`onecycle_max#_total#_linear`), func(a []float64) Schedule {
		return OneCycle{Max: a[0], Length: int(a[1]), Linear: true}
	}},
	{"polynomial_T_pPOWER", form(`polynomial_T?#_p#`), func(a []float64) Schedule { return Polynomial{Length: int(a[0]), Power: exact(a[1])} }},
}

func form(pattern string) *regexp.Regexp {
	const number = `([0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)`
	return regexp.MustCompile(`^` + strings.ReplaceAll(pattern, "#", number) + `$`)
}

// exact turns a given zero into the number that stands for zero in a struct
// whose zero fields mean defaults.
func exact(v float64) float64 {
	if v == 0 {
		return -1
	}
	return v
}

// LookupSchedule reads a schedule from its name with its parameters:
//
//	constant
//	step_10_0.5                            every 10 steps times 0.5
//	multistep_8_16_0.1                     at steps 8 and 16 times 0.1
//	exponential_0.9
//	cosine_T24_min0.001
//	linear_warmup_0.1_to_1_over_5
//	onecycle_max1_total24_cos              or _linear
//	polynomial_T24_p2
func LookupSchedule(name string) (Schedule, error) {
	if rest, ok := strings.CutPrefix(name, "multistep_"); ok {
		return parseMultiStep(name, rest)
	}
	for _, f := range scheduleForms {
		m := f.pattern.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		a := make([]float64, len(m)-1)
		for i, text := range m[1:] {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, errors.Wrapf(err, "schedule %q", name)
			}
			a[i] = v
		}
		return f.build(a), nil
	}
	known := []string{"multistep_M1_M2_..._GAMMA"}
	for _, f := range scheduleForms {
		known = append(known, f.form)
	}
	return nil, errors.Errorf("unknown schedule %q; known are %s", name, strings.Join(known, ", "))
}

func parseMultiStep(name, rest string) (Schedule, error) {
	parts := strings.Split(rest, "_")
	s := MultiStep{}
	for _, p := range parts[:len(parts)-1] {
		m, err := strconv.Atoi(p)
		if err != nil {
			return nil, errors.Wrapf(err, "schedule %q: milestone", name)
		}
		s.Milestones = append(s.Milestones, m)
	}
	gamma, err := strconv.ParseFloat(parts[len(parts)-1], 64)
	if err != nil {
		return nil, errors.Wrapf(err, "schedule %q: gamma", name)
	}
	s.Gamma = exact(gamma)
	return s, nil
}
