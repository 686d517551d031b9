package trainer

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// LookupSchedule makes a schedule from its name with its parameters:
//
//	constant
//	step_10_0.5                            every 10 times 0.5
//	multistep_8_16_0.1                     at 8 and 16 times 0.1
//	exponential_0.9
//	cosine_24, cosine_T24_min0.001         or cosine: over the whole run
//	linear_warmup_0.1_to_1_over_5
//	onecycle_max1_total24_cos              or _linear; onecycle_max1: over the whole run
//	polynomial_T24_p2                      or polynomial: over the whole run
//	piecewise_0%:0.2_23%:1_100%:0          PiecewiseLinear: factors at shares of the run
//	plateau_0.1_10_min1e-5                 or plateau_0.1_10, plateau: ReduceOnPlateau's factor, patience, least rate
//	linear_warmup_0.1_to_1_over_5_then_cosine
//
// The last is a warm-up before any of the others, which then begins. Case does not
// matter. An unknown name is an error that suggests the nearest, parameters that
// make no sense are errors that name the field.
func LookupSchedule(name string) (Schedule, error) {
	const longest = 4096 // far more than any says, and little for what follows
	if len(name) > longest {
		return nil, errors.Errorf("schedule: a name of %d letters, want at most %d", len(name), longest)
	}
	words := strings.Split(strings.ToLower(strings.TrimSpace(name)), "_")
	if i := slices.Index(words, "then"); i > 0 {
		return lookupThen(words[:i], words[i+1:])
	}
	form, rest := findForm(words)
	if form == nil {
		return nil, lookup.Unknown("schedule", words[0], ScheduleNames())
	}
	s, ok := form.read(rest)
	if !ok {
		return nil, errors.Errorf("schedule %q: want %s", name, form.usage)
	}
	check := s
	if o, ok := s.(interface {
		Over(length int) (Schedule, error)
	}); ok && !slices.ContainsFunc(rest, isLength) {
		// The length comes from the run; all else is checked now.
		check, _ = o.Over(1)
	}
	return s, errors.WithMessagef(checkSchedule(check), "schedule %q", name)
}

// lookupThen makes a warm-up with what follows it.
func lookupThen(first, next []string) (Schedule, error) {
	s, err := LookupSchedule(strings.Join(first, "_"))
	if err != nil {
		return nil, err
	}
	warm, ok := s.(LinearWarmup)
	if !ok {
		return nil, errors.Errorf("schedule %q: before then, want a linear_warmup", strings.Join(first, "_"))
	}
	if warm.Length < 1 {
		return nil, errors.Errorf("schedule %q: want a length of at least 1 before then", strings.Join(first, "_"))
	}
	if s, err = LookupSchedule(strings.Join(next, "_")); err != nil {
		return nil, err
	}
	return Then{First: warm, Length: warm.Length, Next: s}, nil
}

// ScheduleNames lists the schedules that LookupSchedule knows.
func ScheduleNames() []string {
	names := make([]string, len(scheduleForms))
	for i, f := range scheduleForms {
		names[i] = f.name
	}
	return names
}

// scheduleForm reads the words after a schedule's name.
type scheduleForm struct {
	name, usage string
	read        func(words []string) (Schedule, bool)
}

