package lab

import (
	"context"
	"fmt"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/trainer"
)

// maxout lets units learn their own activation function, and counts the pieces
// that are never used.
var maxout = Experiment{
	Name:  "maxout",
	Title: Text{EN: "Maxout learns its activation function, and its pieces do not die", KO: "맥스아웃은 활성화 함수를 배우고, 그 조각은 죽지 않는다"},
	Question: Text{
		EN: "Which functions can one maxout unit become? How many of its pieces are ever the largest when a network is trained with dropout, and how many rectifiers are ever above zero?",
		KO: "맥스아웃 유닛 하나는 어떤 함수가 될 수 있을까? 드롭아웃으로 학습할 때 한 번이라도 가장 큰 조각은 얼마나 되고, 한 번이라도 0보다 큰 정류 유닛은 얼마나 될까?",
	},
	Papers: []Paper{{Authors: "Goodfellow, Warde-Farley, Mirza, Courville and Bengio", Year: 2013, Title: "Maxout Networks", URL: "https://arxiv.org/abs/1302.4389"}},
	Takes:  "30 s",
	Run:    runMaxout,
}

// shapes are what a unit is to become.
var shapes = []struct {
	name   string
	f      func(x float64) float64
	convex bool
}{
	{"abs", math.Abs, true},
	{"relu", func(x float64) float64 { return math.Max(x, 0) }, true},
	{"square", func(x float64) float64 { return x * x }, true},
	{"sine", func(x float64) float64 { return math.Sin(2 * x) }, false},
}

