package randomnet

import (
	"math"
	"math/rand/v2"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph/passes"
)

// Tolerances, relative to a tensor's norm. Fusion changes the order of a few
// roundings. In float32 an error of 2^-24 a rounding grows by the network's
// condition; batch norms over a few nearly equal values are the worst, with
// factors of hundreds.
const (
	tolerance64 = 1e-10
	tolerance32 = 2e-3
)

// ErrWild is a network whose values leave the range in which results can be
// compared.
var ErrWild = errors.New("values are not finite or very large")

// Check builds the network in every mode, with and without passes, and
// compares. more tries every combination of switches instead of some.
func Check(net Net, seed uint64, more bool) error {
	r := rand.New(rand.NewPCG(seed, 5))
	for k := range 4 {
		mode := setting{training: k&1 == 0}
		if k&2 != 0 {
			mode.noDrop, mode.exact = mode.training, !mode.training
			if !more && r.IntN(4) > 0 {
				continue
			}
		}
		single, double := mode, mode
		double.double = true
		exact, err := checkMode(net, seed, double, nil, r, more)
		if err != nil {
			return err
		}
		rounded, err := checkMode(net, seed, single, exact, r, more)
		if err != nil {
			return err
		}
		if err := checkRounding(net, seed, single, rounded, exact); err != nil {
			return errors.Wrapf(err, "%v: against float64", single)
		}
	}
	if net.Input.TotalSize() > 2000 {
		return nil // some ReLU of so many switches within any step
	}
	return errors.Wrap(differences(net, seed, r), "finite differences")
}

// checkRounding holds float32 to float64. A ReLU that switched within rounding
// is no defect, so one of three choices of parameters and images must agree.
func checkRounding(net Net, seed uint64, single setting, rounded, exact results) error {
	single.inputGrd = true
	double := single
	double.double = true
	var first error
	for try := range uint64(3) {
		if try > 0 {
			var err error
			if rounded, err = collect(net, seed+try<<32, single); err != nil {
				return err
			}
			if exact, err = collect(net, seed+try<<32, double); err != nil {
				return err
			}
		}
		err := near(rounded, exact, nil, nil, tolerance32)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// checkMode holds one mode's switches to each other. Sharing memory and
// keeping more values changes no arithmetic: results are equal bit for bit, as
// they are from run to run. Fusion and the number of threads change rounding.
// It returns the unfused, unshared results. Those in float64, exact, tell how
// far off float32 is anyway: where a sum that is 0 but for rounding goes
// through a few batch norms that is very far.
func checkMode(net Net, seed uint64, mode setting, exact results, r *rand.Rand, more bool) (apart results, err error) {
	about := func(got, want results) error { return near(got, want, apart, exact, mode.tolerance()) }
	for _, fused := range []bool{false, true} {
		base := mode
		base.fused, base.inputGrd = fused, true
		want, err := collect(net, seed, base)
		if err != nil {
			return nil, errors.Wrapf(err, "%v", base)
		}
		if !fused {
			if wild(want) {
				return nil, ErrWild
			}
			apart = want
		} else if err := about(want, apart); err != nil {
			return nil, errors.Wrapf(err, "%v: against unfused", base)
		}
		for _, set := range variants(base, r, more) {
			got, err := collect(net, seed, set)
			if err != nil {
				return nil, errors.Wrapf(err, "%v", set)
			}
			ref := want
			if set.fused && !set.fuses() {
				ref = apart
			}
			hold := same
			if set.threads > 0 || set.without != "" {
				hold = about
			}
			if err := hold(got, ref); err != nil {
				return nil, errors.Wrapf(err, "%v", set)
			}
		}
	}
	return apart, nil
}

func (s setting) tolerance() float64 {
	if s.double {
		return tolerance64
	}
	return tolerance32
}

// variants are other settings of the same arithmetic.
func variants(base setting, r *rand.Rand, more bool) []setting {
	shared := base
	shared.shared = true
	threaded := shared
	threaded.threads = []int{1, 2, 4}[r.IntN(3)]
	out := []setting{shared}
	add := func(k int) {
		s := base
		s.shared, s.taps, s.inputGrd, s.lossless = k&1 != 0, k&2 != 0, k&4 != 0, k&8 != 0 && !base.training
		out = append(out, s)
	}
	all := passes.All()
	skip := func(p passes.Pass) {
		if base.fused {
			s := shared
			s.without = p.Name
			out = append(out, s)
		}
	}
	if !more {
		skip(all[r.IntN(len(all))])
		if r.IntN(2) == 0 {
			add(r.IntN(16))
		}
		if r.IntN(4) == 0 {
			out = append(out, threaded)
		}
		return out
	}
	for k := range 16 {
		if k < 8 || !base.training {
			add(k)
		}
	}
	for _, p := range all {
		skip(p)
	}
	for _, threaded.threads = range []int{1, 2, 4} {
		out = append(out, threaded)
	}
	return out
}

func wild(r results) bool {
	for _, t := range r {
		if n := norm(t.data); math.IsNaN(n) || n > 1e6 {
			return true
		}
	}
	return false
}

// differences holds gradients, in float64 with all passes on, to difference
// quotients of the loss along a random direction of each of a few tensors. A
// kink within the step makes one quotient wrong, so one of several steps must
// agree.
func differences(net Net, seed uint64, r *rand.Rand) error {
	p, err := open(net, seed, setting{double: true, training: true, fused: true, shared: true})
	if err != nil {
		return err
	}
	defer p.close()
	loss := func() (float64, error) {
		if err := p.again(); err != nil {
			return 0, err
		}
		return p.loss()
	}
	if _, err := loss(); err != nil {
		return err
	}
	grads, err := p.program.Gradients()
	if err != nil {
		return err
	}
	largest := 0.0
	all := make([][]float64, len(grads))
	for i, g := range grads {
		all[i] = numbersOf(g.Grad)
		largest = max(largest, norm(all[i]))
	}
	for range min(3, len(grads)) {
		i := r.IntN(len(grads))
		start := numbersOf(grads[i].Param)
		direction := make([]float64, len(start))
		slope := 0.0
		for j := range direction {
			direction[j] = 2*r.Float64() - 1
			slope += direction[j] * all[i][j]
		}
		at := func(h float64) (float64, error) {
			moved := make([]float64, len(start))
			for j := range moved {
				moved[j] = start[j] + h*direction[j]
			}
			if err := p.params.Set(grads[i].Name, moved); err != nil {
				return 0, err
			}
			return loss()
		}
		var quotient float64
		agrees := false
		for _, h := range []float64{1e-5, 1e-4, 1e-6, 1e-7} {
			above, err := at(h)
			if err != nil {
				return err
			}
			below, err := at(-h)
			if err != nil {
				return err
			}
			quotient = (above - below) / (2 * h)
			noise := 1e-14 * (1 + math.Abs(above)) / h
			if agrees = math.Abs(quotient-slope) <= 1e-4*(norm(all[i])*norm(direction)+largest/1000)+noise; agrees {
				break
			}
		}
		if err := p.params.Set(grads[i].Name, start); err != nil {
			return err
		}
		if !agrees {
			return errors.Errorf("gradient of %s along a direction is %.10g, differences say %.10g", grads[i].Name, slope, quotient)
		}
	}
	return nil
}
