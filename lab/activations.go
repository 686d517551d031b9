package lab

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// activationFunctions looks at every activation at work: values, derivatives,
// and which units are dead or saturated on real images.
var activationFunctions = Experiment{
	Name:  "activations",
	Title: Text{EN: "Activation functions at work: dead and saturated units", KO: "활성화 함수의 실제: 죽은 유닛과 포화된 유닛"},
	Question: Text{
		EN: "How often is a unit's slope zero or nearly so, on handwritten digits, before and after training? Which units die for good?",
		KO: "손글씨 숫자에서 유닛의 기울기가 0이거나 거의 0인 일은 학습 전후에 얼마나 잦을까? 어떤 유닛이 완전히 죽을까?",
	},
	Papers: []Paper{
		{Authors: "Glorot, Bordes and Bengio", Year: 2011, Title: "Deep Sparse Rectifier Neural Networks", URL: "https://proceedings.mlr.press/v15/glorot11a.html"},
		{Authors: "Maas, Hannun and Ng", Year: 2013, Title: "Rectifier Nonlinearities Improve Neural Network Acoustic Models", URL: "https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf"},
	},
	Takes: "15 s",
	Run:   runActivations,
}

func runActivations(ctx context.Context, s Settings) (*Result, error) {
	train, test, name, err := s.digits(pick(s, 500, 5000, 60000), pick(s, 200, 500, 2000))
	if err != nil {
		return nil, err
	}
	epochs := pick(s, 2, 3, 10)
	shares := Table{
		Name:    "shares",
		Caption: Text{EN: "Four hidden layers on the test images: units whose slope is 0 for all images (dead), unit and image pairs with slope 0, and with a slope below a twentieth of the steepest (saturated)", KO: "은닉층 넷, 시험 이미지에서: 모든 이미지에 기울기가 0인 유닛(죽음), 기울기가 0인 유닛-이미지 쌍, 기울기가 최댓값의 1/20보다 작은 쌍(포화)"},
		Head:    []string{"activation", "learning_rate", "seed", "when", "dead_units", "slope_zero", "saturated", "test_accuracy"},
		HeadKO:  []string{"활성화 함수", "학습률", "시드", "시점", "죽은 유닛", "기울기 0", "포화", "시험 정확도"},
	}
	names := activations.Names()
	if s.tiny {
		names = []string{"sigmoid", "relu", "leaky_relu", "elu"}
	}
	rates := pick(s, []float64{0.001, 0.03}, []float64{0.001, 0.003, 0.01, 0.03, 0.1}, []float64{0.0003, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1})
	swept := []string{"relu", "leaky_relu", "elu"}
	const usual = 0.001
	type job struct {
		act  string
		rate float64
	}
	var jobs []job
	for _, act := range names {
		if act == "step" || act == "maxout" || act == "identity" {
			continue
		}
		jobs = append(jobs, job{act, usual})
	}
	for _, act := range swept {
		for _, rate := range rates {
			if rate != usual {
				jobs = append(jobs, job{act, rate})
			}
		}
	}
	dead, zero, saturated := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for i, j := range jobs {
		act, err := activations.Lookup(j.act)
		if err != nil {
			return nil, err
		}
		for n, seed := range s.Seeds {
			s.progress(i*len(s.Seeds)+n, len(jobs)*len(s.Seeds), fmt.Sprintf("%s, learning rate %g", j.act, j.rate))
			k := stack{hidden: 4, width: 64, classes: 10, act: act, init: graph.HeNormal}
			write := func(when string, params *graph.Params, accuracy string) error {
				v, err := valuesOf(ctx, k, params, test, test.Len())
				if err != nil {
					return err
				}
				d, z, sat, err := slopeShares(act, v)
				if err != nil {
					return err
				}
				shares.add(j.act, j.rate, seed, when, d, z, sat, accuracy)
				key := fmt.Sprintf("%s %g %s", j.act, j.rate, when)
				dead[key], zero[key], saturated[key] = append(dead[key], d), append(zero[key], z), append(saturated[key], sat)
				return nil
			}
			if j.rate == usual {
				if err := write("before", graph.NewParams(seed), ""); err != nil {
					return nil, err
				}
			}
			run, diverged, err := fit(ctx, k.block(), trainer.Data{Train: train, Test: test}, trainer.Config{
				Epochs: epochs, Batch: 50, Optimizer: trainer.Adam{LR: j.rate}, Seed: seed, EvalEvery: epochs})
			if err != nil {
				return nil, err
			}
			if diverged {
				// Weights that are not finite have no slopes; the loss said what happened.
				shares.add(j.act, j.rate, seed, "diverged", "", "", "", "")
				continue
			}
			if err := write("after", run.Params, cell(last(run).TestAccuracy)); err != nil {
				return nil, err
			}
		}
	}
	at := func(of map[string][]float64, act string, rate float64, when string) Spread {
		return spreadOf(of[fmt.Sprintf("%s %g %s", act, rate, when)])
	}
	figures, err := activationFigures(rates, swept, func(act string, rate float64) Spread { return at(dead, act, rate, "after") })
	if err != nil {
		return nil, err
	}
	// The highest rate at which every network still trained.
	high := float64(usual)
	for _, rate := range rates {
		whole := true
		for _, act := range swept {
			whole = whole && len(dead[fmt.Sprintf("%s %g after", act, rate)]) == len(s.Seeds)
		}
		if whole && rate > high {
			high = rate
		}
	}
	relu, leaky, elu := at(dead, "relu", high, "after"), at(dead, "leaky_relu", high, "after"), at(dead, "elu", high, "after")
	before, after := at(zero, "relu", usual, "before"), at(zero, "relu", usual, "after")
	sigmoid, tanh, sigmoidBefore := at(saturated, "sigmoid", usual, "after"), at(saturated, "tanh", usual, "after"), at(saturated, "sigmoid", usual, "before")
	if s.tiny {
		tanh = at(saturated, "elu", usual, "after")
	}
	return &Result{
		Data:    []string{name},
		Tables:  []Table{shares},
		Figures: figures,
		Method: []Text{textf("Four hidden layers of 64 units, He's initialisation, %d epochs of Adam at %g on %d digits, batch 50; slopes on %d test images. Learning rates %s for ReLU, Leaky ReLU and ELU.",
			"유닛 64개인 은닉층 넷, He 초기화, 숫자 %[3]d장을 Adam %[2]g로 %[1]d 에폭, 배치 50. 기울기는 시험 이미지 %[4]d장에서 쟀다. ReLU, Leaky ReLU, ELU는 학습률 %[5]s.", epochs, usual, train.Len(), test.Len(), listed(rates))},
		Claims: []Claim{{
			Textbook:  Text{EN: "ReLU's outputs are sparse: about half are 0.", KO: "ReLU의 출력은 희소하다: 절반쯤이 0이다."},
			Published: Text{EN: "50 % at the start", KO: "처음에 50 %"},
			Source:    "Glorot, Bordes and Bengio 2011, section 3.1",
			Measured:  textf("%s of units and images before training, %s after.", "유닛-이미지 쌍 가운데 학습 전 %s, 학습 후 %s.", before.Percent(), after.Percent()),
			Table:     "shares", Holds: verdict(before.Low > 0.4 && before.High < 0.6, Partly),
			Why: map[Verdict]Text{Holds: {EN: "At the start half of them, since the inputs' signs are even; training moves the share.", KO: "처음에는 입력의 부호가 반반이므로 절반이다. 그 비율은 학습하면서 바뀐다."}},
		}, {
			Textbook: Text{EN: "ReLU units die, Leaky ReLU's and ELU's do not.", KO: "ReLU 유닛은 죽지만 Leaky ReLU와 ELU 유닛은 죽지 않는다."},
			Source:   "Maas, Hannun and Ng 2013, section 2",
			Measured: textf("Units with slope 0 for every image at learning rate %g: ReLU %s, Leaky ReLU %s, ELU %s. At %g: ReLU %s.",
				"모든 이미지에서 기울기가 0인 유닛, 학습률 %g: ReLU %s, Leaky ReLU %s, ELU %s. 학습률 %g: ReLU %s.",
				high, relu.Percent(), leaky.Percent(), elu.Percent(), usual, at(dead, "relu", usual, "after").Percent()),
			Table: "shares", Holds: verdict(leaky.High == 0 && relu.Low > elu.High, Partly),
			Why: map[Verdict]Text{Holds: {EN: "Units die when steps are large; at a small learning rate hardly any do.", KO: "유닛은 걸음이 클 때 죽는다. 학습률이 작으면 거의 죽지 않는다."}},
		}, {
			Textbook: Text{EN: "Sigmoid and tanh saturate.", KO: "시그모이드와 tanh는 포화한다."},
			Source:   "Glorot and Bengio 2010, section 3",
			Measured: textf("Slopes below a twentieth of the steepest: sigmoid %s before and %s after training, tanh %s after.",
				"최댓값의 1/20보다 작은 기울기: 시그모이드 학습 전 %s, 학습 후 %s, tanh 학습 후 %s.", sigmoidBefore.Percent(), sigmoid.Percent(), tanh.Percent()),
			Table: "shares", Holds: verdict(sigmoid.Low > 0.5 && tanh.Low > 0.5, Partly),
			Why: map[Verdict]Text{Partly: {EN: "Some of them, some of the time. Most slopes are not small, though: what shrinks sigmoid's gradient is first of all that its slope is 1/4 at best.", KO: "일부 유닛이 때때로 그렇다. 하지만 기울기 대부분은 작지 않다. 시그모이드의 기울기를 줄이는 것은 무엇보다 최대 1/4인 도함수이다."}},
		}},
	}, nil
}

