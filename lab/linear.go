package lab

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/trainer"
)

// linear shows that layers without an activation between them are one layer.
var linear = Experiment{
	Name:  "linear",
	Title: Text{EN: "A stack of linear layers is one linear layer", KO: "선형층을 쌓아도 하나의 선형층이다"},
	Question: Text{
		EN: "What do more layers buy when nothing stands between them? Stacks with and without an activation function learn two spirals and handwritten digits.",
		KO: "층 사이에 아무것도 없다면 층을 더 쌓아서 얻는 것은 무엇일까? 활성화 함수가 있는 층과 없는 층이 두 나선과 손글씨 숫자를 배운다.",
	},
	Papers: []Paper{
		{Authors: "Minsky and Papert", Year: 1969, Title: "Perceptrons", URL: "https://mitpress.mit.edu/9780262630221/perceptrons/"},
		{Authors: "Saxe, McClelland and Ganguli", Year: 2013, Title: "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", URL: "https://arxiv.org/abs/1312.6120"},
	},
	Takes: "15 s",
	Run:   runLinear,
}

func runLinear(ctx context.Context, s Settings) (*Result, error) {
	depths := []int{0, 1, 4}
	epochs, steps := pick(s, 12, 60, 200), pick(s, 2, 4, 20)
	mnist, mnistTest, name, err := s.digits(pick(s, 500, 10000, 60000), pick(s, 200, 2000, 10000))
	if err != nil {
		return nil, err
	}
	collapse := Table{
		Name:    "collapse",
		Caption: Text{EN: "Outputs of a linear stack against those of the one matrix that its weights multiply to", KO: "선형층 더미의 출력과, 그 가중치를 모두 곱한 행렬 하나의 출력 비교"},
		Head:    []string{"layers", "seed", "largest_difference", "largest_output"},
		HeadKO:  []string{"층 수", "시드", "가장 큰 차이", "가장 큰 출력"},
	}
	accuracy := Table{
		Name:    "accuracy",
		Caption: Text{EN: "Accuracy by number of hidden layers, with and without an activation function between them", KO: "은닉층 수에 따른 정확도, 층 사이에 활성화 함수가 있을 때와 없을 때"},
		Head:    []string{"data", "activation", "hidden_layers", "seed", "first_epoch_loss", "train_accuracy", "test_accuracy"},
		HeadKO:  []string{"데이터", "활성화 함수", "은닉층", "시드", "첫 에폭 손실", "학습 정확도", "시험 정확도"},
	}
	rounding := []float64{}
	for _, seed := range s.Seeds {
		for _, layers := range []int{2, 5, 20} {
			difference, most, err := collapsed(ctx, layers, seed)
			if err != nil {
				return nil, err
			}
			collapse.add(layers, seed, difference, most)
			rounding = append(rounding, difference/most)
		}
	}
	test := map[string][]float64{}
	total, done := 2*2*len(depths)*len(s.Seeds), 0
	for _, set := range []string{"spirals", "digits"} {
		for _, act := range []activations.Activation{nil, activations.ReLU{}} {
			for _, depth := range depths {
				for _, seed := range s.Seeds {
					s.progress(done, total, fmt.Sprintf("%s, %d hidden layers, %s", set, depth, actName(act)))
					done++
					data := trainer.Data{Train: mnist, Test: mnistTest}
					cfg := trainer.Config{Epochs: steps, Batch: 100, Optimizer: trainer.Adam{LR: 1e-3}, Seed: seed}
					net := stack{hidden: depth, width: 64, classes: 10, act: act}
					if set == "spirals" {
						data = trainer.Data{Train: spirals(1000, 2*seed), Test: spirals(1000, 2*seed+1)}
						cfg.Epochs, cfg.Batch, cfg.Optimizer = epochs, 50, trainer.Adam{LR: 1e-2}
						net.classes, net.width = 2, 32
					}
					cfg.EvalEvery = cfg.Epochs
					run, _, err := fit(ctx, net.block(), data, cfg)
					if err != nil {
						return nil, err
					}
					e := last(run)
					accuracy.add(set, actName(act), depth, seed, run.History[0].TrainLoss, e.TrainAccuracy, e.TestAccuracy)
					key := fmt.Sprintf("%s %s %d", set, actName(act), depth)
					test[key] = append(test[key], e.TestAccuracy)
				}
			}
		}
	}
	of := func(set, act string, depth int) Spread {
		return spreadOf(test[fmt.Sprintf("%s %s %d", set, act, depth)])
	}
	dynamics := Table{
		Name:    "dynamics",
		Caption: Text{EN: "Steps of plain gradient descent until the loss of linear stacks is below 1.5, or all steps", KO: "선형층 더미의 손실이 1.5보다 작아질 때까지 경사 하강법의 단계 수(닿지 못하면 전체 단계 수)"},
		Head:    []string{"hidden_layers", "seed", "steps"},
		HeadKO:  []string{"은닉층", "시드", "단계"},
	}
	var curves []page.Series
	reached := map[int][]float64{}
	most := pick(s, 100, 600, 2000)
	for _, depth := range []int{0, 4, 9} {
		line := page.Series{Name: textf("%d layers", "%d층", depth+1)}
		if depth == 0 {
			line.Name = Text{EN: "1 layer", KO: "1층"}
		}
		for _, seed := range s.Seeds {
			losses, err := descent(ctx, depth, most, trainer.Data{Train: mnist}, seed)
			if err != nil {
				return nil, err
			}
			x, y := smooth(losses)
			at := float64(most)
			for i := range y {
				if y[i] < 1.5 {
					at = x[i] + 4.5
					break
				}
			}
			dynamics.add(depth, seed, at)
			reached[depth] = append(reached[depth], at)
			if line.X == nil {
				line.X, line.Y = x, make([]float64, len(x))
			}
			for i := range y {
				line.Y[i] += y[i] / float64(len(s.Seeds))
			}
		}
		curves = append(curves, line)
	}
	figures, err := linearFigures(depths, of, curves)
	if err != nil {
		return nil, err
	}
	worst := spreadOf(rounding).High
	without, with := of("spirals", "none", 4), of("spirals", "relu", 4)
	digits0, digits4, deep4 := of("digits", "none", 0), of("digits", "none", 4), of("digits", "relu", 4)
	one, five, ten := spreadOf(reached[0]), spreadOf(reached[4]), spreadOf(reached[9])
	return &Result{
		Data:    []string{name, "two spirals of 1,000 points, 1,000 more to test"},
		Tables:  []Table{accuracy, dynamics, collapse},
		Figures: figures,
		Method: []Text{textf(
			"Spirals: width 32, %d epochs of Adam at 0.01, batch 50. Digits: width 64, %d epochs of Adam at 0.001, batch 100, %d images. Dynamics: the same stacks by gradient descent at 0.1. Collapse: 64 numbers wide, 256 random inputs, float32.",
			"나선: 너비 32, Adam(0.01)으로 %d 에폭, 배치 50. 숫자: 너비 64, Adam(0.001)으로 %d 에폭, 배치 100, 이미지 %d장. 학습 과정: 같은 신경망, 경사 하강법 0.1. 행렬 하나로 접기: 너비 64, 무작위 입력 256개, float32.",
			epochs, steps, mnist.Len())},
		Claims: []Claim{{
			Textbook: Text{EN: "A stack of linear layers computes no more than one linear layer: W2(W1x) = (W2W1)x.", KO: "선형층을 여러 개 쌓아도 선형층 하나와 같은 것만 계산한다: W2(W1x) = (W2W1)x."},
			Source:   "Minsky and Papert 1969",
			Measured: textf("Stacks of 2, 5 and 20 layers against the one matrix that they multiply to: the largest difference of outputs is %s of the largest output; a float32 rounds at 6e-8.",
				"2, 5, 20층 더미와, 그 층을 모두 곱한 행렬 하나: 출력의 가장 큰 차이는 가장 큰 출력의 %s배이다. float32의 반올림은 6e-8이다.", short(worst)),
			Table: "collapse", Holds: verdict(worst < 1e-4, Fails),
			Why: map[Verdict]Text{Holds: {EN: "It is an identity; only rounding differs.", KO: "항등식이다. 반올림만 다르다."}},
		}, {
			Textbook:  Text{EN: "Without an activation function depth gains nothing.", KO: "활성화 함수가 없으면 깊게 쌓아도 얻는 것이 없다."},
			Published: Text{EN: "no linear unit parts what no line parts", KO: "직선으로 나뉘지 않는 것은 선형 유닛도 나누지 못한다"},
			Source:    "Minsky and Papert 1969",
			Measured: textf("Four hidden layers on the spirals: %s without, %s with ReLU. Digits: %s without any hidden layer, %s with four linear ones, %s with four of ReLU.",
				"나선에서 은닉층 넷: 활성화 함수 없이 %s, ReLU로 %s. 숫자: 은닉층 없이 %s, 선형 은닉층 넷으로 %s, ReLU 은닉층 넷으로 %s.",
				without.Percent(), with.Percent(), digits0.Percent(), digits4.Percent(), deep4.Percent()),
			Table: "accuracy", Holds: verdict(without.High < with.Low && digits4.High < deep4.Low, Partly),
			Why: map[Verdict]Text{Holds: {EN: "What a linear stack can tell apart does not grow with depth; with ReLU between the layers it does.", KO: "선형층 더미가 구별할 수 있는 것은 깊이에 따라 늘지 않는다. 층 사이에 ReLU를 두면 늘어난다."}},
		}, {
			Textbook:  Text{EN: "So a deep linear network also trains like one layer.", KO: "그러므로 깊은 선형 신경망은 학습도 한 층처럼 된다."},
			Published: Text{EN: "learning is nonlinear in the weights: long plateaus, then sudden drops", KO: "가중치에 대해 비선형으로 학습한다: 긴 정체 구간 뒤에 갑자기 줄어든다"},
			Source:    "Saxe, McClelland and Ganguli 2013",
			Measured: textf("Steps of plain gradient descent on the digits until the loss is below 1.5: %s with one layer, %s with five, %s with ten, though all can compute the same functions.",
				"숫자에서 손실이 1.5보다 작아질 때까지 경사 하강법의 단계 수: 한 층 %s, 다섯 층 %s, 열 층 %s. 계산할 수 있는 함수는 같은데도 그렇다.", one.Fixed(0), five.Fixed(0), ten.Fixed(0)),
			Table: "dynamics", Holds: verdict(one.High >= ten.Low, Fails),
			Why: map[Verdict]Text{Fails: {EN: "The functions are the same, the way to them is not: the product of the layers changes by steps that depend on all of them.", KO: "계산할 수 있는 함수는 같지만 그곳에 이르는 길은 다르다. 층들의 곱은 모든 층에 달린 걸음으로 바뀐다."}},
		}},
	}, nil
}