func runMaxout(ctx context.Context, s Settings) (*Result, error) {
	train, test, name, err := s.digits(pick(s, 500, 10000, 60000), pick(s, 200, 1000, 10000))
	if err != nil {
		return nil, err
	}
	steps, epochs, width := pick(s, 400, 2000, 5000), pick(s, 2, 6, 30), pick(s, 32, 128, 240)
	learned := Table{
		Name:    "learned",
		Caption: Text{EN: "How well one maxout unit, or the difference of two, becomes a function on -2..2: root of the mean squared error", KO: "맥스아웃 유닛 하나 또는 둘의 차가 -2..2에서 함수에 얼마나 가까워지는지: 평균 제곱 오차의 제곱근"},
		Head:    []string{"function", "units", "pieces", "seed", "error"},
		HeadKO:  []string{"함수", "유닛", "조각", "시드", "오차"},
	}
	used := Table{
		Name:    "used",
		Caption: Text{EN: "Two hidden layers trained with dropout: filters that never count for any of 500 training images, and the share of unit outputs that are 0", KO: "드롭아웃으로 학습한 은닉층 둘: 학습 이미지 500장 어디서도 쓰이지 않는 필터와, 0인 유닛 출력의 비율"},
		Head:    []string{"units", "seed", "epoch", "unused_filters", "zero_outputs", "test_accuracy"},
		HeadKO:  []string{"유닛", "시드", "에폭", "쓰이지 않는 필터", "0인 출력", "시험 정확도"},
	}
	nets := []struct {
		name, label string
		act, then   activations.Activation
	}{
		{"relu", "ReLU", activations.ReLU{}, nil},
		{"maxout", "maxout", activations.Maxout{Pieces: 2}, nil},
		{"rectified maxout", "rectified maxout", activations.Maxout{Pieces: 2}, activations.ReLU{}},
	}
	total, done := (len(shapes)+len(nets))*len(s.Seeds), 0
	off := map[string][]float64{}
	var learnedCurves []page.Series
	for _, shape := range shapes {
		for i, seed := range s.Seeds {
			s.progress(done, total, "learning "+shape.name)
			done++
			for _, units := range []int{1, 2} {
				for _, pieces := range []int{2, 4, 8} {
					x, y, e, err := becomes(ctx, shape.f, units, pieces, steps, seed)
					if err != nil {
						return nil, err
					}
					learned.add(shape.name, units, pieces, seed, e)
					key := fmt.Sprintf("%s %d %d", shape.name, units, pieces)
					off[key] = append(off[key], e)
					if i == 0 && shape.name == "square" && units == 1 {
						if learnedCurves == nil {
							exact := page.Series{Name: Text{EN: "x²"}, X: x, Y: make([]float64, len(x))}
							for j := range x {
								exact.Y[j] = x[j] * x[j]
							}
							learnedCurves = append(learnedCurves, exact)
						}
						learnedCurves = append(learnedCurves, page.Series{Name: textf("%d pieces", "조각 %d개", pieces), X: x, Y: y})
					}
				}
			}
		}
	}
	unused, zeros, accuracies := map[string][][]float64{}, map[string][][]float64{}, map[string][]float64{}
	for _, net := range nets {
		for _, seed := range s.Seeds {
			s.progress(done, total, "digits with "+net.label)
			done++
			k := stack{hidden: 2, width: width, classes: 10, act: net.act, then: net.then, init: graph.HeNormal, inputDrop: 0.2, drop: 0.5}
			var lost, none []float64
			look := func(params *graph.Params, epoch int, accuracy string) error {
				v, err := valuesOf(ctx, k, params, train, min(500, train.Len()))
				if err != nil {
					return err
				}
				u, z := v.winners(net.act.InputsPerOutput(), net.name == "maxout")
				lost, none = append(lost, u), append(none, z)
				used.add(net.name, seed, epoch, u, z, accuracy)
				return nil
			}
			params := graph.NewParams(seed)
			if err := look(params, 0, ""); err != nil {
				return nil, err
			}
			run, diverged, err := fit(ctx, k.block(), trainer.Data{Train: train, Test: test}, trainer.Config{
				Epochs: epochs, Batch: 100, Optimizer: trainer.SGD{LR: 0.05, Momentum: 0.5}, Seed: seed, Params: params,
				Hooks: []trainer.Hook{{Name: "pieces", OnEpoch: func(r *trainer.Run, e trainer.Epoch) error {
					return look(r.Params, e.Epoch, cell(e.TestAccuracy))
				}}},
			})
			if err != nil {
				return nil, err
			}
			if diverged {
				return nil, errors.Errorf("the network of %s, seed %d, diverged in epoch %d", net.label, seed, len(lost))
			}
			unused[net.name], zeros[net.name] = append(unused[net.name], lost), append(zeros[net.name], none)
			accuracies[net.name] = append(accuracies[net.name], last(run).TestAccuracy)
		}
	}
	at := func(of map[string][][]float64, net string, epoch int) Spread {
		var v []float64
		for _, run := range of[net] {
			if epoch < len(run) {
				v = append(v, run[epoch])
			}
		}
		return spreadOf(v)
	}
	var lostCurves []page.Series
	for _, net := range nets {
		line := page.Series{Name: Text{EN: net.label, KO: map[string]string{"maxout": "맥스아웃", "rectified maxout": "정류 맥스아웃"}[net.name]}}
		for e := 0; e <= epochs; e++ {
			line.X, line.Y = append(line.X, float64(e)), append(line.Y, 100*at(unused, net.name, e).Mean)
		}
		lostCurves = append(lostCurves, line)
	}
	// How far the drawn units are from the parabola, of the first seed as they are.
	missed := textf("Root of the mean squared error with 2, 4 and 8 pieces: %s, %s, %s.", "조각 2개, 4개, 8개일 때 평균 제곱 오차의 제곱근: %s, %s, %s.",
		short(off["square 1 2"][0]), short(off["square 1 4"][0]), short(off["square 1 8"][0]))
	figures, err := drawAll(lines{
		name: "square", x: Text{EN: "x"}, y: Text{EN: "value", KO: "값"}, series: learnedCurves,
		title:   Text{EN: "One maxout unit that learns x²", KO: "x²을 배우는 맥스아웃 유닛 하나"},
		caption: Text{EN: "Each piece is a straight line; the unit is their maximum (first seed).", KO: "조각 하나는 직선이고 유닛은 그 최댓값이다(첫 시드)."},
		alt:     Text{EN: "The parabola, and a line of pieces for each number of them.", KO: "포물선과, 조각 수마다 꺾은선 하나."}, shows: missed,
	}, lines{
		name: "unused", x: Text{EN: "epoch", KO: "에폭"}, y: Text{EN: "unused filters (%)", KO: "쓰이지 않는 필터 (%)"}, series: lostCurves,
		title:   Text{EN: "Filters that never count, over training with dropout", KO: "드롭아웃 학습 중 쓰이지 않는 필터"},
		caption: Text{EN: "A filter counts for an image when it is the largest of its unit, and for rectified ones above 0. Mean over the seeds.", KO: "필터는 자기 유닛에서 가장 클 때(정류 유닛은 0보다 클 때) 쓰인다. 시드 평균."},
		alt:     Text{EN: "Shares of unused filters by epoch for ReLU, maxout and rectified maxout.", KO: "ReLU, 맥스아웃, 정류 맥스아웃에서 쓰이지 않는 필터의 에폭별 비율."},
	})
	if err != nil {
		return nil, err
	}
	of := func(shape string, units, pieces int) Spread {
		return spreadOf(off[fmt.Sprintf("%s %d %d", shape, units, pieces)])
	}
	abs, rectifier, square2, square8 := of("abs", 1, 2), of("relu", 1, 2), of("square", 1, 2), of("square", 1, 8)
	sine1, sine2 := of("sine", 1, 8), of("sine", 2, 8)
	lostMax, lostRectified, lostReLU := at(unused, "maxout", epochs), at(unused, "rectified maxout", epochs), at(unused, "relu", epochs)
	zeroStart, zeroEnd := at(zeros, "relu", 0), at(zeros, "relu", epochs)
	dying := Fails
	switch {
	case lostMax.High < lostRectified.Low && lostMax.High < lostReLU.Low:
		dying = Holds
	case lostMax.High < lostRectified.Low:
		dying = Partly
	}
	return &Result{
		Data:    []string{name},
		Tables:  []Table{learned, used},
		Figures: figures,
		Method: []Text{textf("One unit: Adam at 0.02, %d steps on 65 points. Digits: two hidden layers of %d units, 2 pieces, dropout 0.2 on the input and 0.5 after each layer, gradient descent at 0.05 with momentum 0.5, batch 100, %d epochs of %d images.",
			"유닛 하나: 점 65개에서 Adam 0.02로 %d 단계. 숫자: 유닛 %d개인 은닉층 둘, 조각 2개, 드롭아웃은 입력 0.2와 각 층 뒤 0.5, 경사 하강법 0.05(모멘텀 0.5), 배치 100, 이미지 %[4]d장 %[3]d 에폭.", steps, width, epochs, train.Len())},
		Claims: []Claim{{
			Textbook:  Text{EN: "A maxout unit of k pieces becomes any convex function: |x|, x², ReLU.", KO: "조각이 k개인 맥스아웃 유닛은 어떤 볼록 함수도 될 수 있다: |x|, x², ReLU."},
			Published: Text{EN: "figure 1 shows them; theorem 4.3 for enough pieces", KO: "그림 1이 보여 준다. 조각이 충분하면 정리 4.3"},
			Source:    "Goodfellow et al. 2013",
			Measured: textf("Root mean squared error on -2..2 after training: |x| %s and ReLU %s with 2 pieces; x² %s with 2, %s with 8.", "학습 뒤 -2..2에서 평균 제곱 오차의 제곱근: 조각 2개로 |x| %s, ReLU %s. x²은 2개로 %s, 8개로 %s.",
				abs.Short(), rectifier.Short(), square2.Short(), square8.Short()),
			Table: "learned", Holds: verdict(abs.High < 0.05 && rectifier.High < 0.05 && square8.High < square2.Low/2, Partly),
			Why: map[Verdict]Text{Holds: {EN: "What has k straight pieces exactly; what is curved the better the more pieces there are.", KO: "직선 조각이 k개인 함수는 정확히, 굽은 함수는 조각이 많을수록 더 잘 된다."}},
		}, {
			Textbook:  Text{EN: "Maxout networks are universal: two units suffice for any continuous function.", KO: "맥스아웃 신경망은 보편 근사기이다: 유닛 둘이면 어떤 연속 함수에도 충분하다."},
			Published: Text{EN: "theorem 4.3: the difference of two maxout units", KO: "정리 4.3: 맥스아웃 유닛 둘의 차"},
			Source:    "Goodfellow et al. 2013, section 4",
			Measured:  textf("sin 2x with 8 pieces: %s with one unit, %s with the difference of two.", "조각 8개로 sin 2x: 유닛 하나 %s, 둘의 차 %s.", sine1.Short(), sine2.Short()),
			Table:     "learned", Holds: verdict(sine2.High < sine1.Low/2, Partly),
			Why: map[Verdict]Text{Holds: {EN: "One unit can only be convex; the difference of two is not bound to that.", KO: "유닛 하나는 볼록 함수만 될 수 있고, 둘의 차는 그렇지 않다."}},
		}, {
			Textbook:  Text{EN: "Under dropout rectifiers die, maxout's pieces do not.", KO: "드롭아웃에서 정류 유닛은 죽지만 맥스아웃의 조각은 죽지 않는다."},
			Published: Text{EN: "rectified filters go unused much more often than maxout's", KO: "정류된 필터는 맥스아웃 필터보다 훨씬 자주 쓰이지 않게 된다"},
			Source:    "Goodfellow et al. 2013, section 8",
			Measured: textf("Filters that never count after training: maxout %s, the same with a rectifier %s, ReLU %s. Outputs of ReLU that are 0: %s before, %s after.", "학습 뒤 쓰이지 않는 필터: 맥스아웃 %s, 정류를 더하면 %s, ReLU %s. ReLU의 0인 출력: 학습 전 %s, 학습 후 %s.",
				lostMax.Percent(), lostRectified.Percent(), lostReLU.Percent(), zeroStart.Percent(), zeroEnd.Percent()),
			Table: "used", Holds: dying,
			Why: map[Verdict]Text{
				Holds:  {EN: "In this order. How many die depends on step size and length of training.", KO: "순서가 그렇다. 얼마나 죽는지는 학습률과 학습 길이에 달려 있다."},
				Partly: {EN: "Pieces that a rectifier cuts off die where maxout's do not. Plain ReLU units grow sparse, but in so short a training hardly one of them dies.", KO: "정류가 잘라 내는 조각은 죽고 맥스아웃의 조각은 죽지 않는다. 보통 ReLU 유닛은 희소해지지만, 이렇게 짧은 학습에서는 거의 죽지 않는다."},
				Fails:  {EN: "Not in this run.", KO: "이 학습에서는 아니다."},
			},
		}},
	}, nil
}

