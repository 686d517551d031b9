package trainer

import (
	"math"
	"sync"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/lookup"
)

var _ Optimizer = Muon{}

// Muon moves a matrix of weights by about the same length in every direction
// that its gradient has: the momentum is replaced by the nearest matrix whose
// singular values are all near 1,
//
//	m = Momentum*m + (1-Momentum)*g
//	d = (1-Momentum)*g + Momentum*m     (without Nesterov d = m)
//	w -= LR*WeightDecay*w
//	w -= LR * s * orthogonal(d)
//
// A parameter of more dimensions is a matrix of its first one by all others: a
// convolution's filters are the rows. orthogonal(d) takes Steps times
//
//	x = d/|d|,   x = a*x + (b*x*xᵀ + c*x*xᵀ*x*xᵀ) * x
//
// with Coefficients a, b, c (the Newton-Schulz iteration, of fifth degree), in
// the parameter's own precision, where PyTorch takes bfloat16. s is by AdjustLR
//
//	"original"            sqrt(max(1, rows/columns)); also the empty string
//	"match_rms_adamw"     0.2 * sqrt(max(rows, columns)): takes AdamW's rates and decays
//	"spectral_unclamped"  sqrt(rows/columns)
//	"none"                1
//
// Parameters of one dimension (biases, norms' scales), and those that a pattern
// of Except matches, follow Auxiliary with its own settings. Its learning rate
// follows the schedule in proportion, and a Group's LRFactor multiplies it. The
// layer that gives the classes is usually excepted: Except: []string{"fc.**"}.
//
// Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024;
// formulas, defaults and AdjustLR are torch.optim.Muon's (PyTorch 2.15). Normalize
// is that of Jordan's CIFAR-10 runs (airbench94_muon), which have LR 0.24, Momentum
// 0.6, Steps 3, AdjustLR "none" and SGD for the others. AdamW's match: Liu et al.
// 2025, arXiv:2502.16982.
type Muon struct {
	LR           float64    // learning rate; 0 means 1e-3
	Momentum     float64    // less than 1; 0 means 0.95, negative means none
	NoNesterov   bool       // don't look ahead
	WeightDecay  float64    // apart from the gradient; 0 means 0.1, with Normalize none; negative means none
	Steps        int        // of the iteration, fewer than 100; 0 means 5
	Coefficients [3]float64 // all 0 means 3.4445, -4.7750, 2.0315
	Eps          float64    // least |d| to divide by; 0 means 1e-7
	AdjustLR     string     // see above
	Normalize    bool       // bring each parameter to the norm sqrt(rows) before its step
	Auxiliary    Optimizer  // of the other parameters; nil means AdamW{}
	Except       []string   // patterns as Group.Match of parameters that Auxiliary takes besides
}

// muonAdjusts are the names for AdjustLR.
var muonAdjusts = []string{"original", "match_rms_adamw", "spectral_unclamped", "none"}

// Rule implements Optimizer. Only Momentum and WeightDecay may be negative.
func (o Muon) Rule() (Rule, error) {
	const kind = "muon"
	if err := checkSettings(kind, setting{"LR", o.LR, 0}, setting{"Momentum", o.Momentum, anything}, setting{"WeightDecay", o.WeightDecay, anything},
		setting{"Steps", float64(o.Steps), 0}, setting{"Eps", o.Eps, 0}, setting{"Coefficients[0]", o.Coefficients[0], anything},
		setting{"Coefficients[1]", o.Coefficients[1], anything}, setting{"Coefficients[2]", o.Coefficients[2], anything}); err != nil {
		return Rule{}, err
	}
	switch {
	case o.Momentum >= 1:
		return Rule{}, errors.Errorf("%s: Momentum is %v, want less than 1", kind, o.Momentum)
	case o.Steps >= 100:
		return Rule{}, errors.Errorf("%s: Steps is %d, want less than 100", kind, o.Steps)
	case o.AdjustLR != "" && lookup.Find(o.AdjustLR, muonAdjusts) < 0:
		return Rule{}, errors.WithMessage(lookup.Unknown("AdjustLR", o.AdjustLR, muonAdjusts), kind)
	}
	for i, pattern := range o.Except {
		if err := checkPattern(pattern); err != nil {
			return Rule{}, errors.WithMessagef(err, "%s: Except[%d]", kind, i)
		}
	}
	if o.Auxiliary == nil {
		o.Auxiliary = AdamW{}
	}
	other, err := ruleOf(o.Auxiliary)
	if err == nil && other.For != nil {
		err = errors.Errorf("%s shares the parameters out itself, want a plain one", other.Kind)
	}
	if err != nil {
		return Rule{}, errors.WithMessagef(err, "%s: Auxiliary", kind)
	}
	decay := orDefault(o.WeightDecay, 0.1)
	if o.Normalize {
		decay = orDefault(o.WeightDecay, 0)
	}
	o.Momentum, o.Eps = orDefault(o.Momentum, 0.95), orDefault(o.Eps, 1e-7)
	if o.Steps == 0 {
		o.Steps = 5
	}
	if o.Coefficients == [3]float64{} {
		o.Coefficients = [3]float64{3.4445, -4.7750, 2.0315}
	}
	except := append([]string(nil), o.Except...)
	return Rule{
		Kind: kind, LR: orDefault(o.LR, 1e-3), WeightDecay: decay, Whole: true,
		State:   []StateTensor{{Name: "momentum_buffer"}},
		Float32: func(p Piece[float32]) { updateMuon(o, p, &muonBuffers32) },
		Float64: func(p Piece[float64]) { updateMuon(o, p, &muonBuffers64) },
		For: func(name string, shape []int) *Rule {
			if len(shape) < 2 {
				return &other
			}
			for _, pattern := range except {
				if matches(pattern, name) {
					return &other
				}
			}
			return nil
		},
		Patterns: except,
	}, nil
}