// actName is the activation's name, "none" where there is none.
func actName(a activations.Activation) string {
	if a == nil {
		return "none"
	}
	return a.String()
}

// collapsed runs a stack of linear layers without biases on random inputs, and
// the product of its matrices: how far the outputs are apart at most, and how
// large they are.
func collapsed(ctx context.Context, layers int, seed uint64) (difference, most float64, err error) {
	const width, batch = 64, 256
	params := graph.NewParams(seed)
	// He's initialisation would double the variance in each layer here.
	net := stack{hidden: layers - 1, width: width, classes: width, init: graph.Normal(1 / math.Sqrt(width))}.block()
	p, err := graph.Build(net, params, graph.InferenceConfig(batch, width, 1, 1))
	if err != nil {
		return 0, 0, err
	}
	defer p.Close()
	rng := rand.New(rand.NewPCG(seed, 0x11ea5))
	x := make([]float32, batch*width)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	out, err := p.Run(ctx, x)
	if err != nil {
		return 0, 0, err
	}
	// m is W_n ... W_1, made in float64; out has a bias, all others' are zero.
	m := make([]float64, width*width)
	for i := range width {
		m[i*width+i] = 1
	}
	var bias []float32
	for _, param := range params.All() {
		if !strings.HasSuffix(param.Name, ".weight") {
			bias = param.Value.Float32s() // out.bias comes last
			continue
		}
		w, next := param.Value.Float32s(), make([]float64, width*width)
		for i := range width {
			for k := range width {
				for j := range width {
					next[i*width+j] += float64(w[i*width+k]) * m[k*width+j]
				}
			}
		}
		m = next
	}
	got := out.Float32s()
	for n := range batch {
		for i := range width {
			want := float64(bias[i])
			for j := range width {
				want += m[i*width+j] * float64(x[n*width+j])
			}
			difference = math.Max(difference, math.Abs(want-float64(got[n*width+i])))
			most = math.Max(most, math.Abs(want))
		}
	}
	return difference, most, nil
}