// winners are the share of filters that count for none of the images, and of
// unit outputs that are 0. A filter counts where it is the largest of its unit's
// pieces and, unless negative ones pass, above 0.
func (v layerValues) winners(pieces int, negative bool) (unused, zero float64) {
	filters, lost, outputs, zeros := 0, 0, 0, 0
	for _, z := range v.z {
		wide := len(z) / v.images
		counts := make([]bool, wide)
		for n := range v.images {
			row := z[n*wide : (n+1)*wide]
			for u := 0; u < wide; u += pieces {
				best := u
				for j := u + 1; j < u+pieces; j++ {
					if row[j] > row[best] {
						best = j
					}
				}
				outputs++
				if negative || row[best] > 0 {
					counts[best] = true
				} else {
					zeros++
				}
			}
		}
		for _, c := range counts {
			if filters++; !c {
				lost++
			}
		}
	}
	return float64(lost) / float64(filters), float64(zeros) / float64(outputs)
}

// becomes trains one maxout unit, or the weighted sum of two, to be f on 65
// points of -2..2, and returns what it became and the root mean squared error.
func becomes(ctx context.Context, f func(float64) float64, units, pieces, steps int, seed uint64) (x, y []float64, rms float64, err error) {
	const n = 65
	net := blocks.Sequence{blocks.As("maxout", blocks.MaxoutLinear{Out: units, Pieces: pieces, Init: graph.Normal(1), BiasInit: graph.Normal(1)})}
	if units > 1 {
		net = append(net, blocks.As("sum", blocks.Linear{Out: 1}))
	}
	cfg := graph.TrainingConfig(n, 1, 1, 1)
	cfg.Loss = graph.MeanSquared{}
	p, err := graph.Build(net, graph.NewParams(seed), cfg)
	if err != nil {
		return nil, nil, 0, err
	}
	defer p.Close()
	inputs, targets := make([]float32, n), make([]float32, n)
	for i := range n {
		x = append(x, -2+4*float64(i)/(n-1))
		inputs[i], targets[i] = float32(x[i]), float32(f(x[i]))
	}
	solver, err := trainer.NewSolver(trainer.Adam{LR: 0.02})
	if err != nil {
		return nil, nil, 0, err
	}
	loss := 0.0
	for i := range steps {
		// Smaller steps at the end, or the kinks tremble.
		solver.SetLR(0.02 * (1 - float64(i)/float64(steps)))
		if loss, err = p.Step(ctx, inputs, graph.Values(targets)); err != nil {
			return nil, nil, 0, err
		}
		parameters, err := trainer.ParametersOf(p)
		if err != nil {
			return nil, nil, 0, err
		}
		if err := solver.Update(parameters); err != nil {
			return nil, nil, 0, err
		}
	}
	logits, err := p.Logits()
	if err != nil {
		return nil, nil, 0, err
	}
	for _, v := range logits.Float32s() {
		y = append(y, float64(v))
	}
	return x, y, math.Sqrt(loss), nil
}