// adjust is s.
func (o Muon) adjust(rows, cols int) float64 {
	switch i := lookup.Find(o.AdjustLR, muonAdjusts); {
	case i == 1:
		return 0.2 * math.Sqrt(float64(max(rows, cols)))
	case i == 2:
		return math.Sqrt(float64(rows) / float64(cols))
	case i == 3:
		return 1
	}
	return math.Sqrt(max(1, float64(rows)/float64(cols)))
}

func updateMuon[T float32 | float64](o Muon, p Piece[T], buffers *sync.Pool) {
	n := len(p.W)
	rows := p.Shape[0]
	cols := n / rows
	small := min(rows, cols)
	b, _ := buffers.Get().(*muonBuffer[T])
	if b == nil {
		b = &muonBuffer[T]{}
	}
	defer buffers.Put(b)
	b.fit(n, small*small)

	m, x := p.State[0][:n], b.x
	momentum, rest := T(o.Momentum), T(1-o.Momentum)
	for i, g := range p.G[:n] {
		m[i] = momentum*m[i] + rest*g
		x[i] = m[i]
		if !o.NoNesterov {
			x[i] = rest*g + momentum*m[i]
		}
	}
	scale(x, T(1/max(norm(x), o.Eps)))
	x = orthogonalize(o, b, rows, cols)

	keep := T(1 - p.LR*p.WeightDecay)
	if size := norm(p.W); o.Normalize && size > 0 {
		keep *= T(math.Sqrt(float64(rows)) / size)
	}
	step := T(p.LR * o.adjust(rows, cols))
	for i, w := range p.W {
		p.W[i] = keep*w - step*x[i]
	}
}

// orthogonalize iterates on b.x, a rows x cols matrix, and returns the buffer that
// has the result. The product of x with itself is taken on the side where it is
// the smaller: (x*xᵀ)*x = x*(xᵀ*x).
func orthogonalize[T float32 | float64](o Muon, b *muonBuffer[T], rows, cols int) []T {
	x, y := b.x, b.y
	first, second, third := T(o.Coefficients[0]), T(o.Coefficients[1]), T(o.Coefficients[2])
	wide := rows <= cols
	k := min(rows, cols)
	for range o.Steps {
		if wide {
			kernel.Gemm(false, true, k, k, cols, x, cols, x, cols, 0, b.square, k)
		} else {
			kernel.Gemm(true, false, k, k, rows, x, cols, x, cols, 0, b.square, k)
		}
		kernel.Gemm(false, false, k, k, k, b.square, k, b.square, k, 0, b.fourth, k)
		for i, s := range b.square {
			b.square[i] = second*s + third*b.fourth[i]
		}
		copy(y, x)
		if wide {
			kernel.Gemm(false, false, k, cols, k, b.square, k, x, cols, first, y, cols)
		} else {
			kernel.Gemm(false, false, rows, k, k, x, cols, b.square, k, first, y, cols)
		}
		x, y = y, x
	}
	return x
}

func scale[T float32 | float64](x []T, factor T) {
	for i := range x {
		x[i] *= factor
	}
}

// muonBuffer is what an update of one matrix needs besides the matrix.
type muonBuffer[T float32 | float64] struct {
	x, y           []T // of the matrix's size
	square, fourth []T // x*xᵀ and its square, or xᵀ*x
}

func (b *muonBuffer[T]) fit(matrix, square int) {
	for _, s := range []struct {
		slice *[]T
		n     int
	}{{&b.x, matrix}, {&b.y, matrix}, {&b.square, square}, {&b.fourth, square}} {
		if cap(*s.slice) < s.n {
			*s.slice = make([]T, s.n)
		}
		*s.slice = (*s.slice)[:s.n]
	}
}

var muonBuffers32, muonBuffers64 sync.Pool