func linearFigures(depths []int, of func(set, act string, depth int) Spread, losses []page.Series) ([]Figure, error) {
	accuracy := lines{
		name:    "accuracy",
		title:   Text{EN: "Accuracy by depth, with and without an activation function", KO: "활성화 함수가 있을 때와 없을 때 깊이별 정확도"},
		x:       Text{EN: "hidden layers", KO: "은닉층 수"},
		y:       Text{EN: "test accuracy (%)", KO: "시험 정확도 (%)"},
		caption: Text{EN: "Test accuracy by number of hidden layers, mean over the seeds.", KO: "은닉층 수에 따른 시험 정확도(시드 평균)."},
		alt:     Text{EN: "Lines of accuracy by depth, for spirals and digits, linear stacks and stacks with ReLU.", KO: "나선과 숫자에서 선형층 더미와 ReLU가 있는 더미의 깊이별 정확도 곡선."},
	}
	for _, set := range []Text{{EN: "spirals", KO: "나선"}, {EN: "digits", KO: "숫자"}} {
		for _, act := range []string{"none", "relu"} {
			line := page.Series{Name: Text{EN: set.EN + ", linear", KO: set.KO + ", 선형"}}
			if act == "relu" {
				line.Name = Text{EN: set.EN + ", ReLU", KO: set.KO + ", ReLU"}
			}
			for _, d := range depths {
				line.X = append(line.X, float64(d))
				line.Y = append(line.Y, 100*of(set.EN, act, d).Mean)
			}
			accuracy.series = append(accuracy.series, line)
		}
	}
	return drawAll(accuracy, lines{
		name:    "dynamics",
		title:   Text{EN: "Training loss of linear stacks", KO: "선형층 더미의 학습 손실"},
		x:       Text{EN: "step", KO: "학습 단계"},
		y:       Text{EN: "training loss", KO: "학습 손실"},
		series:  losses,
		caption: Text{EN: "Loss on the digits by stochastic gradient descent, linear layers only, mean over the seeds and ten steps. All of them can compute the same functions; see how long each stays on a plateau.", KO: "선형층만으로 숫자를 확률적 경사 하강법으로 배울 때의 손실(시드와 열 단계의 평균). 계산할 수 있는 함수는 모두 같다. 정체 구간이 각각 얼마나 긴지 보라."},
		alt:     Text{EN: "A curve of the loss by step for each number of layers.", KO: "층 수마다 학습 단계별 손실 곡선."},
	})
}

// descent is the loss of every step of a linear stack that learns the digits by
// plain gradient descent.
func descent(ctx context.Context, hidden, steps int, data trainer.Data, seed uint64) ([]float64, error) {
	var losses []float64
	_, _, err := fit(ctx, stack{hidden: hidden, width: 64, classes: 10}.block(), trainer.Data{Train: data.Train}, trainer.Config{
		Epochs: steps, MaxSteps: steps, Batch: 100, Optimizer: trainer.SGD{LR: 0.1}, Seed: seed,
		Hooks: []trainer.Hook{{Name: "losses", OnStep: func(_ *trainer.Run, p trainer.Progress) error {
			losses = append(losses, p.Loss)
			return nil
		}}},
	})
	return losses, err
}

// smooth is the mean of each ten values and their number in the middle.
func smooth(values []float64) (x, y []float64) {
	for i := 0; i+10 <= len(values); i += 10 {
		x, y = append(x, float64(i)+5.5), append(y, meanOf(values[i:i+10]))
	}
	return x, y
}
