package paritytest

import (
	"math"

	"github.com/pkg/errors"
)

// Brief stands for a tensor: its L2 norm, the sum of its elements and its
// first few elements in row-major order.
type Brief struct {
	L2    float64   `json:"l2"`
	Sum   float64   `json:"sum"`
	First []float64 `json:"first"`
}

// Summarize makes the brief of x, with its first k elements.
func Summarize[T float32 | float64](x []T, k int) Brief {
	var b Brief
	for _, v := range x {
		b.L2 += float64(v) * float64(v)
		b.Sum += float64(v)
	}
	b.L2 = math.Sqrt(b.L2)
	for _, v := range x[:min(k, len(x))] {
		b.First = append(b.First, float64(v))
	}
	return b
}

// Tolerance says how far a result may be from its reference.
//
// Of n elements with the norm l2 and the root mean square rms = l2/sqrt(n):
//
//   - the norm may differ by Rel*l2;
//   - the sum by Rel*sqrt(n)*l2, that is the mean by Rel*rms. A sum of numbers
//     that cancel has no relative accuracy of its own, but a single wrong
//     element still shows: it moves the sum by about rms, which is 1/n of that
//     scale, over Rel = 1e-9 for any tensor in the references;
//   - each of the first elements by Rel*max(|wanted|, Floor*rms), because an
//     element is itself a sum whose terms are of the size of rms and may have
//     cancelled.
//
// A tensor with both norms at or below Zero passes whatever it holds.
type Tolerance struct {
	Rel   float64
	Floor float64
	Zero  float64
}

// Exact64 is the tolerance for float64: 1e-9 relative.
var Exact64 = Tolerance{Rel: 1e-9, Floor: 1e-2, Zero: 1e-100}

// Loose32 is the tolerance for float32: 1e-4 relative, or five times the
// deviation of PyTorch's own float32 run where that is known and larger. A
// float32 element carries the rounding errors of a whole sum, hence Floor 1.
func Loose32(deviation float64) Tolerance {
	return Tolerance{Rel: max(1e-4, 5*deviation), Floor: 1, Zero: 1e-30}
}

// ZeroBelow returns the tolerance with another Zero, such as 1e-6 of the
// largest gradient norm of a model.
func (t Tolerance) ZeroBelow(l2 float64) Tolerance {
	t.Zero = max(t.Zero, l2)
	return t
}

// Scalar compares two numbers by Rel alone.
func (t Tolerance) Scalar(got, want float64) error {
	if math.Abs(got) <= t.Zero && math.Abs(want) <= t.Zero {
		return nil
	}
	return t.within("value", got, want, math.Abs(want))
}

// within is written so that NaN fails.
func (t Tolerance) within(what string, got, want, scale float64) error {
	if diff := math.Abs(got - want); !(diff <= t.Rel*scale) {
		return errors.Errorf("%s is %.17g, want %.17g: off by %.3g of %.3g, allowed %.3g", what, got, want, diff/scale, scale, t.Rel)
	}
	return nil
}

// Check compares a tensor's elements with the brief wanted. It reports the
// first of norm, sum and first elements that is out of tolerance.
func Check[T float32 | float64](got []T, want Brief, tol Tolerance) error {
	if len(want.First) > len(got) {
		return errors.Errorf("%d elements, want at least %d", len(got), len(want.First))
	}
	b := Summarize(got, len(want.First))
	if b.L2 <= tol.Zero && want.L2 <= tol.Zero {
		return nil
	}
	if err := tol.within("L2 norm", b.L2, want.L2, want.L2); err != nil {
		return err
	}
	n := math.Sqrt(float64(len(got)))
	if err := tol.within("sum", b.Sum, want.Sum, n*want.L2); err != nil {
		return err
	}
	for i, w := range want.First {
		if err := tol.within("element", b.First[i], w, max(math.Abs(w), tol.Floor*want.L2/n)); err != nil {
			return errors.WithMessagef(err, "[%d]", i)
		}
	}
	return nil
}

// CheckElements compares element by element with Rel*max(|wanted|, Zero): the
// references of activations are complete, not briefs.
func CheckElements[T float32 | float64](got []T, want []float64, tol Tolerance) error {
	if len(got) != len(want) {
		return errors.Errorf("%d elements, want %d", len(got), len(want))
	}
	for i, w := range want {
		if err := tol.within("element", float64(got[i]), w, max(math.Abs(w), tol.Zero)); err != nil {
			return errors.WithMessagef(err, "[%d]", i)
		}
	}
	return nil
}

// CheckShape compares two shapes; a scalar may have the shape () or (1).
func CheckShape(got, want []int) error {
	equal := len(got) == len(want)
	for i := 0; equal && i < len(got); i++ {
		equal = got[i] == want[i]
	}
	if !equal && !(scalar(got) && scalar(want)) {
		return errors.Errorf("shape is %v, want %v", got, want)
	}
	return nil
}

func scalar(shape []int) bool { return len(shape) == 0 || len(shape) == 1 && shape[0] == 1 }
