package trainer

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/kernel"
)

var _ Optimizer = Adam{}

// Adam scales each element's step by estimates of its gradient's moments:
//
//	d = g + WeightDecay*w
//	m = Betas[0]*m + (1-Betas[0])*d
//	v = Betas[1]*v + (1-Betas[1])*d*d
//	w -= LR * m/(1-Betas[0]^t) / (sqrt(v/(1-Betas[1]^t)) + Eps)
//
// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014,
// arXiv:1412.6980. AMSGrad: Reddi, Kale and Kumar, 2018, arXiv:1904.09237.
type Adam struct {
	LR float64 // learning rate; 0 means 1e-3
	// Betas are the decay rates of the two moments, each in [0, 1); both 0
	// means 0.9, 0.999.
	Betas       [2]float64
	Eps         float64 // 0 means 1e-8, negative means none
	WeightDecay float64 // L2 penalty, added to the gradient; default 0
	AMSGrad     bool    // divide by the largest second moment so far
	Maximize    bool    // go up instead of down
}

// Rule implements Optimizer. Only Eps may be negative.
func (o Adam) Rule() (Rule, error) {
	if err := checkSettings("adam", setting{"WeightDecay", o.WeightDecay, 0}); err != nil {
		return Rule{}, err
	}
	return moments{"adam", o.LR, o.Betas, o.Eps, o.WeightDecay, o.AMSGrad, o.Maximize, false}.rule()
}

var defaultBetas = [2]float64{0.9, 0.999}

// moments is what Adam and AdamW are made of.
type moments struct {
	kind              string
	lr                float64
	betas             [2]float64
	eps, weightDecay  float64
	amsgrad, maximize bool
	decoupled         bool // weight decay apart from the gradient
}

func (m moments) rule() (Rule, error) {
	if err := checkSettings(m.kind, setting{"LR", m.lr, 0}, setting{"Eps", m.eps, anything},
		setting{"Betas[0]", m.betas[0], 0}, setting{"Betas[1]", m.betas[1], 0}); err != nil {
		return Rule{}, err
	}
	for i, b := range m.betas {
		if b >= 1 {
			return Rule{}, errors.Errorf("%s: Betas[%d] is %v, want less than 1", m.kind, i, b)
		}
	}
	if m.betas == [2]float64{} {
		m.betas = defaultBetas
	}
	r := Rule{
		Kind: m.kind, LR: orDefault(m.lr, 1e-3), WeightDecay: m.weightDecay,
		State:   []StateTensor{{Name: "exp_avg"}, {Name: "exp_avg_sq"}},
		Float32: func(p Piece[float32]) { updateAdam(m, p) },
		Float64: func(p Piece[float64]) { updateAdam(m, p) },
	}
	if m.amsgrad {
		r.State = append(r.State, StateTensor{Name: "max_exp_avg_sq"})
	}
	return r, nil
}

// updateAdam leaves the peak nil without AMSGrad.
func updateAdam[T float32 | float64](m moments, p Piece[T]) {
	kernel.AdamStep(kernel.AdamRule{
		LR: p.LR, Beta1: m.betas[0], Beta2: m.betas[1], Eps: orDefault(m.eps, 1e-8),
		WeightDecay: p.WeightDecay, Step: p.Update, Decoupled: m.decoupled, Maximize: m.maximize,
	}, p.W, p.G, p.State[0], p.State[1], p.State[2])
}