var scheduleForms = []scheduleForm{
	{"constant", "constant", func(w []string) (Schedule, bool) { return ConstantRate{}, len(w) == 0 }},
	{"step", "step_EVERY_GAMMA", func(w []string) (Schedule, bool) {
		p := parameters{words: w}
		s := StepDecay{Every: p.whole(""), Gamma: exact(p.number(""))}
		return s, p.done()
	}},
	{"multistep", "multistep_M1_M2_..._GAMMA", func(w []string) (Schedule, bool) {
		p, s := parameters{words: w}, MultiStep{}
		for range len(w) - 1 {
			s.Milestones = append(s.Milestones, p.whole(""))
		}
		s.Gamma = exact(p.number(""))
		return s, p.done()
	}},
	{"exponential", "exponential_GAMMA", func(w []string) (Schedule, bool) {
		p := parameters{words: w}
		s := Exponential{Gamma: p.number("")}
		return s, p.done()
	}},
	{"cosine", "cosine, cosine_TLENGTH or cosine_TLENGTH_minMIN", func(w []string) (Schedule, bool) {
		p, s := parameters{words: w}, Cosine{}
		if p.left() {
			s.Length = p.whole("t")
		}
		if p.left() {
			s.Min = p.prefixed("min")
		}
		return s, p.done()
	}},
	{"linear_warmup", "linear_warmup_START_to_END_over_LENGTH", func(w []string) (Schedule, bool) {
		p := parameters{words: w}
		s := LinearWarmup{}
		s.Start = exact(p.number(""))
		p.word("to")
		s.End = exact(p.number(""))
		p.word("over")
		s.Length = p.whole("")
		return s, p.done()
	}},
	{"onecycle", "onecycle_maxMAX, with _totalLENGTH and _cos or _linear if need be", func(w []string) (Schedule, bool) {
		p := parameters{words: w}
		s := OneCycle{Max: p.prefixed("max")}
		if p.left() && strings.HasPrefix(p.words[0], "total") {
			s.Length = p.whole("total")
		}
		if p.left() {
			s.Linear = p.words[0] == "linear"
			if !s.Linear {
				p.word("cos")
			} else {
				p.word("linear")
			}
		}
		return s, p.done()
	}},
	{"polynomial", "polynomial, polynomial_TLENGTH or polynomial_TLENGTH_pPOWER", func(w []string) (Schedule, bool) {
		p, s := parameters{words: w}, Polynomial{}
		if p.left() {
			s.Length = p.whole("t")
		}
		if p.left() {
			s.Power = exact(p.prefixed("p"))
		}
		return s, p.done()
	}},
	{"piecewise", "piecewise_SHARE%:FACTOR_SHARE%:FACTOR_...", readPoints},
	{"plateau", "plateau, plateau_FACTOR_PATIENCE or plateau_FACTOR_PATIENCE_minMIN", func(w []string) (Schedule, bool) {
		p, s := parameters{words: w}, ReduceOnPlateau{}
		if p.left() {
			s.Factor = p.number("")
			if s.Patience = p.whole(""); s.Patience == 0 {
				s.Patience = -1
			}
			p.wrong = p.wrong || s.Factor == 0
		}
		if p.left() {
			s.Min = p.prefixed("min")
		}
		return s, p.done()
	}},
}

// findForm finds the form whose name the words start with, and the words after
// it.
func findForm(words []string) (*scheduleForm, []string) {
	for i := range scheduleForms {
		f := &scheduleForms[i]
		name := strings.Split(f.name, "_")
		if len(words) >= len(name) && slices.Equal(words[:len(name)], name) {
			return f, words[len(name):]
		}
	}
	return nil, nil
}

// isLength tells whether a word gives the length of the run.
func isLength(word string) bool {
	word = strings.TrimPrefix(word, "total")
	word = strings.TrimPrefix(word, "t")
	_, err := strconv.ParseFloat(word, 64)
	return err == nil
}

// parameters reads words one by one and remembers whether one was wrong.
type parameters struct {
	words []string
	wrong bool
}

func (p *parameters) left() bool { return len(p.words) > 0 }

func (p *parameters) done() bool { return !p.wrong && !p.left() }

func (p *parameters) next() string {
	if !p.left() {
		p.wrong = true
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

// word reads exactly that word.
func (p *parameters) word(want string) { p.wrong = p.next() != want || p.wrong }

// number reads a number of at least 0, which may stand after a prefix.
func (p *parameters) number(prefix string) float64 {
	text := strings.TrimPrefix(p.next(), prefix)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0) || math.IsInf(v, 0) || strings.ContainsAny(text, "xXpP") {
		p.wrong = true
	}
	return v
}

// prefixed reads a number that must stand after a prefix.
func (p *parameters) prefixed(prefix string) float64 {
	if p.left() && !strings.HasPrefix(p.words[0], prefix) {
		p.wrong = true
	}
	return p.number(prefix)
}

// whole reads a whole number, which may be written as 1e3.
func (p *parameters) whole(prefix string) int {
	v := p.number(prefix)
	if v != math.Trunc(v) || v > 1<<31 {
		p.wrong = true
		return 0
	}
	return int(v)
}

// exact turns a given zero into the number that stands for zero in a struct
// whose zero fields mean defaults.
func exact(v float64) float64 {
	if v == 0 {
		return -1
	}
	return v
}