func activationFigures(rates []float64, swept []string, dead func(act string, rate float64) Spread) ([]Figure, error) {
	var functions []plots.Func
	for _, f := range []struct{ label, name string }{{"sigmoid", "sigmoid"}, {"tanh", "tanh"}, {"ReLU", "relu"}, {"Leaky ReLU", "leaky_relu:0.1"}, {"ELU", "elu"}, {"GELU", "gelu"}} {
		act, err := activations.Lookup(f.name)
		if err != nil {
			return nil, err
		}
		at := func(x float64) (y, dy float64) {
			ys, dys, err := activations.Curve(act, []float64{x})
			if err != nil {
				return 0, 0
			}
			return ys[0], dys[0]
		}
		// A table of values, since each call would build a graph of its own.
		const n = 800
		xs := make([]float64, n+1)
		for i := range xs {
			xs[i] = -4 + 8*float64(i)/n
		}
		ys, dys, err := activations.Curve(act, xs)
		if err != nil {
			return nil, err
		}
		near := func(values []float64, x float64, exact func(float64) float64) float64 {
			if i := int((x+4)/8*n + 0.5); i >= 0 && i <= n {
				return values[i]
			}
			return exact(x)
		}
		functions = append(functions, plots.Func{Name: f.label,
			F:          func(x float64) float64 { return near(ys, x, func(x float64) float64 { y, _ := at(x); return y }) },
			Derivative: func(x float64) float64 { return near(dys, x, func(x float64) float64 { _, dy := at(x); return dy }) }})
	}
	f, err := plots.Functions("Activation functions and their derivatives", -4, 4, functions...)
	if err != nil {
		return nil, err
	}
	f = f.Words(map[string]string{"Activation functions and their derivatives": "활성화 함수와 도함수", "sigmoid": "시그모이드"})
	curve := lines{
		name:    "dead",
		title:   Text{EN: "Dead units by learning rate", KO: "학습률에 따른 죽은 유닛"},
		x:       Text{EN: "learning rate", KO: "학습률"},
		y:       Text{EN: "dead units (%)", KO: "죽은 유닛 (%)"},
		caption: Text{EN: "Share of units whose slope is 0 on all test images after training, mean over the seeds; a gap: training diverged.", KO: "학습 후 모든 시험 이미지에서 기울기가 0인 유닛의 비율(시드 평균). 빈 곳은 학습이 발산한 것이다."},
		alt:     Text{EN: "A line of the share of dead units by learning rate for ReLU, Leaky ReLU and ELU.", KO: "ReLU, Leaky ReLU, ELU에서 학습률에 따른 죽은 유닛의 비율 곡선."},
	}
	label := map[string]string{"relu": "ReLU", "leaky_relu": "Leaky ReLU", "elu": "ELU"}
	for _, act := range swept {
		line := page.Series{Name: Text{EN: label[act]}}
		for _, rate := range rates {
			line.X, line.Y = append(line.X, rate), append(line.Y, 100*dead(act, rate).Mean)
		}
		curve.series = append(curve.series, line)
	}
	figures, err := drawAll(curve)
	return append([]Figure{{
		Name: "functions", Figure: f,
		Caption: Text{EN: "Functions on the left, derivatives on the right.", KO: "왼쪽은 함수, 오른쪽은 도함수."},
		Alt:     Text{EN: "Sigmoid's derivative is at most a quarter; ReLU's is 0 below 0 and 1 above; Leaky ReLU's and ELU's are above 0 on the left, too.", KO: "시그모이드의 도함수는 최대 1/4이다. ReLU의 도함수는 0 아래에서 0, 위에서 1이다. Leaky ReLU와 ELU의 도함수는 왼쪽에서도 0보다 크다."},
	}}, figures...), err
}
